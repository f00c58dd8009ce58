/* SPDX-License-Identifier: MIT */
/*
 * Between pins_words.c, which finds out what is asked for, and pins_make.c,
 * which turns pins and arguments into digits.
 */
#ifndef PICOD_PINS_MAKE_H
#define PICOD_PINS_MAKE_H

#include "pins.h"

/* A command in the making. */
struct pins_maker {
	struct pins_command		*command;
	const struct pins_board		*board;
	const struct pins_word		*word;
	size_t				 pins, args;
	const char *const		*arg;
	char				*why;
};

/*
 * Appends what the command's letter takes: its pins, which are in the command
 * already, and its arguments.  0, or -EINVAL with the reason in why.
 */
int	pins_make(struct pins_maker *);

/* Says in why what is wrong.  Always -EINVAL. */
int	pins_complain(struct pins_maker *, const char *what,
	    const char *about);

/* A number, decimal or 0x and hex, up to a limit.  0 or -EINVAL. */
int	pins_number(struct pins_maker *, const char *text,
	    unsigned long limit, unsigned long *value);

#endif
