#!/bin/sh
# Sees to it that Docker has the images of the tests' servers, and prints their names as variables: those that eng/images.env pins where
# they can be pulled, else images made here from Debian's packages and npm's, which is said on the error output. Images that are
# there already are kept. Docker must answer.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
pull_seconds=300
work=

clean_up() { [ -z "$work" ] || rm -rf "$work"; }
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

# The image that a variable names: the environment's, else the pinned one.
named() { eval "echo \"\${$1:-$(sed -n "s/^$1=//p" "$here/images.env")}\""; }

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Another run may make the same image at the same time; the later one wins, and is as good.
make_s3() {
    root=$(sh "$here/install-strict-s3.sh")
    [ -d "$root" ] || { echo "make-images: $root" >&2; return 1; }
    image=cairn/radosgw:${root##*-}
    # Servers of test runs keep their files in its /tmp.
    has_image "$image" || tar -C "$root" --exclude './tmp/*' -c . |
        docker import --change 'ENV PATH=/usr/sbin:/usr/bin LC_ALL=C' --change 'CMD ["sh"]' - "$image" >/dev/null
}

make_azurite() {
    azurite=$(node "$here/azurite/install.mjs")
    image=cairn/azurite:${azurite##*-}
    ! has_image "$image" || return 0
    work=$(mktemp -d)
    # What the pinned Node.js needs.
    sh "$here/debian-root.sh" "$work/root" "${CAIRN_IMAGE_SUITE:-testing}" libstdc++6
    mkdir -p "$work/root/opt" "$work/root/usr/local/bin"
    cp -a "$azurite" "$work/root/opt/azurite"
    ln -s /opt/azurite/node_modules/.bin/azurite-blob /opt/azurite/node_modules/.bin/node "$work/root/usr/local/bin"
    tar -C "$work/root" -c . | docker import --change 'ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin' --change 'CMD ["sh"]' - "$image" >/dev/null
}

provide() {
    variable=$1 make=$2
    image=$(named "$variable")
    if ! has_image "$image" && ! timeout "$pull_seconds" docker pull --quiet "$image" >/dev/null 2>&1; then
        pinned=$image
        $make
        # Written to the disk before servers start, which would wait for it in the middle of their start.
        sync
        echo "make-images: $pinned cannot be pulled; $image was made here" >&2
    fi
    echo "$variable=$image"
}

provide CAIRN_TEST_S3_IMAGE make_s3
provide CAIRN_TEST_AZURITE_IMAGE make_azurite
