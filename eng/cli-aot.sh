#!/bin/sh
# Publishes the tool with Native AOT to artifacts/cairn, and runs its tests on that program.
#
#   sh eng/cli-aot.sh            publish and test
#   sh eng/cli-aot.sh publish    only publish
#
# Needs clang and zlib's headers, which it installs on Debian and Ubuntu. Exit code 69: they are not here and cannot be had.
set -eu
cd "$(dirname "$0")/.."
out=artifacts/cairn
cannot_compile=69

has_compiler() { command -v clang >/dev/null 2>&1 && [ -f /usr/include/zlib.h ]; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_compiler() {
    command -v apt-get >/dev/null 2>&1 || return 1
    echo "cli-aot: installing clang and zlib1g-dev"
    set -- env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends clang zlib1g-dev
    as_root "$@" >/dev/null 2>&1 || { as_root apt-get update -qq && as_root "$@" >/dev/null; }
}

has_compiler || install_compiler && has_compiler || {
    echo "cli-aot: ============================================================" >&2
    echo "cli-aot: NO NATIVE PROGRAM: clang and zlib1g-dev are not here and cannot be installed" >&2
    echo "cli-aot: ============================================================" >&2
    exit $cannot_compile
}

mkdir -p artifacts
log=artifacts/cli-aot.log
# An artifacts folder of its own: the ordinary build, which has analyzed the code, is still there for the tests.
dotnet publish src/Cli --configuration Release --use-current-runtime -p:PublishAot=true -p:RunAnalyzers=false --artifacts-path artifacts/aot -o "$out" --nologo -v q >"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
cat "$log"
! grep -E '(^|[ :])warning( [A-Z]+[0-9]+)?:' "$log" >&2 || exit 1
size=$(wc -c <"$out/cairn")
echo "$out/cairn: $size bytes"
[ "$size" -le 25000000 ] || {
    echo "cli-aot: larger than 25 MB" >&2
    exit 1
}
[ "${1-}" = publish ] || CAIRN_CLI_BINARY=$PWD/$out/cairn ./test.sh Cli.Tests
