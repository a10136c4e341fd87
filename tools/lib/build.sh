# Configuring and building, shared by tools/run and tools/test. Sourced after toolchain.sh.
# shellcheck shell=bash

# configure FOLDER [emcmake] OPTION…   quiet unless it fails; cheap when nothing changed.
configure() {
  local folder="$1" log
  shift
  mkdir -p "$folder"
  log="$folder/configure.log"
  local wrapper=()
  if [ "${1:-}" = emcmake ]; then wrapper=(emcmake); shift; fi
  if ! ${wrapper[@]+"${wrapper[@]}"} cmake -S "$ASSAY_ROOT" -B "$folder" -G Ninja "$@" >"$log" 2>&1 </dev/null; then
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
  local type="${1:-Release}" folder="$ASSAY_ROOT/build/wasm" site="$ASSAY_ROOT/build/web"
  if [ "$type" = Debug ]; then folder="$folder-debug"; site="$site-debug"; fi
  ASSAY_SITE="$site"
  configure "$folder" emcmake -DCMAKE_BUILD_TYPE="$type" -DASSAY_SITE_DIR="$site" || return 1
  compile "$folder" || return 1
  [ -e "$site/index.html" ] || { say "the build made no $site/index.html"; return 1; }
}
