#!/bin/sh
# Installs what the tests need to run an S3 gateway and an Azure Blob server on a bare Debian or Ubuntu machine:
# Ceph's radosgw, monitor and OSD, strace, boto3 as a second S3 client, Node.js, the pinned Azurite, and a strict S3 server in a root of its own. Says nothing and does nothing when all is there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

fail() {
    echo "install-emulators: $*" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing_packages() {
    has radosgw || echo radosgw
    has ceph-mon || echo ceph-mon
    has ceph-osd || echo ceph-osd
    has strace || echo strace
    python3 -c "import boto3" 2>/dev/null || echo python3-boto3
    has node || echo nodejs
    has npm || echo npm
    # The strict S3 server is Debian's, also on Ubuntu.
    ls /usr/share/keyrings/debian-archive-keyring.* >/dev/null 2>&1 || echo debian-archive-keyring
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" >"$log" 2>&1
}

install_packages() {
    has apt-get || fail "this machine lacks $* and has no apt-get; install them, or set CAIRN_TEST_S3_ENDPOINT and CAIRN_TEST_AZURE_CONNECTION_STRING"
    [ "$(id -u)" = 0 ] || has sudo || fail "installing $* needs root: run this script as root"
    echo "install-emulators: installing $*"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    # The package lists may be absent or too old; only then are they worth the time. What counts is that the programs are there: in a
    # container the set-up step of a package that the tests do not need may fail.
    apt_install "$@" || [ -z "$(missing_packages)" ] || { as_root apt-get update -qq && apt_install "$@"; } || {
        still_missing=$(missing_packages)
        [ -z "$still_missing" ] || {
            tail -n 20 "$log" >&2
            fail "apt-get could not install" $still_missing
        }
    }
}

packages=$(missing_packages)
# Unquoted: one package a word.
[ -z "$packages" ] || install_packages $packages

# Whatever the age of this Node.js: Azurite brings its own.
node "$here/azurite/install.mjs" >/dev/null

# The strict S3 server. Without it the tests that need it say so, and fail where servers are required.
strict=$(sh "$here/install-strict-s3.sh") && [ -d "$strict" ] || {
    echo "install-emulators: ============================================================" >&2
    echo "install-emulators: NO STRICT S3 SERVER: ${strict:-see above}" >&2
    echo "install-emulators: ============================================================" >&2
}
