#!/usr/bin/env bash
# Usage: eng/build.sh PROJECT... [OPTION OF dotnet build...]
# Builds some of the solution's projects, with what they refer to, in one go: one by one, each build would look at everything they share again.
set -euo pipefail
cd "$(dirname "$0")/.."

projects=()
while [ $# -gt 0 ] && [[ $1 != -* ]]; do
    projects+=("${1//\//\\\\}")
    shift
done
mkdir -p artifacts
filter=artifacts/$(printf '%s\n' "${projects[@]}" | cksum | cut -d ' ' -f 1).slnf
{
    printf '{ "solution": { "path": "..\\\\Providers.sln", "projects": ['
    separator=
    for project in "${projects[@]}"; do
        printf '%s "%s"' "$separator" "$project"
        separator=,
    done
    printf ' ] } }\n'
} >"$filter.$$"
mv "$filter.$$" "$filter"
exec dotnet build "$filter" --nologo "$@"
