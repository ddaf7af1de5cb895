#!/usr/bin/env bash
# Coverage-guided fuzzing of the reader and writer of _metadata files; docs/fuzzing.md says how and why.
#
#   eng/fuzz-metadata.sh              30 minutes, one core
#   eng/fuzz-metadata.sh <seconds>    longer or shorter
#
# Needs afl-fuzz (Debian's afl++) and the .NET SDK. Flink's own files are seeds where they are: in ../shared/flink/fixtures or
# CAIRN_FLINK_FIXTURES. Everything lies in artifacts/fuzz afterwards; the report is docs/reports/metadata-fuzzing.md.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1-1800}
[[ $# -le 1 && $seconds =~ ^[1-9][0-9]*$ ]] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing: apt-get install --no-install-recommends afl++" >&2; exit 1; }

work=$PWD/artifacts/fuzz
seeds=$work/seeds
target=$work/bin
fixtures=${CAIRN_FLINK_FIXTURES:-../shared/flink/fixtures}
sharpfuzz=$(sed -n 's/.*"SharpFuzz" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
rm -rf "$work"
mkdir -p "$seeds"

build() {
    dotnet publish bench/Cairn.Fuzz --configuration Release --output "$target" --nologo --verbosity quiet
    # Before instrumentation: instrumented code runs under the fuzzer only.
    dotnet "$target/Cairn.Fuzz.dll" seeds "$seeds"
    dotnet tool install SharpFuzz.CommandLine --version "$sharpfuzz" --tool-path "$work/tools" >/dev/null
    "$work/tools/sharpfuzz" "$target/Cairn.Core.dll" Cairn.Checkpoints
}

# Of every version and dialect the smallest files, at least one whatever its size.
take_fixtures() {
    [ -f "$fixtures/index.tsv" ] || { echo "No files of Flink's own in $fixtures: generated seeds only." >&2; return 0; }
    local path name
    tail -n +2 "$fixtures/index.tsv" | sort -t $'\t' -k2,2n -k10,10 -k3,3n |
        awk -F '\t' '{ n = taken[$2, $10]++ } n == 0 || (n < 12 && $3 <= 4096) { print $1 }' |
        while read -r path; do
            name=${path%/_metadata}
            cp "$fixtures/$path" "$seeds/flink-${name//\//-}"
        done
    chmod u+w "$seeds"/*
}

fuzz() {
    # The target is no binary of afl's compilers, the machine may be any, and a slow input is not a crash.
    AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
        AFL_FORKSRV_INIT_TMOUT=60000 \
        afl-fuzz -i "$seeds" -o "$work/out" -V "$seconds" -t 5000 -m none -- dotnet "$target/Cairn.Fuzz.dll" fuzz >"$work/afl.log" 2>&1 ||
        { tail -n 20 "$work/afl.log" >&2; exit 1; }
}

# A value of afl's statistics.
statistic() { sed -n "s/^$1 *: *//p" "$work/out/default/fuzzer_stats"; }

seeds_of() { find "$seeds" -name "$1-*" | wc -l; }

write_report() {
    cat >docs/reports/metadata-fuzzing.md <<END
# \`_metadata\` under a coverage-guided fuzzer

\`eng/fuzz-metadata.sh $seconds\`, afl++ $(statistic afl_version | tr -d +), SharpFuzz $sharpfuzz, .NET $(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \([^ ]*\).*/\1/p' | tail -n 1), one core. [How it works](../fuzzing.md).

| | |
|---|--:|
| duration | $(statistic run_time) s |
| seeds | $(seeds_of flink) files of Flink's own, $(seeds_of generated) generated |
| executions | $(statistic execs_done) ($(statistic execs_per_sec) a second) |
| cycles done | $(statistic cycles_done) |
| inputs kept, each with a new path | $(statistic corpus_count), of these $(statistic corpus_found) found by the fuzzer |
| edges reached | $(statistic edges_found) |
| stability | $(statistic stability) |
| **crashes** | **$(statistic saved_crashes)** |
| **hangs**, over 5 s | **$(statistic saved_hangs)** |

The part of afl's map that was filled is $(statistic bitmap_cvg). A crash would be any exception but \`CheckpointMetadataException\`, an overflow of the stack, more memory
than the file's length allows, a file written back as other bytes, or a conversion to version 6 that cannot be read again.
END
    cat docs/reports/metadata-fuzzing.md
}

build
take_fixtures
fuzz
write_report
[ "$(statistic saved_crashes)" = 0 ] && [ "$(statistic saved_hangs)" = 0 ]
