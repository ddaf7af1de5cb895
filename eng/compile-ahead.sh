#!/bin/sh
# Usage: compile-ahead.sh [--libraries] OUT FOLDER...
# Copies each FOLDER, with a program in it, to OUT/<number>, its assemblies compiled to machine code, and prints a line "FOLDER OUT/<number>" for
# each. A test run starts hundreds of processes, and each would compile the same SDKs for itself. What was compiled is kept in the cache folder by
# its content; on anything but Linux on x64, and where the compiler is not to be had, it prints nothing, and the programs run as they are.
# With --libraries this project's own assemblies are left as they are: coverlet rewrites them, and can't rewrite machine code.
set -eu
ours=1
[ "${1-}" != --libraries ] || { ours=; shift; }
[ $# -ge 2 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
out=$1
shift
cache=${XDG_CACHE_HOME:-$HOME/.cache}/cairn/ahead

[ "$(uname -sm)" = "Linux x86_64" ] && command -v sha256sum >/dev/null || exit 0
framework=$(dotnet --list-runtimes | sed -n 's|^Microsoft.NETCore.App \(10\.[0-9.]*\) \[\(.*\)\]$|\2/\1|p' | tail -n 1)
[ -n "$framework" ] || exit 0
version=${framework##*/}
compiler=${NUGET_PACKAGES:-$HOME/.nuget/packages}/microsoft.netcore.app.crossgen2.linux-x64/$version/tools/crossgen2
if [ ! -x "$compiler" ]; then
    dotnet restore "$(dirname "$0")/ahead.proj" -p:CompilerVersion="$version" --verbosity quiet >&2 || :
    [ -x "$compiler" ] || { echo "compile-ahead: no compiler $version; programs run as they are" >&2; exit 0; }
fi

mkdir -p "$cache/$version" "$out"
# What many processes load, with the hash of its content; the tests themselves run once, and Testcontainers with all it rests on in a few programs.
compiled() {
    find "$@" -maxdepth 1 \( ${ours:+-name 'Cairn.*.dll' -o -name cairn.dll -o -name WordCount.dll -o} -name 'AWSSDK.[CS]*.dll' -o -name 'Azure.*.dll' -o -name 'System.*.dll' \
        -o -name 'Spectre.*.dll' -o -name 'Microsoft.Extensions.*.dll' -o -name 'xunit.*.dll' \) ! -name '*.Tests.dll' -exec sha256sum {} +
}

# One compiles at a time; the next finds what it needs.
exec 7>"$cache/lock"
! command -v flock >/dev/null || flock 7

# compile KEY FILE; what cannot be compiled stays as it is.
export compiler framework cache version
compile='
    key=$1 file=$2 made=$cache/$version/$1
    "$compiler" "$file" -o "$made.new" -r "$framework/*.dll" -r "$(dirname "$file")/*.dll" --targetos linux --targetarch x64 -O >/dev/null 2>&1 || cp "$file" "$made.new"
    mv "$made.new" "$made"
'
compiled "$@" | sort -u -k1,1 | while read -r key file; do
    [ -e "$cache/$version/$key" ] || printf '%s\n%s\n' "$key" "$file"
done | xargs -r -d '\n' -n 2 -P "$(nproc)" sh -c "$compile" compile

number=0
for folder in "$@"; do
    number=$((number + 1))
    copy=$out/$number
    rm -rf "$copy"
    cp -r "$folder" "$copy"
    compiled "$folder" | while read -r key file; do
        ln -f "$cache/$version/$key" "$copy/${file##*/}" 2>/dev/null || cp "$cache/$version/$key" "$copy/${file##*/}"
    done
    echo "$folder $copy"
done
# Each change of a line makes an assembly that nobody asks for again later.
find "$cache" -type f -mtime +7 -delete
