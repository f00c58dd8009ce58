#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A program in a container that uses boards: container.sh TREE PROGRAM [ARGUMENT...]
#
#	container.sh /var/lib/machines/lab picoctl send 'on()'
#
# The container gets picod's socket and no device. It is the folder that is mounted:
# the socket itself would be the old one after a restart of picod's. With podman:
#
#	podman run -v /run/picod:/run/picod IMAGE picoctl send 'on()'

set -eu
socket=${PICOD_SOCKET:-/run/picod/io.picod}
tree=$1
shift
exec systemd-nspawn --quiet --directory="$tree" --private-network \
	--bind-ro="${socket%/*}:/run/picod" "$@"
