#!/bin/sh
# Usage: debian-root.sh FOLDER SUITE PACKAGE...
# Makes FOLDER the root of a small Debian system: the packages of SUITE with all they depend on, fetched and checked by apt and
# unpacked. Nothing is configured and no package's script runs, so it needs no debootstrap, cannot fail in a set-up step, and
# leaves this machine's own packages alone. Made for servers that are started by their path or with chroot, and for images.
#
# CAIRN_DEBIAN_MIRROR names the mirror; without it the first Debian mirror that this machine's apt uses.
set -eu
[ $# -ge 3 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
root=$1 suite=$2
shift 2

fail() {
    echo "debian-root: $*" >&2
    exit 1
}

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "only machines with apt-get can make a Debian root"
mkdir "$root"
# apt wants absolute paths.
root=$(cd "$root" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mirror() {
    [ -z "${CAIRN_DEBIAN_MIRROR-}" ] || { echo "$CAIRN_DEBIAN_MIRROR"; return; }
    found=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | sed '/^ *#/d' | tr -s ' \t' '\n\n' | grep -E '^https?://.*/debian/?$' | head -n 1)
    [ -n "$found" ] || fail "this machine's apt uses no Debian mirror: name one in CAIRN_DEBIAN_MIRROR"
    echo "$found"
}

keyring() {
    for file in /usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp; do
        [ ! -f "$file" ] || { echo "$file"; return; }
    done
    fail "Debian's keys are missing: apt-get install debian-archive-keyring"
}

# A private apt: its own sources, lists and cache, and the belief that nothing is installed.
configure_apt() {
    mkdir -p "$work/lists/partial" "$work/archives/partial"
    : >"$work/status"
    keys=$(keyring)
    from=$(mirror)
    echo "deb [signed-by=$keys] $from $suite main" >"$work/sources.list"
    cat >"$work/apt.conf" <<END
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "$work";
Dir::State::status "$work/status";
Dir::Cache "$work";
APT::Sandbox::User "";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::Check-Valid-Until "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
END
    export APT_CONFIG="$work/apt.conf"
}

quietly() {
    "$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "$* failed"; }
}

unpack() {
    # First, because it holds the links of the merged /usr that all others are unpacked through.
    for package in "$work"/archives/base-files_*.deb "$work"/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" |
            tar -x -f - -C "$root" --keep-directory-symlink --no-same-owner --exclude './usr/share/doc/*' --exclude './usr/share/man/*' --exclude './usr/share/locale/*'
    done
}

# What a set-up step would have made.
complete() {
    [ -e "$root/bin/sh" ] || ln -s dash "$root/bin/sh"
    [ -s "$root/etc/passwd" ] || echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
    [ -s "$root/etc/group" ] || echo 'root:x:0:' >"$root/etc/group"
    mkdir -p "$root/tmp" "$root/proc" "$root/dev" "$root/root"
    chmod 1777 "$root/tmp"
    # Only root can make devices; a container gets its own.
    mknod -m 666 "$root/dev/null" c 1 3 2>/dev/null || : >"$root/dev/null"
    mknod -m 666 "$root/dev/urandom" c 1 9 2>/dev/null || :
}

configure_apt
quietly apt-get update
quietly apt-get install --download-only base-files libc-bin dash coreutils "$@"
unpack
complete
