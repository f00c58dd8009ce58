#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Boards of another machine: ssh.sh HOST PROGRAM [ARGUMENT...]
#
#	ssh.sh lab7 python3 blink.py
#
# PROGRAM runs here, and its socket leads to the picod there. For a single line
# nothing needs to lead anywhere, but ssh has a shell take it apart once more:
#
#	ssh lab7 picoctl send "'on()'"

set -eu
host=$1
shift
folder=$(mktemp -d)
trap 'ssh -q -S "$folder/ssh" -O exit "$host" || :; rm -r "$folder"' EXIT

ssh -fNM -S "$folder/ssh" -o ExitOnForwardFailure=yes \
	-L "$folder/io.picod:/run/picod/io.picod" "$host"
PICOD_SOCKET=$folder/io.picod "$@"
