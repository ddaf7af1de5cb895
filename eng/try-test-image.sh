#!/bin/sh
# Usage: eng/with-docker.sh eng/try-test-image.sh [ARGUMENT OF test.sh]
# Builds the image of the Dockerfile and runs the suite in it. SDK names another base image; where none can be pulled, one is made here
# of Debian's packages, this machine's .NET SDK and what its apt, npm and NuGet are told, and only lives in this machine's Docker.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# As apt sees itself: installed, so that more can be installed on top.
make_base() {
    sdk=cairn/sdk-base:bookworm
    docker image inspect "$sdk" >/dev/null 2>&1 && return
    echo "try-test-image: no image can be pulled; making one of Debian's packages and this machine's SDK" >&2
    command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
    . /etc/os-release
    mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources | head -n 1)
    debootstrap --variant=minbase --include=ca-certificates,libicu72,libssl3,python3,git "$VERSION_CODENAME" "$work/root" "$mirror" >"$work/log" || { tail "$work/log" >&2; exit 1; }
    # What this machine's clients are told about registries and certificates.
    rm -rf "$work/root/etc/apt"
    for file in /etc/apt /etc/ssl /usr/local/share/ca-certificates /etc/pip.conf /root/.npmrc /root/.nuget/NuGet; do
        [ ! -e "$file" ] || { mkdir -p "$work/root$(dirname "$file")" && cp -a "$file" "$work/root$(dirname "$file")/"; }
    done
    dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
    tar -C "$work/root" -cf "$work/root.tar" .
    tar -C "$dotnet" --transform 's,^\.,./usr/share/dotnet,' -rf "$work/root.tar" .
    docker import --change 'ENV PATH=/usr/share/dotnet:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$work/root.tar" "$sdk" >/dev/null
}

sdk=${SDK:-$(sed -n 's/^ARG SDK=//p' "$root/Dockerfile")}
if ! docker image inspect "$sdk" >/dev/null 2>&1 && ! timeout 60 docker pull --quiet "$sdk" >/dev/null 2>&1; then
    make_base
fi
docker build --network host --build-arg "SDK=$sdk" --build-arg "DEBIAN_MIRROR=${CAIRN_DEBIAN_MIRROR-}" --tag cairn-tests "$root"
docker run --rm --init --network host cairn-tests "$@"
