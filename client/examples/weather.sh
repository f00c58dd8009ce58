#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A weather station: weather.sh [EVERY [FOR]]
#
# Writes a board's temperature to weather.csv, and draws it into weather.svg. The
# board needs temperature(), which "picoctl install on-off sensors" gives it. The two
# programs share the board with each other and with whoever else uses it.

set -eu
every=${1:-1m}
for=${2:-24h}

picoctl plot --every "$every" --for "$for" -o weather.svg 'temperature()' &
picoctl sample --every "$every" --for "$for" 'temperature()' >weather.csv
wait "$!"
