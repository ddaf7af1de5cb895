#!/bin/sh
# Usage: with-docker.sh COMMAND...
# Runs COMMAND with a Docker that answers and the images of the tests' servers in it: this machine's Docker where it answers; else
# Debian's docker.io, installed when it is missing, with a daemon of its own that keeps its data in the cache folder and ends with the
# last command that uses it. Several may run at once.
#
# Exit code 69, after saying so loudly, when Docker cannot run here at all; else that of COMMAND.
set -eu
[ $# -ge 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_CACHE_HOME:-$HOME/.cache}/cairn/docker
# Short, as the path of a socket has to be.
state=/run/cairn-docker
start_seconds=30
unavailable=69

give_up() {
    {
        echo "with-docker: ============================================================"
        echo "with-docker: DOCKER CANNOT RUN HERE, and nothing was tested through Testcontainers: $*"
        [ ! -s "$state/dockerd.log" ] || tail -n 20 "$state/dockerd.log"
        echo "with-docker: ============================================================"
    } >&2
    exit $unavailable
}

answers() { command -v docker >/dev/null && docker info >/dev/null 2>&1; }

install_docker() {
    ! command -v dockerd >/dev/null || return 0
    command -v apt-get >/dev/null || give_up "it is not installed, and there is no apt-get"
    echo "with-docker: installing docker.io" >&2
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    # Newer distributions have the client in a package of its own.
    for attempt in now updated; do
        [ $attempt = now ] || apt-get update -qq >"$log" 2>&1 || :
        client=$(apt-cache show docker-cli >/dev/null 2>&1 && echo docker-cli) || :
        ! apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends docker.io $client >"$log" 2>&1 || break
    done
    command -v dockerd >/dev/null || { tail -n 20 "$log" >&2; rm -f "$log"; give_up "docker.io could not be installed"; }
    rm -f "$log"
}

start_daemon() {
    # Everything on loopback, and in a session of its own: Ctrl-C ends the command first, and then the daemon.
    setsid dockerd --host "$DOCKER_HOST" --ip 127.0.0.1 --data-root "$data" --exec-root "$state/exec" --pidfile "$state/dockerd.pid" \
        >"$state/dockerd.log" 2>&1 9>&- </dev/null &
    daemon=$!
    waited=0
    until answers; do
        kill -0 $daemon 2>/dev/null || give_up "its daemon ended"
        [ $waited -lt $((start_seconds * 5)) ] || give_up "its daemon did not answer within $start_seconds s"
        waited=$((waited + 1))
        sleep 0.2
    done
}

stop_daemon() {
    # Whoever still uses it holds the lock, too.
    flock --nonblock --exclusive 9 || return 0
    [ -s "$state/dockerd.pid" ] || return 0
    pid=$(cat "$state/dockerd.pid")
    kill "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

# Shared by all that use the daemon; exclusive for who starts or stops it. Between the two it may be stopped: then once more.
use_own_daemon() {
    [ "$(id -u)" = 0 ] || give_up "it does not answer, and only root can start it"
    install_docker
    ! answers || return 0
    mkdir -p "$state" "$data"
    export DOCKER_HOST="unix://$state/docker.sock" TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1
    exec 9>"$state/lock"
    trap stop_daemon EXIT
    trap 'exit 1' HUP INT TERM
    while :; do
        flock --exclusive 9
        answers || start_daemon
        flock --shared 9
        ! answers || break
    done
}

answers || use_own_daemon
# An older daemon refuses the version that Testcontainers speaks by itself.
DOCKER_API_VERSION=$(docker version --format '{{.Server.APIVersion}}')
export DOCKER_API_VERSION
echo "with-docker: Docker $(docker version --format '{{.Server.Version}}') at ${DOCKER_HOST:-its usual address}, storage $(docker info --format '{{.Driver}}')" >&2
images=$(sh "$here/make-images.sh")
# Names and tags of images: no spaces.
export $images
code=0
"$@" 9>&- || code=$?
exit $code
