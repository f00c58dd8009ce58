/* SPDX-License-Identifier: MIT */
/*
 * At which speed a board speaks, by what is heard at another.
 */
#ifndef PICOD_SPEED_H
#define PICOD_SPEED_H

#include <stdint.h>

#define SPEEDS	5

/* Those of sketches, in the order in which boards are asked at them; the first is
 * the fastest, at which the others can be told best. */
extern const unsigned speed_bauds[SPEEDS];

/* What was heard at one speed; zero it to begin. */
struct speed_ear {
	unsigned	 bytes;
	unsigned	 text;		/* the last so many were text */
	unsigned	 odd;		/* and so many of these were odd */
	unsigned	 more;		/* bytes of a character that are to come */
	unsigned	 fits[SPEEDS];	/* so many can be of a slower board */
};

enum speed_verdict {
	SPEED_UNSURE,
	SPEED_RIGHT,		/* this is text */
	SPEED_SLOWER,		/* the board is, and has that speed */
	SPEED_WRONG,		/* nothing more can be said */
};

/* One more byte was heard at that speed (0: there is none).  *slower is set with
 * SPEED_SLOWER only. */
enum speed_verdict speed_hear(struct speed_ear *, unsigned baud, uint8_t,
    unsigned *slower);

/* The one after it, in a circle; the first for one that is not among them. */
unsigned speed_next(unsigned baud);

#endif
