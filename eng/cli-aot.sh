#!/bin/sh
# Publishes the tool with Native AOT to artifacts/cairn and runs its tests on that binary.
#
#   sh eng/cli-aot.sh            publish and test
#   sh eng/cli-aot.sh publish    only publish
#
# Needs clang and zlib1g-dev.
set -eu
cd "$(dirname "$0")/.."
out=artifacts/cairn
dotnet publish src/Cli --configuration Release -r linux-x64 -p:PublishAot=true -o "$out" --nologo -v q
size=$(wc -c <"$out/cairn")
echo "$out/cairn: $size bytes"
[ "$size" -le 26214400 ] || { echo "larger than 25 MiB" >&2; exit 1; }
[ "${1-}" = publish ] && exit 0
dotnet build tests/Cli.Tests --configuration Release --nologo -v q
CAIRN_CLI_BINARY=$PWD/$out/cairn dotnet tests/Cli.Tests/bin/Release/net10.0/Cairn.Cli.Tests.dll -noLogo -noColor
