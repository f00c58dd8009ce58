/* SPDX-License-Identifier: MIT */
/*
 * The modem lines of a pseudo-terminal.  A process with ttyshim.so in its
 * LD_PRELOAD has them on /dev/pts/N if there is a datagram socket named N in
 * the folder $TTYSHIM_DIR: each ioctl of it becomes one datagram there, and
 * the answer to it, of the same form, one back.
 */
#ifndef TTYSHIM_H
#define TTYSHIM_H

#include <stdint.h>

struct ttyshim_call {
	uint32_t	request;	/* TIOCMGET, ... */
	int32_t		lines;		/* TIOCM_DTR, ...; in or out */
	int32_t		error;		/* 0 or an errno; out */
};

#endif
