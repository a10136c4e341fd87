# Finds or prepares Emscripten. Sourced by toolchain.sh.
# shellcheck shell=bash

# Sets EMSCRIPTEN_BIN (folder of emcc) and, when we prepared it ourselves, EM_CONFIG.
emscripten_prepare() {
  local wanted
  wanted="$(version_of EMSCRIPTEN_VERSION)"
  if emscripten_on_machine "$wanted"; then
    say "Emscripten $EMSCRIPTEN_FOUND from $EMSCRIPTEN_BIN"
  elif is_debian && [ "$(dpkg --print-architecture)" = amd64 ]; then
    emscripten_from_debian "$wanted"
  elif have git; then
    emscripten_from_emsdk "$wanted"
  else
    die "Emscripten >= $wanted is needed, and there is neither an emcc nor git here" \
      "Install emsdk (https://emscripten.org/docs/getting_started/downloads.html) or 'brew install emscripten'," \
      "put emcc on PATH or set EMSDK, then start again."
  fi
}

emcc_version() { "$1" --version 2>/dev/null </dev/null | sed -n '1s/.*) \([0-9][0-9.]*\).*/\1/p'; }

# An emcc on PATH, or that of EMSDK, when it is new enough. Ours from an earlier run does not count as "on PATH".
emscripten_on_machine() {
  local candidate version
  for candidate in "$(command -v emcc || true)" "${EMSDK:+$EMSDK/upstream/emscripten/emcc}"; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    case "$candidate" in "$ASSAY_CACHE"/*) continue ;; esac
    # Debian 13's own emcc freezes its cache folder, so the SDL2 port could not be built into it.
    if [ "$candidate" = /usr/bin/emcc ] && is_debian; then continue; fi
    version="$(emcc_version "$candidate")"
    if [ -n "$version" ] && version_at_least "$version" "$1"; then
      EMSCRIPTEN_BIN="$(dirname "$candidate")"
      EMSCRIPTEN_FOUND="$version"
      return 0
    fi
    say "passing over $candidate: version ${version:-unknown}, at least $1 is needed"
  done
  return 1
}

# Debian 13 has the wanted version. On Debian 12 its architecture-independent package works with Debian 12's own
# LLVM 19; Binaryen needs a newer libc, so that is unpacked beside it and used for these tools only.
emscripten_from_debian() {
  local home="$ASSAY_CACHE/emscripten" stamp="emscripten-debian-$1-2"
  EMSCRIPTEN_BIN="$home/root/usr/share/emscripten"
  export EM_CONFIG="$home/config.py"
  apt_install clang-19 lld-19 llvm-19
  done_before "$stamp" && [ -x "$EMSCRIPTEN_BIN/emcc" ] && return 0
  say "preparing Emscripten $1 in $home (once; about 1.7 GB on disk)"
  rm -rf "$home"
  unpack_debs "$home/root" emscripten
  unpack_debs "$home/binaryen" binaryen libc6 libstdc++6 libgcc-s1
  [ -x "$EMSCRIPTEN_BIN/emcc" ] || die "Debian's emscripten package has no emcc at $EMSCRIPTEN_BIN"
  rm -rf "$home/root/usr/share/doc" "$home/root/usr/share/man"
  wrap_binaryen "$home/binaryen" "$home/tools/bin"
  mkdir -p "$EMSCRIPTEN_BIN/node_modules"
  npm_package acorn "$(version_of ACORN_VERSION)"
  rm -rf "$EMSCRIPTEN_BIN/node_modules/acorn"
  cp -R "$ASSAY_CACHE/npm/node_modules/acorn" "$EMSCRIPTEN_BIN/node_modules/acorn"
  cat >"$EM_CONFIG" <<CONFIG
# Written by tools/lib/emscripten.sh.
LLVM_ROOT = '/usr/bin'
LLVM_ADD_VERSION = '19'
CLANG_ADD_VERSION = '19'
BINARYEN_ROOT = '$home/tools'
NODE_JS = '$(command -v node)'
CACHE = '$EMSCRIPTEN_BIN/cache'
FROZEN_CACHE = False
CONFIG
  [ "$(emcc_version "$EMSCRIPTEN_BIN/emcc")" = "$1" ] || {
    "$EMSCRIPTEN_BIN/emcc" --version >&2 || true
    die "the prepared emcc does not run, or is not version $1" "It is $EMSCRIPTEN_BIN/emcc, set up by $EM_CONFIG."
  }
  mark_done "$stamp"
}

wrap_binaryen() {
  local from="$1" bin="$2" loader libraries tool
  loader="$(find "$from" -name 'ld-linux*.so.*' | head -n 1)"
  [ -n "$loader" ] || die "no dynamic loader among the unpacked files in $from"
  libraries="$(find "$from" \( -name 'libc.so.6' -o -name 'libstdc++.so.6' -o -name 'libgcc_s.so.1' -o \
    -name 'libbinaryen.so*' \) -exec dirname {} \; | sort -u | paste -sd: -)"
  mkdir -p "$bin"
  for tool in "$from"/usr/bin/wasm*; do
    printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$tool" \
      >"$bin/$(basename "$tool")"
    chmod +x "$bin/$(basename "$tool")"
  done
}

# Everywhere else: Emscripten's own SDK at the pinned version, in the cache folder.
emscripten_from_emsdk() {
  local home="$ASSAY_CACHE/emsdk"
  EMSCRIPTEN_BIN="$home/upstream/emscripten"
  export EM_CONFIG="$home/.emscripten"
  done_before "emsdk-$1" && [ -x "$EMSCRIPTEN_BIN/emcc" ] && return 0
  have python3 || die "python3 is needed by Emscripten"
  rm -rf "$home"
  quietly "fetching emsdk $1" git clone --quiet --depth 1 --branch "$1" \
    https://github.com/emscripten-core/emsdk.git "$home"
  quietly "installing Emscripten $1 in $home (once; some hundreds of MB)" "$home/emsdk" install "$1"
  quietly "activating Emscripten $1" "$home/emsdk" activate "$1"
  mark_done "emsdk-$1"
}

# Builds the SDL2 port into Emscripten's cache once, so that no later build waits for it. An Emscripten that was on
# the machine, or emsdk, fetches its own pinned SDL2; ours gets Debian's sources.
emscripten_prebuild_sdl() {
  local work="$ASSAY_CACHE/sdl-probe" stamp
  stamp="sdl-port-$(emcc_version "$EMSCRIPTEN_BIN/emcc")-$(printf '%s' "$EMSCRIPTEN_BIN" | cksum | cut -d' ' -f1)-2"
  done_before "$stamp" && return 0
  mkdir -p "$work"
  cat >"$work/probe.cpp" <<'CPP'
#include <SDL.h>
#include <GLES3/gl3.h>
#include <string>
int main() {
  if (SDL_Init(SDL_INIT_VIDEO) != 0) return 1;
  glClear(GL_COLOR_BUFFER_BIT);
  return static_cast<int>(std::string(SDL_GetError()).size());
}
CPP
  case "$EMSCRIPTEN_BIN" in
    "$ASSAY_CACHE"/emscripten/*)
      sdl_source_prepare
      export EMCC_LOCAL_PORTS="sdl2=$ASSAY_SDL2_DIR"
      sdl_probe "$work"
      unset EMCC_LOCAL_PORTS
      # Without this note emcc would look for its own choice of SDL2 on the network at every compilation.
      sed -n "s/^TAG = '\(.*\)'/https:\/\/github.com\/libsdl-org\/SDL\/archive\/\1.zip/p" \
        "$EMSCRIPTEN_BIN/tools/ports/sdl2.py" >"$EMSCRIPTEN_BIN/cache/ports/sdl2/.emscripten_url"
      ;;
  esac
  sdl_probe "$work"
  rm -rf "$work"
  mark_done "$stamp"
}

sdl_probe() {
  quietly "building the SDL2 port for the page (once, about a minute)" \
    "$EMSCRIPTEN_BIN/emcc" -O2 -sUSE_SDL=2 -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2 \
    -sALLOW_MEMORY_GROWTH=1 "$1/probe.cpp" -o "$1/probe.mjs"
}
