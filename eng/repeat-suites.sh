#!/usr/bin/env bash
# Runs the suites that need a server many times in a row, to find tests that sometimes fail, and writes what came of it to
# docs/reports/provider-suites.md.
#
#   eng/repeat-suites.sh          20 runs
#   eng/repeat-suites.sh <runs>   more or fewer
#
# The suites must have been built: ./test.sh does. CAIRN_TEST_SERVERS chooses the servers, as always.
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${1-20}
[[ $# -le 1 && $runs =~ ^[1-9][0-9]*$ ]] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
export CAIRN_TESTS_REQUIRE_EMULATORS=1
logs=$PWD/artifacts/repeat
report=docs/reports/provider-suites.md
rm -rf "$logs"
mkdir -p "$logs"

suites=()
for project in tests/*.Tests/*.csproj; do
    ! grep -q 'Emulators/Cairn.Emulators' "$project" || suites+=("$(basename "$project" .csproj)")
done

count() { sed -n "s/.*<assembly [^>]*[ ]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

all_failed=0
rows=()
for ((run = 1; run <= runs; run++)); do
    row="| $run"
    for suite in "${suites[@]}"; do
        result=$logs/$run-$suite
        start=$SECONDS code=0
        dotnet "tests/${suite#Cairn.}/bin/Release/net10.0/$suite.dll" -noLogo -noColor -result-xml "$result.xml" </dev/null >"$result.log" 2>&1 || code=$?
        if [ -s "$result.xml" ]; then
            failed=$(($(count "$result.xml" failed) + $(count "$result.xml" errors)))
            cell="$(count "$result.xml" passed) / $failed / $(count "$result.xml" skipped), $((SECONDS - start)) s"
        else
            failed=1 cell="broke off with exit code $code"
        fi
        [ $code -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
        all_failed=$((all_failed + failed))
        row="$row | $cell"
    done
    rows+=("$row |")
    echo "$row |"
done

{
    echo "# The suites that need a server, $runs times in a row"
    echo
    echo "\`eng/repeat-suites.sh $runs\`, $(date -u +%Y-%m-%d), commit $(git rev-parse --short HEAD), $(nproc) cores. Passed / failed / skipped, and seconds."
    echo
    sed -n 's/^\[emulators\] \(.*\) at .*, ready in .*/* \1/p' "$logs"/*.log | sort | uniq -c | sed 's/^ *\([0-9]*\) \* \(.*\)/* \2, started \1 times/'
    echo
    printf '| Run'
    printf ' | %s' "${suites[@]#Cairn.}"
    printf ' |\n|--:'
    printf '|---%.0s' "${suites[@]}"
    printf '|\n'
    printf '%s\n' "${rows[@]}"
    echo
    echo "**Failed in all: $all_failed.**"
    ! grep -hE '\[FAIL\]$' "$logs"/*.log || :
} >"$report"
cat "$report"
[ $all_failed -eq 0 ]
