# Libraries, npm packages and fonts, each in its own folder of the cache. Sourced by toolchain.sh.
# shellcheck shell=bash

# npm_package NAME VERSION
npm_package() {
  local home="$ASSAY_CACHE/npm" found=""
  found="$(sed -n 's/^  "version": "\(.*\)".*/\1/p' "$home/node_modules/$1/package.json" 2>/dev/null | head -n 1 || true)"
  [ "$found" != "$2" ] || return 0
  have npm || die "npm is needed to fetch $1 $2"
  mkdir -p "$home"
  [ -e "$home/package.json" ] || printf '{ "private": true }\n' >"$home/package.json"
  quietly "fetching $1 $2 from the npm registry" npm --prefix "$home" install --save-exact --ignore-scripts \
    --no-audit --no-fund --no-update-notifier --loglevel=error "$1@$2"
  [ -e "$home/node_modules/$1/package.json" ] || die "npm brought no $home/node_modules/$1"
}

# debian_library STAMP NAME VERSION FOLDER
library_from_debian() {
  local stamp="source-$1-$2"
  done_before "$stamp" && [ -d "$3" ] && return 0
  fetch_debian_source "$1" "$2" "$3"
  mark_done "$stamp"
}

# Sources for both builds. Without Debian's archive the folders stay unset and CMake fetches the pinned commits.
libraries_prepare() {
  is_debian || return 0
  local src="$ASSAY_CACHE/src"
  library_from_debian imgui "$(version_of IMGUI_VERSION)" "$src/imgui"
  library_from_debian nlohmann-json3 "$(version_of JSON_VERSION)" "$src/json"
  library_from_debian zlib "$(version_of ZLIB_VERSION)" "$src/zlib"
  library_from_debian libzstd "$(version_of ZSTD_VERSION)" "$src/zstd"
  library_from_debian lz4 "$(version_of LZ4_VERSION)" "$src/lz4"
  ASSAY_IMGUI_DIR="$src/imgui"
  ASSAY_JSON_DIR="$src/json"
  ASSAY_ZLIB_DIR="$src/zlib"
  ASSAY_ZSTD_DIR="$src/zstd"
  ASSAY_LZ4_DIR="$src/lz4"
}

# Emscripten copies the whole folder of a local port, and SDL's full tree has dangling links that break the copy.
sdl_source_prepare() {
  local full="$ASSAY_CACHE/src/sdl2-full" port="$ASSAY_CACHE/src/sdl2"
  local stamp="source-libsdl2-port-$(version_of SDL2_VERSION)"
  ASSAY_SDL2_DIR="$port"
  done_before "$stamp" && [ -d "$port" ] && return 0
  fetch_debian_source libsdl2 "$(version_of SDL2_VERSION)" "$full"
  rm -rf "$port" && mkdir -p "$port"
  mv "$full/src" "$full/include" "$port/"
  cp "$full/LICENSE.txt" "$port/" 2>/dev/null || true
  rm -rf "$full"
  mark_done "$stamp"
}

# Catch2 takes about a minute to compile, so it is built once for all clones.
catch2_prepare() {
  local source="$ASSAY_CACHE/src/catch2" version compiler stamp
  version="$(version_of CATCH2_VERSION)"
  is_debian || return 0
  compiler="$("${CXX:-c++}" -dumpfullversion -dumpversion | head -n 1)"
  ASSAY_CATCH2_DIR="$source"
  ASSAY_CATCH2_PREFIX="$ASSAY_CACHE/catch2-$version-${CXX##*/}-$compiler"
  stamp="catch2-$version-${CXX##*/}-$compiler"
  done_before "$stamp" && [ -d "$ASSAY_CATCH2_PREFIX/include" ] && return 0
  library_from_debian catch2 "$version" "$source"
  rm -rf "$ASSAY_CACHE/catch2-build"
  quietly "configuring Catch2 $version" cmake -S "$source" -B "$ASSAY_CACHE/catch2-build" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_STANDARD=20 -DCMAKE_CXX_COMPILER="$CXX" -DBUILD_TESTING=OFF \
    -DCATCH_INSTALL_DOCS=OFF -DCMAKE_INSTALL_PREFIX="$ASSAY_CATCH2_PREFIX" -DCMAKE_INSTALL_LIBDIR=lib
  quietly "building Catch2 $version (once, about a minute)" \
    cmake --build "$ASSAY_CACHE/catch2-build" --target install -j "$ASSAY_JOBS"
  rm -rf "$ASSAY_CACHE/catch2-build"
  mark_done "$stamp"
}

# A Python that has fontTools and brotli: the system's one on Debian and Ubuntu, else an environment in the cache.
python_with_fonttools() {
  local candidate
  for candidate in "$ASSAY_CACHE/python/bin/python3" python3 /usr/bin/python3; do
    if "$candidate" -c 'import fontTools.subset, brotli' 2>/dev/null; then command -v "$candidate"; return 0; fi
  done
  return 1
}

fonts_prepare() {
  local out stamp
  npm_package inter-ui "$(version_of INTER_VERSION)"
  npm_package jetbrains-mono "$(version_of JETBRAINS_MONO_VERSION)"
  npm_package lucide-static "$(version_of LUCIDE_VERSION)"
  npm_package hyparquet "$(version_of HYPARQUET_VERSION)"
  npm_package marked "$(version_of MARKED_VERSION)"
  npm_package esbuild "$(version_of ESBUILD_VERSION)"
  ASSAY_NPM_DIR="$ASSAY_CACHE/npm/node_modules"
  if ! ASSAY_PYTHON="$(python_with_fonttools)"; then
    if is_debian_like; then
      apt_install python3 python3-fonttools python3-brotli
    else
      quietly "making a Python environment for the font tools" python3 -m venv "$ASSAY_CACHE/python"
      quietly "fetching fontTools" "$ASSAY_CACHE/python/bin/pip" install -q fonttools brotli
    fi
    ASSAY_PYTHON="$(python_with_fonttools)" || die "no python3 here can import fontTools and brotli" \
      "Install them (Debian: python3-fonttools python3-brotli), then start again."
  fi
  stamp="fonts-$(hash_of "$ASSAY_ROOT/tools/lib/fonts.py")-$(version_of INTER_VERSION)-$(version_of JETBRAINS_MONO_VERSION)"
  out="$ASSAY_CACHE/$stamp"
  ASSAY_FONTS_DIR="$out"
  done_before "$stamp" && [ -d "$out" ] && return 0
  quietly "cutting the text fonts to what the page bundles" \
    "$ASSAY_PYTHON" "$ASSAY_ROOT/tools/lib/fonts.py" text --npm "$ASSAY_NPM_DIR" --out "$out"
  mark_done "$stamp"
}
