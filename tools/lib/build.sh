# Configuring and building, shared by tools/run and tools/test. Sourced after toolchain.sh.
# shellcheck shell=bash

# Compiled files are kept where ccache is there (toolchain.sh installs it on Debian): a clone in another folder, or one
# that was cleaned, takes them from there. Paths below the project's folder are taken out of what is compared. emcc calls
# the compiler through it itself; cmake's launcher would sit before emcc, which ccache does not know.
compiler_cache() {
  local ccache
  if ! ccache="$(command -v ccache)" || [ -n "${ASSAY_NO_CCACHE:-}" ]; then
    launcher=(-DCMAKE_C_COMPILER_LAUNCHER= -DCMAKE_CXX_COMPILER_LAUNCHER=)
    unset EM_COMPILER_WRAPPER
    return 0
  fi
  export CCACHE_DIR="${CCACHE_DIR:-$ASSAY_CACHE/ccache}" CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-2G}"
  export CCACHE_BASEDIR="$ASSAY_ROOT" CCACHE_NOHASHDIR=1 CCACHE_COMPRESS=1
  if [ "$1" = emcmake ]; then
    launcher=()
    export EM_COMPILER_WRAPPER="$ccache"
  else
    launcher=("-DCMAKE_C_COMPILER_LAUNCHER=$ccache" "-DCMAKE_CXX_COMPILER_LAUNCHER=$ccache")
    unset EM_COMPILER_WRAPPER
  fi
}

# configure FOLDER [emcmake] OPTION…   quiet unless it fails; cheap when nothing changed.
configure() {
  local folder="$1" log
  shift
  mkdir -p "$folder"
  log="$folder/configure.log"
  local wrapper=() launcher=()
  if [ "${1:-}" = emcmake ]; then wrapper=(emcmake); shift; fi
  compiler_cache "${wrapper[0]:-native}"
  if ! ${wrapper[@]+"${wrapper[@]}"} cmake -S "$ASSAY_ROOT" -B "$folder" -G Ninja ${launcher[@]+"${launcher[@]}"} "$@" >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    say "configuring failed; the whole output is in $log"
    say "after a change of compiler or of ASSAY_CACHE_DIR, remove $folder and try again"
    return 1
  fi
}

# Ninja's own progress is the display; -k 0 shows all errors of a run, not only the first.
compile() {
  local folder="$1"
  shift
  cmake --build "$folder" -j "$ASSAY_JOBS" "$@"
}

build_page() {
  local type="${1:-Release}" folder="$ASSAY_ROOT/build/wasm" site="$ASSAY_ROOT/build/web" options=()
  if [ "$type" = Debug ]; then folder="$folder-debug"; site="$site-debug"; fi
  if [ "$type" = Fast ]; then folder="$folder-fast"; site="$site-fast"; type=Release; options=(-DASSAY_WHOLE_PROGRAM=OFF); fi
  ASSAY_SITE="$site"
  configure "$folder" emcmake -DCMAKE_BUILD_TYPE="$type" -DASSAY_SITE_DIR="$site" ${options[@]+"${options[@]}"} || return 1
  compile "$folder" || return 1
  [ -e "$site/index.html" ] || { say "the build made no $site/index.html"; return 1; }
}
