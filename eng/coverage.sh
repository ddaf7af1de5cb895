#!/usr/bin/env bash
# How much of src the tests reach: lines and branches, by all test projects together, with the bars they must hold.
#
#   eng/coverage.sh            builds what has changed, runs the tests in their brief form with coverlet, prints the sums
#
# artifacts/coverage/uncovered.txt lists what was not reached; docs/testing.md says why.
set -euo pipefail
cd "$(dirname "$0")/.."

least_lines=90
least_branches=85
results=$PWD/artifacts/coverage
rm -rf "$results"
mkdir -p "$results"
trap 'rm -rf "$results/programs"' EXIT

projects=() folders=()
for project in tests/*.Tests/*.csproj; do
    # The servers' own tests reach nothing of src, and those of the sample nothing that the others do not.
    [[ ! $project =~ /(Emulators|WordCount)\.Tests/ ]] || continue
    projects+=("$project")
    folders+=("${project%/*}/bin/Release/net10.0")
done

eng/build.sh "${projects[@]}" --configuration Release --verbosity quiet >"$results/build.log" || {
    cat "$results/build.log"
    exit 1
}

# Copies: coverlet rewrites the assemblies that it watches.
eng/compile-ahead.sh --libraries "$results/programs" "${folders[@]}" >"$results/list" || :
copy_of() { sed -n "s|^$1 ||p" "$results/list"; }
mkdir -p "$results/programs"
for folder in "${folders[@]}"; do
    [ -z "$(copy_of "$folder")" ] || continue
    copy=$(mktemp -d "$results/programs/XXXXXX")
    cp -r "$folder/." "$copy"
    echo "$folder $copy" >>"$results/list"
done

# Whether a line was reached is enough: counting how often costs time where it matters, in the innermost loops. The campaigns that kill WordCount
# are left out: they work in processes of their own, whose counts die with them.
watch() {
    CAIRN_BRIEF=1 dotnet "$(copy_of "${1%/*}/bin/Release/net10.0")/$2.dll" --coverlet --coverlet-output-format json --coverlet-file-prefix "$2" --coverlet-single-hit \
        --results-directory "$results" --filter-not-class '*WordCountTests*' '*AzureKillTests*' --coverlet-include '[Cairn.*]*' --coverlet-include '[cairn]*' \
        --coverlet-exclude '[*.Tests]*' --no-ansi --progress off </dev/null >"$results/$2.log" 2>&1
}

# Where several processes end at once, the mutex by which coverlet writes down its counts has been taken for an abandoned one, and the process, whose work
# was done, ended with 134. A run that met this is made again.
measure() {
    local name start=$SECONDS code attempt
    name=$(basename "$1" .csproj)
    for attempt in 1 2 3; do
        code=0
        watch "$1" "$name" || code=$?
        [ $code -ne 0 ] && grep -q AbandonedMutexException "$results/$name.log" || break
        echo "coverage: $name met coverlet's abandoned mutex in attempt $attempt"
    done
    [ $code -eq 0 ] || {
        grep -vE '^ +at ' "$results/$name.log" | tail -n 60
        echo "coverage: tests of $name failed"
        return 1
    }
    echo "coverage: $name ran for $((SECONDS - start)) s"
}

# Two at a time: most of them wait for servers more than they compute.
code=0
for ((i = 0; i < ${#projects[@]}; i += 2)); do
    running=()
    for project in "${projects[@]:i:2}"; do
        measure "$project" &
        running+=($!)
    done
    for pid in "${running[@]}"; do wait "$pid" || code=1; done
done

dotnet run eng/coverage.cs -- "$results" $least_lines $least_branches || code=1
exit $code
