#!/bin/sh
# Usage: supervisor.sh FOLDER. The parent of all processes of one endpoint. It makes FOLDER, says so with a line, then reads verbs from
# its standard input, one a line, and answers each with one line. When the input ends, because its owner closed it or is dead however
# it died, it kills what it started and removes FOLDER.
#   start NAME           runs the script FOLDER/NAME.sh with its output in FOLDER/NAME.out; answers its process id
#   signal SIGNAL PID    answers ok
#   wait PID             waits for the end of PID; answers its exit code
# A process keeps its id until it is waited for, and only this shell waits: so a signal can never reach a stranger with the same id.
folder=$1
running=

finish() {
    trap - EXIT
    # The group as well, for a program that runs others; the process itself may not have made its group yet.
    for pid in $running; do kill -s KILL -- "-$pid" "$pid"; done
    wait
    rm -rf "$folder"
}

forget() {
    others=
    for pid in $running; do [ "$pid" = "$1" ] || others="$others $pid"; done
    running=$others
}

trap finish EXIT
trap 'exit 1' HUP INT TERM
# Answering a dead owner must not end this shell before it has cleaned up. A handler, unlike '', is not inherited.
trap : PIPE

mkdir -m 700 "$folder" || exit 1
exec 2>>"$folder/supervisor.err"
echo ready

while read -r verb first second; do
    case $verb in
        start)
            setsid sh "$folder/$first.sh" </dev/null >>"$folder/$first.out" 2>&1 &
            running="$running $!"
            echo "$!"
            ;;
        signal)
            kill -s "$first" "$second"
            echo ok
            ;;
        wait)
            wait "$first"
            code=$?
            forget "$first"
            echo "$code"
            ;;
    esac
done
