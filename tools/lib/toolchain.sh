#!/usr/bin/env bash
# Prepares everything that building and testing Assay needs, in a per-user cache folder. Sourced by tools/run and
# tools/test, which call toolchain_prepare; run by itself it prepares all parts:  tools/lib/toolchain.sh
# Afterwards the file env.sh in the cache folder can be sourced for work by hand.
set -euo pipefail

ASSAY_LIB="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=common.sh
. "$ASSAY_LIB/common.sh"
# shellcheck source=debian.sh
. "$ASSAY_LIB/debian.sh"
# shellcheck source=libraries.sh
. "$ASSAY_LIB/libraries.sh"
# shellcheck source=emscripten.sh
. "$ASSAY_LIB/emscripten.sh"

# Whatever influences the result of preparing; when it is unchanged, a second call only reads env.sh.
toolchain_key() {
  printf '%s-%s' "$(hash_of "$ASSAY_ROOT/cmake/versions.cmake" "$ASSAY_LIB"/{toolchain,common,debian,libraries,emscripten}.sh \
    "$ASSAY_LIB/fonts.py")" "$(printf '%s|%s|%s|%s' "$(command -v emcc || true)" "${EMSDK:-}" "${CXX:-}" \
    "$(command -v node || true)" | cksum | cut -d' ' -f1)"
}

# toolchain_prepare PART…   parts: native (compiler, libraries, Catch2), page (Emscripten, fonts), browser (Chromium)
toolchain_prepare() {
  local part key missing=()
  assay_strip_path
  key="$(toolchain_key)"
  for part in "$@"; do
    done_before "ready-$part-$key" && toolchain_still_there "$part" || missing+=("$part")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    lock_cache
    toolchain_base
    # env.sh is one for all: parts that were ever wanted on this machine are brought up to date together.
    for part in "$@"; do mark_done "wanted-$part"; done
    for part in native page browser; do
      if done_before "wanted-$part"; then "prepare_$part"; fi
    done
    write_env
    for part in native page browser; do
      if done_before "wanted-$part"; then mark_done "ready-$part-$key"; fi
    done
    unlock_cache
    say "toolchain is ready in $ASSAY_CACHE"
  fi
  # shellcheck disable=SC1091
  . "$ASSAY_CACHE/env.sh"
}

# A stamp is no proof: a cache may have been copied to another machine, or packages removed.
toolchain_still_there() {
  [ -r "$ASSAY_CACHE/env.sh" ] || return 1
  (
    # shellcheck disable=SC1091
    . "$ASSAY_CACHE/env.sh"
    have cmake && have ninja && have node && [ -d "$ASSAY_NPM_DIR/marked" ] && [ -d "$ASSAY_NPM_DIR/esbuild" ] || exit 1
    case "$1" in
      native) have "$CXX" && { [ -z "${ASSAY_CATCH2_PREFIX:-}" ] || [ -d "$ASSAY_CATCH2_PREFIX/lib" ]; } ;;
      page)
        have emcc && [ -d "$ASSAY_FONTS_DIR" ] &&
          "$ASSAY_PYTHON" -c 'from importlib.util import find_spec as f; exit(not (f("fontTools") and f("brotli")))' &&
          { [ ! -e "$ASSAY_CACHE/emscripten/config.py" ] || have clang-19; }
        ;;
      browser) [ -x "$CHROMIUM" ] && [ -d "$ASSAY_PLAYWRIGHT_DIR" ] && [ -d "$ASSAY_PLAYWRIGHT_DIR/../axe-core" ] ;;
    esac
  )
}

