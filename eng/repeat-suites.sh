#!/usr/bin/env bash
# Runs the providers' suites many times in a row, to find tests that sometimes fail, and writes what came of it to
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
folders=()
for project in tests/Providers.*.Tests/*.csproj; do
    suites+=("$(basename "$project" .csproj)")
    folders+=("$(dirname "$project")/bin/Release/net10.0")
done
mkdir "$logs/ahead"
eng/compile-ahead.sh "$logs/ahead" "${folders[@]}" >"$logs/ahead/list"

count() { sed -n "s/.*<assembly [^>]*[ ]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

run_suite() {
    local suite=$1 result=$2 start=$SECONDS code=0 folder copy
    folder=tests/${suite#Cairn.}/bin/Release/net10.0
    copy=$(sed -n "s|^$folder ||p" "$logs/ahead/list")
    dotnet "${copy:-$folder}/$suite.dll" -noLogo -noColor -result-xml "$result.xml" </dev/null >"$result.log" 2>&1 || code=$?
    echo "$code $((SECONDS - start))" >"$result.end"
}

# Passed / failed / skipped and seconds; a run that broke off has failed.
cell() {
    local result=$1 code seconds failed
    read -r code seconds <"$result.end"
    if [ ! -s "$result.xml" ]; then
        failed=1
        echo -n "broke off with exit code $code"
    else
        failed=$(($(count "$result.xml" failed) + $(count "$result.xml" errors)))
        [ "$code" -eq 0 ] || [ $failed -gt 0 ] || failed=1
        echo -n "$(count "$result.xml" passed) / $failed / $(count "$result.xml" skipped), $seconds s"
    fi
    echo $failed >"$result.failed"
}

all_failed() { cat "$logs"/*.failed | awk '{ sum += $1 } END { print sum }'; }

write_report() {
    echo "# The providers' suites, ${#rows[@]} times in a row"
    echo
    echo "\`eng/repeat-suites.sh $runs\`, $(date -u +%Y-%m-%d), commit $commit, $(nproc) cores. Passed / failed / skipped, and seconds."
    echo
    sed -n 's/^\[emulators\] \(.*\) at .*, ready in .*/\1/p' "$logs"/*.log | sort | uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/* \2, started \1 times/'
    echo
    printf '| Run'
    printf ' | %s' "${suites[@]#Cairn.}"
    printf ' |\n|--:'
    printf '|---%.0s' "${suites[@]}"
    printf '|\n'
    printf '%s\n' "${rows[@]}"
    echo
    echo "**Failed in all: $(all_failed).**"
    ! grep -hE '\[FAIL\]$' "$logs"/*.log || :
}

rows=()
commit=$(git rev-parse --short HEAD)
for ((run = 1; run <= runs; run++)); do
    row="| $run"
    for suite in "${suites[@]}"; do
        run_suite "$suite" "$logs/$run-$suite"
        row="$row | $(cell "$logs/$run-$suite")"
    done
    rows+=("$row |")
    echo "$row |"
    # After each: a campaign that is broken off keeps what it has.
    write_report >"$report"
done
[ "$(all_failed)" -eq 0 ]
