#!/bin/sh
# Prepares the strict S3 server of the tests: a Ceph radosgw of 20.2 or newer, which honours conditional multipart completion and
# verifies checksums, where the one of a stable distribution does neither. It comes from Debian testing, or unstable, into a root
# of its own in the cache folder, and is started from there with chroot. Prints the folder; at once when it is there already.
#
# Where no suite has a version that is new enough the last line says so instead, and the exit code is still 0.
#   CAIRN_STRICT_S3_SUITES   the suites to look in, in this order; without it: testing unstable
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/cairn
# Named by what makes it: a changed script gets a new folder and never changes one that is in use.
folder=$cache/strict-s3-$(cat "$here/install-strict-s3.sh" "$here/debian-root.sh" | sha256sum | cut -c 1-16)
[ ! -d "$folder" ] || { echo "$folder"; exit 0; }

[ "$(id -u)" = 0 ] || { echo "install-strict-s3: a server in a root of its own needs chroot, and that needs root" >&2; exit 1; }
mkdir -p "$cache"
find "$cache" -maxdepth 1 -name 'strict-s3-staging-*' -mmin +60 -exec rm -rf {} +
staging=$(mktemp -d "$cache/strict-s3-staging-XXXXXX")
trap 'rm -rf "$staging"' EXIT
trap 'exit 1' HUP INT TERM

found=
for suite in ${CAIRN_STRICT_S3_SUITES-testing unstable}; do
    sh "$here/debian-root.sh" "$staging/$suite" "$suite" radosgw ceph-mon ceph-osd >&2
    version=$(LC_ALL=C chroot "$staging/$suite" radosgw --version | sed -n 's/^ceph version \([0-9.]*\).*/\1/p')
    found="$found $version in $suite"
    if [ "$(printf '20.2\n%s\n' "$version" | sort -V | head -n 1)" = 20.2 ]; then
        # Where another run was faster its folder is as good as this one. (mv -T: never into it.)
        mv -T "$staging/$suite" "$folder" || [ -d "$folder" ]
        echo "$folder"
        exit 0
    fi
done
echo "no radosgw of 20.2 or newer, only$found"
