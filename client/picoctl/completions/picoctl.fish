# SPDX-License-Identifier: MIT
# Completion of picoctl for fish.

set -g __picoctl_verbs list send watch interrupt reset hold lend cancel trace \
    console doctor pin flash firmware help

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

function __picoctl_no_verb
    not __fish_seen_subcommand_from $__picoctl_verbs
end

function __picoctl_verb
    __fish_seen_subcommand_from $argv
end

complete -c picoctl -f
complete -c picoctl -s s -l socket -r -F -d 'the socket of picod'
complete -c picoctl -l json -d 'one JSON object per line'
complete -c picoctl -s h -l help -d 'show help'
complete -c picoctl -s V -l version -d 'show the version'

complete -c picoctl -n __picoctl_no_verb -a list -d 'show the boards'
complete -c picoctl -n __picoctl_no_verb -a send \
    -d 'send statements or commands to a board'
complete -c picoctl -n __picoctl_no_verb -a watch \
    -d 'show what happens on the boards'
complete -c picoctl -n __picoctl_no_verb -a interrupt \
    -d 'stop what runs on a board'
complete -c picoctl -n __picoctl_no_verb -a reset -d 'restart a board'
complete -c picoctl -n __picoctl_no_verb -a hold \
    -d 'run a program that has a board to itself'
complete -c picoctl -n __picoctl_no_verb -a lend \
    -d "run a program that wants the port of a board"
complete -c picoctl -n __picoctl_no_verb -a console \
    -d 'be a terminal on a board'
complete -c picoctl -n __picoctl_no_verb -a doctor \
    -d 'find out what is wrong, and how to mend it'
complete -c picoctl -n __picoctl_no_verb -a cancel \
    -d 'take a waiting request out of the queue'
complete -c picoctl -n __picoctl_no_verb -a trace \
    -d 'show every byte to and from the boards'
complete -c picoctl -n __picoctl_no_verb -a pin \
    -d 'use the pins of a PinServer'
complete -c picoctl -n __picoctl_no_verb -a flash \
    -d 'write firmware to a board'
complete -c picoctl -n __picoctl_no_verb -a firmware \
    -d 'show the firmware that comes with picod'
complete -c picoctl -n __picoctl_no_verb -a help \
    -d 'show the verbs, or what one does'

complete -c picoctl \
    -n '__picoctl_no_verb; or not __picoctl_verb help doctor' \
    -s b -l board -x -a '(__picoctl_ask list --names)' -d 'the board'
complete -c picoctl -n '__picoctl_verb list' -s v -l verbose \
    -d 'everything about each'
complete -c picoctl -n '__picoctl_verb send' -s f -l file -r -F \
    -d 'a program to send first'
complete -c picoctl -n '__picoctl_verb send pin' -l timeout -x \
    -a '500ms 1s 10s 1m' -d 'how long it may run'
complete -c picoctl -n '__picoctl_verb send reset hold lend console pin flash' \
    -l wait -x \
    -a '500ms 1s 10s 1m' -d 'how long to wait for the board'
complete -c picoctl -n '__picoctl_verb watch' -l history \
    -d 'begin with what was said before'
complete -c picoctl -n '__picoctl_verb watch' -l since-boot \
    -d 'begin with what was said before'
complete -c picoctl -n '__picoctl_verb reset' -l hard -d 'reset the chip'
complete -c picoctl -n '__picoctl_verb reset' -l bootloader \
    -d 'make it ready for new firmware'
complete -c picoctl -n '__picoctl_verb hold' -l will -x \
    -d 'a statement to run should the program fail'
complete -c picoctl -n '__picoctl_verb hold lend' \
    -a '(__fish_complete_subcommand --fcs-skip=2)'
complete -c picoctl -n '__picoctl_verb cancel' -a '(__picoctl_requests)'
complete -c picoctl -n '__picoctl_verb flash' -l micropython \
    -d 'the file is MicroPython'
complete -c picoctl -n '__picoctl_verb flash' -F -a '(__picoctl_images)'
complete -c picoctl -n '__picoctl_verb help' -a "$__picoctl_verbs"
