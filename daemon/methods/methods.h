/* SPDX-License-Identifier: MIT */
/*
 * All methods: who carries out the calls of the server's connections.
 */
#ifndef PICOD_METHODS_H
#define PICOD_METHODS_H

#include "daemon/server/call.h"

/* Parses the interfaces' descriptions. */
void	methods_init(void);
void	methods_finish(void);

/* Checks a call and runs it, with its board, if it has one. */
extern const struct call_handler methods_handler;

/*
 * Ends the flashes there are, which outlive their calls, but not the boards; those
 * that wait for their board end with it.
 */
void	methods_stop(void);

#endif
