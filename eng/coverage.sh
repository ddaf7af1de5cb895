#!/usr/bin/env bash
# How much of src the tests reach: lines and branches, by all test projects together, with the bars they must hold.
#
#   eng/coverage.sh            builds beside the ordinary build, runs every quick test with coverlet, prints the sums
#
# artifacts/coverage/uncovered.txt lists what was not reached; docs/testing.md says why.
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
    # Those that look at nothing of src have nothing to say.
    dotnet msbuild "$project" -getItem:ProjectReference | grep -Eq '/src/|Worker|Conformance' && projects+=("$project")
done

code=0
for project in "${projects[@]}"; do
    name=$(basename "$project" .csproj)
    # An artifacts folder of its own: coverlet rewrites the assemblies that it watches.
    dotnet build "$project" --configuration Release --nologo --verbosity quiet -p:CairnCoverage=true --artifacts-path "$out" >"$results/$name.build.log" || {
        cat "$results/$name.build.log"
        exit 1
    }
    start=$SECONDS
    dotnet "$out/bin/$name/release/$name.dll" --coverlet --coverlet-output-format json --coverlet-file-prefix "$name" --results-directory "$results" \
        --coverlet-include '[Cairn.*]*' --coverlet-exclude '[*.Tests]*' --no-ansi --no-progress </dev/null >"$results/$name.log" 2>&1 || {
        grep -vE '^ +at ' "$results/$name.log" | tail -n 60
        echo "coverage: tests of $name failed"
        code=1
    }
    echo "coverage: $name ran for $((SECONDS - start)) s"
done

dotnet run eng/coverage.cs -- "$results" $least_lines $least_branches || code=1
exit $code
