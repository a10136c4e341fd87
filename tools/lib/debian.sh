# What comes from Debian's archive: packages installed with apt, packages unpacked beside the system, sources.
# Sourced by toolchain.sh. Mirror addresses are never written down: they are read from the machine's own sources.
# shellcheck shell=bash

is_debian_like() { have apt-get && have dpkg; }
is_debian() { is_debian_like && [ "$(. /etc/os-release && printf '%s' "$ID")" = debian ]; }

package_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "this step needs root, and there is no sudo: $*" "Run it as root once, then start again."
  fi
}

apt_refresh() {
  [ -z "${ASSAY_APT_FRESH:-}" ] || return 0
  ASSAY_APT_FRESH=1
  if [ "$(id -u)" -ne 0 ]; then say "apt needs root for: apt-get update"; as_root true; fi
  quietly "apt-get update" as_root apt-get -q update
}

# apt_install PACKAGE…  installs only what is missing, and asks for root only then.
apt_install() {
  local missing=() package
  for package in "$@"; do package_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  is_debian_like || die "these programs are missing, and there is no apt-get here: ${missing[*]}" \
    "Install them with this machine's own package manager, then start again."
  apt_refresh
  if [ "$(id -u)" -ne 0 ]; then say "apt needs root to install: ${missing[*]}"; as_root true; fi
  quietly "apt-get install ${missing[*]}" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"
}

# Like apt_install, for what is only a convenience: without it everything works, slower.
apt_install_if_possible() {
  is_debian_like && { [ "$(id -u)" -eq 0 ] || have sudo; } || return 0
  # In a shell of its own: a failure there ends nothing here.
  if ! (apt_install "$@"); then warn "going on without: $*"; fi
}

# The address from which this machine takes its own release.
debian_mirror() {
  local codename address
  codename="$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")"
  address="$(apt-get indextargets --format '$(CREATED_BY) $(RELEASE) $(REPO_URI)' 2>/dev/null |
    awk -v r="$codename" '$1 == "Packages" && ($2 == r || $2 == "stable" || $2 == "testing") { print $3; exit }')"
  [ -n "$address" ] || die "no Debian mirror found in this machine's apt sources (looked for suite '$codename')" \
    "See /etc/apt/sources.list and /etc/apt/sources.list.d/."
  printf '%s' "$address"
}

# An apt of our own in the cache folder: it sees the releases that we need without the system's apt ever seeing
# them. Needs no root. Archive keys are the installed ones, so every file is verified as usual.
private_apt_setup() {
  local dir="$ASSAY_CACHE/apt" mirror keyring="" candidate
  export APT_CONFIG="$dir/apt.conf"
  [ -z "${ASSAY_PRIVATE_APT_READY:-}" ] || return 0
  unset APT_CONFIG
  mirror="$(debian_mirror)"
  for candidate in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
    if [ -r "$candidate" ]; then keyring="$candidate"; break; fi
  done
  [ -n "$keyring" ] || die "the package debian-archive-keyring is not installed: its keys verify what is fetched"
  mkdir -p "$dir"/{lists/partial,archives/partial,preferences,download}
  : >"$dir/status"
  cat >"$dir/sources.list" <<LIST
deb [signed-by=$keyring] $mirror trixie main
deb-src [signed-by=$keyring] $mirror trixie main
deb-src [signed-by=$keyring] $mirror forky main
LIST
  cat >"$dir/apt.conf" <<CONF
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$dir/preferences";
Dir::State "$dir";
Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::Cache "$dir";
Dir::Cache::archives "$dir/archives";
APT::Sandbox::User "$(id -un)";
Acquire::Retries "3";
Acquire::Languages "none";
CONF
  export APT_CONFIG="$dir/apt.conf"
  quietly "reading the package lists of Debian trixie and forky (into the cache, not the system)" \
    apt-get -q update
  ASSAY_PRIVATE_APT_READY=1
}

# unpack_debs FOLDER PACKAGE…  downloads packages of trixie and unpacks them under FOLDER.
unpack_debs() {
  local into="$1" package deb
  shift
  private_apt_setup
  have dpkg-deb || die "dpkg-deb is missing (package dpkg)"
  for package in "$@"; do
    rm -f "$ASSAY_CACHE/apt/download/${package}"_*.deb
    quietly "fetching $package from Debian trixie" \
      bash -c 'cd "$1" && apt-get -q download "$2/trixie"' - "$ASSAY_CACHE/apt/download" "$package"
    deb="$(ls "$ASSAY_CACHE/apt/download/${package}"_*.deb)"
    mkdir -p "$into"
    quietly "unpacking $package" dpkg-deb -x "$deb" "$into"
    rm -f "$deb"
  done
  unset APT_CONFIG
}

# fetch_debian_source NAME VERSION FOLDER  brings upstream's tarball of a Debian source package into FOLDER.
# VERSION is a prefix; testing moves, so any newer one is taken when ours has gone, with a warning.
fetch_debian_source() {
  local name="$1" version="$2" into="$3" found work tarball
  private_apt_setup
  found="$(apt-cache showsrc "$name" 2>/dev/null | sed -n 's/^Version: //p' | sort -rV |
    awk -v v="$version" 'index($0, v) == 1 { print; exit }')"
  if [ -z "$found" ]; then
    found="$(apt-cache showsrc "$name" 2>/dev/null | sed -n 's/^Version: //p' | sort -rV | head -n 1)"
    [ -n "$found" ] || die "Debian's trixie and forky have no source package '$name'"
    warn "$name $version is no longer in Debian's archive, taking $found; cmake/versions.cmake wants an update"
  fi
  work="$ASSAY_CACHE/apt/source-$name"
  rm -rf "$work" && mkdir -p "$work"
  quietly "fetching the source of $name $found" bash -c \
    'cd "$1" && apt-get -q source --tar-only "$2=$3"' - "$work" "$name" "$found"
  unset APT_CONFIG
  tarball="$(find "$work" -name '*.orig.tar.*' ! -name '*.asc' | head -n 1)"
  [ -n "$tarball" ] || die "the source package $name=$found held no .orig.tar file (looked in $work)"
  rm -rf "$into" "$into.new" && mkdir -p "$into.new"
  tar -xf "$tarball" -C "$into.new" --strip-components=1 || die "cannot unpack $tarball"
  mv "$into.new" "$into"
  rm -rf "$work"
}
