#!/bin/sh
# Usage: supervisor.sh FOLDER [SECONDS]. The parent of all processes of one endpoint, on this machine or in a container. It makes FOLDER
# and reads verbs from its standard input, one a line. When the input ends, because its owner closed it or is dead however it died,
# it kills what it started and removes FOLDER; with SECONDS also when its owner has not said anything by then.
#   hello                answers ready
#   mkdir NAME           makes the folder FOLDER/NAME; answers ok
#   write NAME END       writes the lines that follow, up to the line END, to FOLDER/NAME; answers ok
#   start NAME           runs the script FOLDER/NAME.sh with its output in FOLDER/NAME.out; answers its process id
#   ended PID            answers yes or no
#   signal SIGNAL PID    answers ok
#   wait PID             waits for the end of PID; answers its exit code
#   tail NAME END        answers the last lines of FOLDER/NAME.out, and the line END
# A process keeps its id until it is waited for, and only this shell waits: so a signal can never reach a stranger with the same id.
folder=$1
running=
# Not every image has it, and a container ends as a whole.
session=$(command -v setsid)

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

take_lines() {
    while IFS= read -r line && [ "$line" != "$1" ]; do printf '%s\n' "$line"; done
}

has_ended() {
    # "id (name) state …": the name may hold anything, a parenthesis too, so the state is found from the end.
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
    case ${stat##*) } in [ZX]*) return 0 ;; *) return 1 ;; esac
}

trap finish EXIT
trap 'exit 1' HUP INT TERM
# Answering a dead owner must not end this shell before it has cleaned up. A handler, unlike '', is not inherited.
trap : PIPE

mkdir -m 700 "$folder" || exit 1
exec 2>>"$folder/supervisor.err"
[ $# -eq 1 ] || { sleep "$2" && [ ! -e "$folder/owned" ] && kill -s TERM $$; } </dev/null >/dev/null &

while read -r verb first second; do
    case $verb in
        hello)
            : >"$folder/owned"
            echo ready
            ;;
        mkdir)
            mkdir "$folder/$first"
            echo ok
            ;;
        write)
            take_lines "$second" >"$folder/$first"
            echo ok
            ;;
        start)
            $session sh "$folder/$first.sh" </dev/null >>"$folder/$first.out" 2>&1 &
            running="$running $!"
            echo "$!"
            ;;
        ended)
            if has_ended "$first"; then echo yes; else echo no; fi
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
        tail)
            tail -n 12 "$folder/$first.out"
            # The last line may lack its end.
            printf '\n%s\n' "$second"
            ;;
    esac
done
