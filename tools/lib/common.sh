# Things that every script in tools/ shares: paths, messages, versions, stamps. Sourced, not run.
# shellcheck shell=bash

# Under set -e a failed command ends a script without a word; this says which one it was.
set -E
trap 'printf "assay: error: stopped at %s line %s: %s\n" "${BASH_SOURCE[0]##*/}" "$LINENO" "$BASH_COMMAND" >&2' ERR

ASSAY_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
ASSAY_CACHE="${ASSAY_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/assay}"
ASSAY_JOBS="${ASSAY_JOBS:-2}"

# Messages go to stderr: stdout belongs to what a script was asked for.
say() { printf '%s\n' "assay: $*" >&2; }
warn() { printf '%s\n' "assay: warning: $*" >&2; }
die() {
  printf '%s\n' "assay: error: $1" >&2
  shift
  local line
  for line in "$@"; do printf '%s\n' "       $line" >&2; done
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The value of one entry of cmake/versions.cmake, the only place where versions are written down.
version_of() {
  local value
  value="$(sed -n "s/^set(ASSAY_$1 \"\\(.*\\)\")\$/\\1/p" "$ASSAY_ROOT/cmake/versions.cmake")"
  [ -n "$value" ] || die "cmake/versions.cmake has no line set(ASSAY_$1 \"…\")"
  printf '%s' "$value"
}

# version_at_least 3.1.70 3.1.69  (plain numbers with dots; works with the old bash of macOS)
version_at_least() {
  awk -v have="$1" -v want="$2" 'BEGIN {
    n = split(have, h, "."); m = split(want, w, ".")
    for (i = 1; i <= n || i <= m; i++) { if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0) }
  }'
}

# A step that is done leaves a stamp whose name holds what it was done with; another version, another stamp.
stamp_path() { printf '%s/stamps/%s' "$ASSAY_CACHE" "$1"; }
done_before() { [ -e "$(stamp_path "$1")" ]; }
mark_done() { mkdir -p "$ASSAY_CACHE/stamps" && : >"$(stamp_path "$1")"; }

hash_of() { cat "$@" | { if have sha256sum; then sha256sum; else shasum -a 256; fi; } | cut -c1-12; }

# Runs a long command quietly: one line says what goes on, a growing count of seconds that it lives (only on a
# terminal), the whole log only when it fails.
quietly() {
  local what="$1" log started=$SECONDS pid beat last_beat=0
  shift
  mkdir -p "$ASSAY_CACHE/logs"
  log="$ASSAY_CACHE/logs/$(printf '%s' "$what" | tr -c 'A-Za-z0-9._-' '_').log"
  say "$what …"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    beat=$((SECONDS - started))
    if [ -t 2 ]; then
      printf '\r       %3d s' "$beat" >&2
    elif [ $((beat - last_beat)) -ge 60 ]; then
      last_beat=$beat
      say "  still at it: $what (${beat} s)"
    fi
  done
  if [ -t 2 ]; then printf '\r              \r' >&2; fi
  if ! wait "$pid"; then
    tail -n 40 "$log" >&2
    die "failed: $what" "The command was: $*" "Its whole output is in $log"
  fi
  beat=$((SECONDS - started))
  if [ "$beat" -ge 3 ]; then say "  done in ${beat} s"; fi
}

# Two clones that prepare the same cache at the same time would tread on each other.
lock_cache() {
  mkdir -p "$ASSAY_CACHE" 2>/dev/null || die "cannot write to the cache folder $ASSAY_CACHE" \
    "Set ASSAY_CACHE_DIR to a folder that you can write to."
  have flock || return 0
  exec 9>"$ASSAY_CACHE/lock"
  flock -n 9 || { say "another run is preparing $ASSAY_CACHE, waiting for it …"; flock 9; }
}
unlock_cache() { exec 9>&-; }
