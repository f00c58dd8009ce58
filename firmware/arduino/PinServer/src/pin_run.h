/* SPDX-License-Identifier: MIT */
/*
 * Between the table of commands and the functions that carry them out: one
 * pin_run_NAME() for each command.  Such a function is called when shape and
 * capabilities are right.  It puts the values of the answer, if there are any,
 * into the server.  False means RR, and then it must have changed nothing.
 */
#ifndef PIN_RUN_H
#define PIN_RUN_H

#include "pin_commands.h"
#include "pin_server.h"

/* The digits of a command; taken one parameter after the other. */
struct pin_args {
	const uint8_t	*digit;
	uint8_t		 count, next;
};

/* The next parameter, of 1, 2 or 4 digits.  They must be there. */
uint16_t pin_args_take(struct pin_args *, uint8_t digits);
uint8_t	pin_args_pin(struct pin_args *);
bool	pin_args_more(const struct pin_args *);

#define PIN_COMMAND(letter, name, shape, needs, usage, help) \
	bool	pin_run_##name(struct pin_server *, struct pin_args *);
#include "commands.def"

#endif
