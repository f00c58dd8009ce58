# SPDX-License-Identifier: MIT
# Completion of picoctl for fish.  picoctl itself knows its verbs and options.

# Asks the picod that the command line is about.
function __picoctl_ask
    set -l words (commandline -opc)
    set -l at
    for i in (seq 2 (count $words))
        if contains -- $words[$i] -s --socket
            set at -s $words[(math $i + 1)]
        end
    end
    picoctl $at $argv 2>/dev/null
end

function __picoctl_requests
    __picoctl_ask list -v |
        string match -rg '^    (?:runs|waits) +(\d+)'
end

function __picoctl_images
    __picoctl_ask firmware | awk 'NR > 1 {print $2}' | sort -u
end

# The verb that stands on the command line, if one does.
function __picoctl_verb_there
    set -l verbs (picoctl help --names | cut -f1)
    for word in (commandline -opc)[2..-1]
        if contains -- $word $verbs
            echo $word
            return 0
        end
    end
    return 1
end

function __picoctl_no_verb
    not __picoctl_verb_there >/dev/null
end

function __picoctl_verb
    contains -- (__picoctl_verb_there) $argv
end

# Whether that verb has such an option.
function __picoctl_takes
    set -l verb (__picoctl_verb_there)
    and contains -- --$argv[1] (picoctl help $verb --names | cut -f1)
end

function __picoctl_flags
    set -l verb (__picoctl_verb_there)
    and picoctl help $verb --names |
        awk -F'\t' '{ print $1 "\t" $2 }'
end

# What may stand there in the command line of the program that a verb runs, which
# begins with the first word behind the verb and its options.
function __picoctl_program
    set -l words (commandline -opc)
    set -l verb
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case -b --board -s --socket --wait --will
                set -e words[1]
            case '-*'
            case '*'
                set -q verb[1]; and break
                set verb $words[1]
        end
        set -e words[1]
    end
    complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
end

complete -c picoctl -f
complete -c picoctl -s s -l socket -r -F -d 'the socket of picod'
complete -c picoctl -n __picoctl_no_verb -l json
complete -c picoctl -n __picoctl_no_verb -s h -l help
complete -c picoctl -n __picoctl_no_verb -s V -l version
complete -c picoctl -n __picoctl_no_verb -a '(picoctl help --names)'
complete -c picoctl -n 'not __picoctl_no_verb; and string match -q -- "-*" (commandline -ct)' \
    -a '(__picoctl_flags)'

complete -c picoctl -n '__picoctl_no_verb; or __picoctl_takes board' \
    -s b -l board -x -a '(__picoctl_ask list --names)' -d 'the board'
complete -c picoctl -n '__picoctl_takes file' -s f -l file -r -F \
    -d 'a program to send first'
complete -c picoctl -n '__picoctl_takes timeout' -l timeout -x \
    -a '500ms 1s 10s 1m' -d 'how long it may run'
complete -c picoctl -n '__picoctl_takes wait' -l wait -x \
    -a '500ms 1s 10s 1m' -d 'how long to wait for the board'
complete -c picoctl -n '__picoctl_takes max-age' -l max-age -x \
    -a '500ms 1s 10s 1m' -d 'share an answer that is no older'
complete -c picoctl -n '__picoctl_takes size' -l size -x \
    -d 'of a file, in KiB'
complete -c picoctl -n '__picoctl_takes every' -l every -x \
    -a '100ms 1s 10s 1m' -d 'how long from one value to the next'
complete -c picoctl -n '__picoctl_takes for' -l for -x \
    -a '10s 1m 1h 24h' -d 'how long altogether'
complete -c picoctl -n '__picoctl_takes output' -s o -l output -r -F \
    -d 'draw into a file'
complete -c picoctl -n '__picoctl_takes will' -l will -x \
    -d 'a statement to run should the program fail'
complete -c picoctl -n '__picoctl_takes driver' -l driver -x \
    -a 'repl piserial auto' -d 'its language'
complete -c picoctl -n '__picoctl_takes baud' -l baud -x \
    -a 'auto 9600 115200' -d 'its speed'
complete -c picoctl -n '__picoctl_takes flasher' -l flasher -x \
    -a 'uno nano nano-old mega leonardo micro pico' -d 'how to flash it'
complete -c picoctl -n '__picoctl_verb adopt rename forget' \
    -a '(__picoctl_ask list --names)'
complete -c picoctl -n '__picoctl_verb hold lend tty' \
    -a '(__picoctl_program)'
complete -c picoctl -n '__picoctl_verb cancel' -a '(__picoctl_requests)'
complete -c picoctl -n '__picoctl_verb flash' -F -a '(__picoctl_images)'
complete -c picoctl -n '__picoctl_verb put get cp run sync log' -F
complete -c picoctl -n '__picoctl_verb install' -a 'on-off sensors'
complete -c picoctl -n '__picoctl_verb help' -a '(picoctl help --names)'
