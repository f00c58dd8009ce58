#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Cools while it is too warm: thermostat.sh [DEGREES [SECONDS]]
#
# A board has temperature(), on() and off(). Whatever else goes wrong ends it, with
# the exit status that tells what (picoctl(1) lists them); but a board that is
# unplugged is waited for.

degrees=${1:-25}
seconds=${2:-10}

while :; do
	warm=$(picoctl send --wait 1h "temperature() > $degrees") || exit
	case $warm in
	True) picoctl send 'on()' ;;
	*) picoctl send 'off()' ;;
	esac || exit
	sleep "$seconds"
done
