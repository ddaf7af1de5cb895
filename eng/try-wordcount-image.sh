#!/bin/sh
# Usage: eng/with-docker.sh eng/try-wordcount-image.sh
# Builds the image of samples/WordCount as its Dockerfile says, and runs it as the manifest does (no root, a read-only file system):
# once to the end, and once killed with SIGKILL and started again on the same checkpoints. Both must end with the same digest.
# BASE names another base image; where none can be pulled, one is made here from Debian's packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
published=$root/artifacts/wordcount
work=$(mktemp -d)
container=cairn-word-count-$$

clean_up() {
    docker rm --force "$container" >/dev/null 2>&1 || :
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

make_base() {
    base=cairn/debian-base:bookworm
    docker image inspect "$base" >/dev/null 2>&1 && return
    echo "try-wordcount-image: no image can be pulled; making one from Debian's packages" >&2
    sh "$here/debian-root.sh" "$work/root" bookworm libssl3 ca-certificates libstdc++6 libc-bin grep coreutils dash
    # What the packages' scripts would have done.
    mkdir -p "$work/root/etc/ssl/certs"
    cat "$work"/root/usr/share/ca-certificates/mozilla/*.crt >"$work/root/etc/ssl/certs/ca-certificates.crt"
    [ -e "$work/root/bin/sh" ] || ln -s dash "$work/root/bin/sh"
    tar -C "$work/root" -c . | docker import - "$base" >/dev/null
}

base=${BASE:-debian:12-slim}
docker image inspect "$base" >/dev/null 2>&1 || timeout 60 docker pull --quiet "$base" >/dev/null 2>&1 || make_base
dotnet publish "$root/samples/WordCount" -c Release -r linux-x64 --self-contained -o "$published" --nologo -v quiet
docker build --quiet --build-arg "BASE=$base" -f "$root/samples/WordCount/Dockerfile" -t cairn/word-count "$published"

mkdir -m 777 "$work/data"
mkdir "$work/text"
i=0
while [ $i -lt 20 ]; do
    cat "$root"/docs/*.md "$root"/README.md >"$work/text/$i.txt"
    i=$((i + 1))
done
chmod -R a+rX "$work"

# The arguments of a run, in the foreground.
word_count() {
    checkpoints=$1
    shift
    docker run --name "$container" --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --network none \
        -v "$work/text:/text:ro" -v "$work/data:/data" -e Cairn__JobName=word-count -e Cairn__Checkpoints__Interval=100ms \
        cairn/word-count --json --input /text --checkpoints "file:///data/$checkpoints" "$@"
}

digest() { sed -n 's/.*"digest":"\([0-9a-f]*\)".*/\1/p' "$1"; }

word_count whole --pace 0 >"$work/whole.json"
word_count killed --pace 20 >"$work/killed.json" &
running=$!
until [ "$(grep -c '"checkpoint"' "$work/killed.json")" -ge 3 ]; do
    kill -0 $running
    sleep 0.1
done
docker kill --signal KILL "$container" >/dev/null
wait $running || echo "killed after $(grep -c '"checkpoint"' "$work/killed.json") checkpoints, exit code $?"
word_count killed --pace 0 >"$work/rest.json"

head -n 1 "$work/rest.json"
expected=$(digest "$work/whole.json")
found=$(digest "$work/rest.json")
[ -n "$expected" ] && [ "$expected" = "$found" ] || { echo "the digests differ: '$expected' and '$found'" >&2; exit 1; }
echo "restored after the kill, same digest: $found"
