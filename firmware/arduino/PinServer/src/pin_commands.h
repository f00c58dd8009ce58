/* SPDX-License-Identifier: MIT */
/*
 * What the commands do.
 */
#ifndef PIN_COMMANDS_H
#define PIN_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

struct pin_server;

/*
 * Carries out a command, and puts the values of its answer into the server.
 * False if there is no such command, its parameters are wrong or it cannot be
 * done now; then nothing has changed.
 */
bool	pin_commands_run(struct pin_server *, char letter,
	    const uint8_t *digits, uint8_t count);

/* What command z does. */
void	pin_commands_reset(struct pin_server *);

#endif
