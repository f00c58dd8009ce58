/* SPDX-License-Identifier: MIT */
/*
 * Whether a port is wanted open, and how soon it is tried again.  This is the
 * one place that knows; it does nothing: what happened goes in, what is to be done
 * comes out.
 */
#ifndef PICOD_WANTED_H
#define PICOD_WANTED_H

#include <stdbool.h>
#include <stdint.h>

/* What happened to a port. */
enum wanted_input {
	WANTED_PLUGGED,		/* the bus says that it is there */
	WANTED_UNPLUGGED,	/* and that it is gone */
	WANTED_OPENED,		/* it was tried, and is open */
	WANTED_FAILED,		/* it was tried, and is not */
	WANTED_LOST,		/* it was open, and hung up */
	WANTED_RESET,		/* its board is to be reset through it */
	WANTED_RESET_DONE,	/* it was, or could not be */
	WANTED_LENT,		/* another program has it, or a boot loader */
	WANTED_FLASHING,	/* likewise, to write firmware */
	WANTED_RETURNED,	/* no other program has it any more */
	WANTED_RELOADED,	/* it is to be opened in another way */
	WANTED_SILENT,		/* its board does not answer */
	WANTED_INPUT_COUNT
};

enum wanted_act {
	WANTED_REST,		/* nothing is to be done */
	WANTED_TRY,		/* close it, if it is open; try it in pause_ms */
	WANTED_CLOSE,		/* close it, or stop trying */
	WANTED_PULL,		/* pull its reset line */
};

enum wanted_phase {
	PORT_CLOSED,		/* and to be left so */
	PORT_TRYING,
	PORT_OPEN,
	PORT_RESETTING,		/* open, with its reset line pulled */
};

struct wanted {
	/* Its address is configured: it is tried whatever the bus says. */
	bool			 always;
	bool			 there;		/* the bus says so */
	bool			 taken;		/* lent, or flashing */
	enum wanted_phase	 phase;
	uint64_t		 opened_at;	/* while it is open */
	int			 pause_ms;	/* before it is tried again */
	unsigned		 short_lives;	/* one after the other */
};

/* A port of which the bus has said nothing yet. */
void		wanted_init(struct wanted *, bool always);

/* Another address from now on, of which the bus has said nothing yet. */
void		wanted_move(struct wanted *, bool always);

/* Whether it is lost again and again soon after it was opened. */
bool		wanted_is_unsteady(const struct wanted *);

/* now: milliseconds of any clock that does not jump. */
enum wanted_act	wanted_tell(struct wanted *, enum wanted_input, uint64_t now);

#endif
