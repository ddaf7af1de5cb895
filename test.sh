#!/usr/bin/env bash
# Builds everything and runs every test against real servers.
#
#   ./test.sh            installs the servers that are missing (with Docker: none), builds, runs the quick form of every test
#   ./test.sh --core     only the tests that need no server, their campaigns brief: the quick look between two edits
#   ./test.sh --servers  only the tests that need one
#   ./test.sh --full     the full-length races, kills and histories, which write their reports to docs/reports
#   ./test.sh Cli.Tests  only that project of tests, or those
#
# Results lie in artifacts/test afterwards. docs/testing.md says which servers are taken, and how to choose others.
# CAIRN_TESTS_REQUIRE_EMULATORS=1 makes a missing server a failure, CAIRN_TEST_SERVERS leaves one kind only.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    sed -n '2,11s/^# \{0,1\}//p' "$0"
    exit "$1"
}

form=quick
case "${1-}" in
    "") ;;
    --core) form=core && export CAIRN_BRIEF=${CAIRN_BRIEF-1} ;;
    --servers) form=servers ;;
    --full) form=full && export CAIRN_FULL=1 ;;
    *.Tests) form=projects ;;
    -h | --help) usage 0 ;;
    *) usage 2 >&2 ;;
esac
[ $form = projects ] || [ $# -le 1 ] || usage 2 >&2

heading() { printf '\n== %s\n' "$*"; }

needs_servers() { grep -q 'Emulators/Cairn.Emulators' "$1"; }

# The longest first, so that the shorter ones fill what is left.
projects=()
for project in tests/Providers.S3.Tests/*.csproj tests/Cli.Tests/*.csproj tests/*.Tests/*.csproj; do
    case " ${projects[*]-} " in *" $project "*) continue ;; esac
    if [ $form = projects ]; then
        case " $* " in *" $(basename "$(dirname "$project")") "*) projects+=("$project") ;; esac
    elif needs_servers "$project"; then
        [ $form = core ] || projects+=("$project")
    else
        [ $form = servers ] || projects+=("$project")
    fi
done

[ $form != projects ] || [ ${#projects[@]} -eq $# ] || usage 2 >&2

configuration=Release
# A folder of each run's own, so that two at once in one clone do not mix; the latest to end is artifacts/test.
results=$PWD/artifacts/test-runs/$(date -u +%Y%m%dT%H%M%S)-$$
mkdir -p "$results"

# Docker's daemon at its usual address; the tests' own look is wider, and decides.
docker_answers() { [ -n "${DOCKER_HOST-}" ] || [ -S /var/run/docker.sock ] && docker info >/dev/null 2>&1; }

# The build and each test program die with this script, however that dies; and with a test program its servers.
with_me=()
! setpriv --pdeathsig KILL true 2>/dev/null || with_me=(setpriv --pdeathsig KILL)

install_servers() {
    case "${CAIRN_TEST_SERVERS-}" in
        containers | environment) return 0 ;;
        "") ! docker_answers || return 0 ;;
    esac
    # What cannot be installed skips its tests, and each says why; unless servers are required.
    sh eng/install-emulators.sh || [ "${CAIRN_TESTS_REQUIRE_EMULATORS-}" != 1 ]
}

build() {
    heading "build"
    # One build at a time in one clone.
    exec 8>artifacts/build.lock
    ! command -v flock >/dev/null || flock 8
    ${with_me[@]+"${with_me[@]}"} "$@" --configuration $configuration --verbosity minimal 8>&- | tee "$results/build.log"
    exec 8>&-
}

# The value of an attribute of the first <assembly> of a result file.
count() { sed -n "s/.*<assembly [^>]*[ ]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# The servers that a log names, each once.
servers_of() { sed -n 's/^\[emulators\] \(.*\) at .*, ready in .*/\1/p' "$@" | sort -u; }

installing=

# Servers are installed while the build computes, for they mostly come over the network. What a package manager has begun it ends, whatever becomes of the build.
clean_up() {
    [ -z "$installing" ] || wait "$installing" || :
    kill $(jobs -p) 2>/dev/null || :
    rm -rf "$results/ahead"
}
trap clean_up EXIT

# Two programs at a time: most of them wait for servers more than they compute. What each prints is shown when it has ended.
at_once=2
[ $form != full ] || at_once=1
running=()

folder_of() { echo "$(dirname "$1")/bin/$configuration/net10.0"; }

start() {
    local name folder copy
    name=$(basename "$1" .csproj)
    folder=$(folder_of "$1")
    copy=$(sed -n "s|^$folder ||p" "$results/ahead/list")
    ${with_me[@]+"${with_me[@]}"} dotnet "${copy:-$folder}/$name.dll" -noLogo -noColor -result-xml "$results/$name.xml" </dev/null >"$results/$name.log" 2>&1 &
    running+=("$! $name $SECONDS")
    echo "$name is running: artifacts/test-runs/$(basename "$results")/$name.log"
}

# Waits until one of them has ended.
finish_one() {
    local i pid name began
    while :; do
        for i in "${!running[@]}"; do
            read -r pid name began <<<"${running[$i]}"
            ! kill -0 "$pid" 2>/dev/null || continue
            unset "running[$i]"
            running=(${running[@]+"${running[@]}"})
            local code=0
            wait "$pid" || code=$?
            tell "$name" $((SECONDS - began)) $code
            return
        done
        sleep 0.2
    done
}

passed=0 failed=0 skipped=0
summary=()

tell() {
    local name=$1 seconds=$2 code=$3 result=$results/$1.xml p=0 f=0 s=0
    heading "$name"
    cat "$results/$name.log"
    if [ -s "$result" ]; then
        p=$(count "$result" passed) f=$(($(count "$result" failed) + $(count "$result" errors))) s=$(count "$result" skipped)
    fi
    # A run that broke off, or that had nothing to run, has not passed.
    if { [ "$code" -ne 0 ] && [ "$f" -eq 0 ]; } || [ $((p + f + s)) -eq 0 ]; then
        echo "$name ended with exit code $code after $p tests" | tee -a "$results/failures"
        tail -n 15 "$results/$name.log" >>"$results/failures"
        f=$((f + 1))
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    summary+=("$(printf '%-34s %6d passed %5d failed %5d skipped %5d s' "$name" "$p" "$f" "$s" "$seconds")")
    while read -r server; do summary+=("    against $server"); done < <(servers_of "$results/$name.log")
}

if [ $form != core ]; then
    install_servers >"$results/servers.log" 2>&1 &
    installing=$!
fi
case $form in
    core | servers | projects) build eng/build.sh "${projects[@]}" ;;
    *) build dotnet build Providers.sln --nologo ;;
