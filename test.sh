#!/usr/bin/env bash
# Builds everything and runs every test against real servers.
#
#   ./test.sh          installs the servers that are missing, builds, runs the quick form of every test
#   ./test.sh --core   only the tests that need no server
#   ./test.sh --full   the full-length races, kills and histories, which write their reports to docs/reports
#
# Results lie in artifacts/test afterwards. CAIRN_TESTS_REQUIRE_EMULATORS=1 makes a missing server a failure.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    sed -n '2,6s/^# \{0,1\}//p' "$0"
    exit "$1"
}

form=quick
case "${1-}" in
    "") ;;
    --core) form=core ;;
    --full) form=full && export CAIRN_FULL=1 ;;
    -h | --help) usage 0 ;;
    *) usage 2 >&2 ;;
esac
[ $# -le 1 ] || usage 2 >&2

configuration=Release
results=$PWD/artifacts/test
rm -rf "$results"
mkdir -p "$results"

heading() { printf '\n== %s\n' "$*"; }

needs_servers() { grep -q 'Emulators/Cairn.Emulators' "$1"; }

projects=()
for project in tests/*.Tests/*.csproj; do
    [ $form = core ] && needs_servers "$project" || projects+=("$project")
done

install_servers() {
    heading "servers"
    # What cannot be installed skips its tests, and each says why; unless servers are required.
    sh eng/install-emulators.sh || [ "${CAIRN_TESTS_REQUIRE_EMULATORS-}" != 1 ]
}

build() {
    heading "build"
    local target
    for target in "$@"; do
        dotnet build "$target" --configuration $configuration --nologo --verbosity minimal | tee -a "$results/build.log"
    done
}

# The value of an attribute of the first <assembly> of a result file.
count() { sed -n "s/.*<assembly [^>]*[ ]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

passed=0 failed=0 skipped=0
summary=()

run() {
    local project=$1 name start=$SECONDS code=0
    name=$(basename "$project" .csproj)
    heading "$name"
    local result=$results/$name.xml
    dotnet "$(dirname "$project")/bin/$configuration/net10.0/$name.dll" -noLogo -noColor -result-xml "$result" </dev/null 2>&1 | tee "$results/$name.log" || code=$?
    local p=0 f=0 s=0
    if [ -s "$result" ]; then
        p=$(count "$result" passed) f=$(($(count "$result" failed) + $(count "$result" errors))) s=$(count "$result" skipped)
    fi
    # A run that broke off, or that had nothing to run, has not passed.
    if { [ $code -ne 0 ] && [ "$f" -eq 0 ]; } || [ $((p + f + s)) -eq 0 ]; then
        echo "$name ended with exit code $code after $p tests"
        f=$((f + 1))
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    summary+=("$(printf '%-34s %6d passed %5d failed %5d skipped %5d s' "$name" "$p" "$f" "$s" $((SECONDS - start)))")
}

[ $form = core ] || install_servers
if [ $form = core ]; then build "${projects[@]}"; else build Providers.sln; fi
for project in "${projects[@]}"; do
    run "$project"
done

heading "summary"
printf '%s\n' "${summary[@]}"
printf '%-34s %6d passed %5d failed %5d skipped %5d s\n' "in total, with the build" $passed $failed $skipped $SECONDS
sed -n 's/^\[emulators\] \(.*\) at .*, ready in .*/server: \1/p' "$results"/*.Tests.log | sort -u
awk '/\[SKIP\]$/ { sub(/^ */, ""); sub(/ \[SKIP\]$/, ""); name = $0; getline; sub(/^ */, ""); print "skipped: " name ": " $0 }' "$results"/*.Tests.log
echo "$passed $failed $skipped" >"$results/totals"
[ $failed -eq 0 ]