# A shell that has sourced env.sh must give the same answers as one that has not.
assay_strip_path() {
  local part kept=""
  local IFS=:
  for part in $PATH; do
    case "$part" in "$ASSAY_CACHE"/*) ;; *) kept="${kept:+$kept:}$part" ;; esac
  done
  PATH="$kept"
  case "${EM_CONFIG:-}" in "$ASSAY_CACHE"/*) unset EM_CONFIG ;; esac
  unset EMCC_LOCAL_PORTS
}

toolchain_base() {
  local node_version pair packages=() missing=()
  # program:Debian package. Programs that are there in another way, as on hosted CI machines, are left as they are.
  for pair in g++:g++ cmake:cmake ninja:ninja-build python3:python3 git:git xz:xz-utils node:nodejs npm:npm; do
    if is_debian_like; then
      have "${pair%%:*}" || packages+=("${pair##*:}")
    else
      have "${pair%%:*}" || missing+=("${pair%%:*}")
    fi
  done
  if [ ${#missing[@]} -gt 0 ]; then
    die "missing programs: ${missing[*]}; this machine has no apt-get to install them with" \
      "Needed are: a C++20 compiler, cmake >= 3.24, ninja, python3, node >= 18 with npm, git, xz." \
      "On macOS: xcode-select --install && brew install cmake ninja node xz emscripten"
  fi
  if [ ${#packages[@]} -gt 0 ]; then apt_install "${packages[@]}"; fi
  have ccache || apt_install_if_possible ccache
  node_version="$(node --version)"
  version_at_least "${node_version#v}" 18 || die "node $node_version is too old: 18 or newer is needed" \
    "It is $(command -v node)."
  if is_debian_like; then : "${CXX:=g++}"; else : "${CXX:=c++}"; fi
  export CXX
  npm_package lucide-static "$(version_of LUCIDE_VERSION)"
  ASSAY_NPM_DIR="$ASSAY_CACHE/npm/node_modules"
}

prepare_native() {
  libraries_prepare
  catch2_prepare
}

prepare_page() {
  # emcc starts Python for every file: a version manager's wrapper would cost more than the compiler.
  if [ -z "${EMSDK_PYTHON:-}" ] && [ -x /usr/bin/python3 ]; then export EMSDK_PYTHON=/usr/bin/python3; fi
  libraries_prepare
  emscripten_prepare
  emscripten_prebuild_sdl
  fonts_prepare
}

prepare_browser() {
  CHROMIUM="${CHROMIUM:-$(find_chromium)}"
  if [ -z "$CHROMIUM" ]; then
    is_debian || die "no Chromium or Chrome found" "Install one, or set CHROMIUM to its program file, then start again."
    apt_install chromium
    CHROMIUM="$(find_chromium)"
  fi
  # Scripts that the page's own fonts lack are drawn with the system's: the tests look at Chinese and emoji.
  if is_debian; then apt_install_if_possible fonts-wqy-microhei fonts-noto-color-emoji; fi
  npm_package playwright-core "$(version_of PLAYWRIGHT_VERSION)"
  npm_package axe-core "$(version_of AXE_VERSION)"
  ASSAY_PLAYWRIGHT_DIR="$ASSAY_CACHE/npm/node_modules/playwright-core"
}

find_chromium() {
  local candidate
  for candidate in chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    if have "$candidate"; then command -v "$candidate"; return 0; fi
  done
}

# Only what was prepared is written; CMake and the tests take an unset variable as "find it yourself".
write_env() {
  local name
  {
    printf '# Written by tools/lib/toolchain.sh. Source it to build by hand.\n'
    if [ -n "${EMSCRIPTEN_BIN:-}" ]; then
      printf 'case ":$PATH:" in *":%s:"*) ;; *) export PATH="%s:$PATH" ;; esac\n' "$EMSCRIPTEN_BIN" "$EMSCRIPTEN_BIN"
    fi
    for name in EM_CONFIG EMSDK_PYTHON CXX ASSAY_IMGUI_DIR ASSAY_JSON_DIR ASSAY_ZLIB_DIR ASSAY_ZSTD_DIR ASSAY_LZ4_DIR \
      ASSAY_CATCH2_DIR ASSAY_CATCH2_PREFIX ASSAY_NPM_DIR ASSAY_FONTS_DIR ASSAY_PYTHON ASSAY_PLAYWRIGHT_DIR CHROMIUM; do
      if [ -n "${!name:-}" ]; then printf 'export %s=%q\n' "$name" "${!name}"; fi
    done
  } >"$ASSAY_CACHE/env.sh.new"
  mv "$ASSAY_CACHE/env.sh.new" "$ASSAY_CACHE/env.sh"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  if [ $# -eq 0 ]; then set -- native page browser; fi
  toolchain_prepare "$@"
  say "for work by hand:  source $ASSAY_CACHE/env.sh"
fi