esac

# The programs of the tests and those that they start, compiled ahead where that can be.
mkdir "$results/ahead"
eng/compile-ahead.sh "$results/ahead" $(for project in "${projects[@]}"; do folder_of "$project"; done) >"$results/ahead/list" ||
    echo "test.sh: not all programs are compiled ahead; the others run as they are" >&2

if [ -n "$installing" ]; then
    heading "servers"
    code=0
    wait "$installing" || code=$?
    installing=
    cat "$results/servers.log"
    [ $code -eq 0 ]
fi

heading "tests"
for project in "${projects[@]}"; do
    [ ${#running[@]} -lt $at_once ] || finish_one
    start "$project"
done
while [ ${#running[@]} -gt 0 ]; do finish_one; done

heading "summary"
printf '%s\n' "${summary[@]}"
printf '%-34s %6d passed %5d failed %5d skipped %5d s\n' "in total, with the build" $passed $failed $skipped $SECONDS
awk '/\[SKIP\]$/ { sub(/^ */, ""); sub(/ \[SKIP\]$/, ""); name = $0; getline; sub(/^ */, ""); print "skipped: " name ": " $0 }' "$results"/*.Tests.log
# What failed once more, with the first lines of its message, because continuous integration may keep only the end of what is printed.
awk '/\[FAIL\]$/ { lines = 16 } /\[(PASS|SKIP)\]$/ || /^ ? ? ? ?[^ ]/ && !/\[FAIL\]$/ { lines = 0 } lines-- > 0' "$results"/*.Tests.log >>"$results/failures"
cat "$results/failures"
echo "$passed $failed $skipped" >"$results/totals"
rm -rf artifacts/test && ln -s "$results" artifacts/test
# The last few runs are enough.
ls -d artifacts/test-runs/*/ | sort -r | tail -n +11 | xargs rm -rf
[ $failed -eq 0 ]
