#!/usr/bin/env bash
# How much of src the tests reach: lines and branches, by all test projects together, with the bars they must hold.
#
#   eng/coverage.sh            builds beside the ordinary build, runs the quick tests with coverlet, prints the sums
#
# artifacts/coverage/results/uncovered.txt lists what was not reached; docs/testing.md says why.
set -euo pipefail
cd "$(dirname "$0")/.."

least_lines=90
least_branches=85
out=$PWD/artifacts/coverage
results=$out/results
rm -rf "$results"
mkdir -p "$results"

projects=()
for project in tests/*.Tests/*.csproj; do
    # The servers' own tests reach nothing of src, and those of the sample nothing that the others do not.
    [[ $project =~ /(Emulators|WordCount)\.Tests/ ]] || projects+=("$project")
done

# An artifacts folder of its own: coverlet rewrites the assemblies that it watches. The ordinary build has analyzed the code.
eng/build.sh "${projects[@]}" --configuration Release --verbosity quiet -p:CairnCoverage=true -p:RunAnalyzers=false --artifacts-path "$out" >"$results/build.log" || {
    cat "$results/build.log"
    exit 1
}

# Whether a line was reached is enough: counting how often costs time where it matters, in the innermost loops. The campaigns that kill WordCount
# are left out: they work in processes of their own, whose counts die with them. S3's crashes and races are, too: they repeat what other tests do.
measure() {
    local name=$1 start=$SECONDS
    dotnet "$out/bin/$name/release/$name.dll" --coverlet --coverlet-output-format json --coverlet-file-prefix "$name" --coverlet-single-hit --results-directory "$results" \
        --filter-not-class '*WordCountTests*' '*AzureKillTests*' '*S3CrashTests*' '*S3RaceTests*' --coverlet-include '[Cairn.*]*' --coverlet-include '[cairn]*' --coverlet-exclude '[*.Tests]*' --no-ansi --progress off </dev/null >"$results/$name.log" 2>&1 || {
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
        measure "$(basename "$project" .csproj)" &
        running+=($!)
    done
    for pid in "${running[@]}"; do wait "$pid" || code=1; done
done

dotnet run eng/coverage.cs -- "$results" $least_lines $least_branches || code=1
exit $code
