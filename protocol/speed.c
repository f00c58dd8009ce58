/* SPDX-License-Identifier: MIT */
/*
 * Who listens at twice the speed of a board, or more, hears each of its bits as
 * several.  From one falling edge to the next that is a byte in which only
 * certain bits can differ: at six times the speed nothing but 00 and E0, at twelve
 * times nothing but 00.  So a few bytes tell the speed, and they need not be text
 * that anybody understands.  Text proves that the speed is right: half of its
 * bytes are odd, and none of the bytes above is.
 *
 * The faster speed also fits where a slower one does, so the slowest that fits is
 * the one.
 */
#include "speed.h"

#include <stdbool.h>
#include <string.h>

const unsigned	speed_bauds[SPEEDS] = { 115200, 57600, 9600, 38400, 19200 };

/* So many bytes in a row prove it: a short line; what a board says at least when
 * it answers at a twelfth of the speed; and what no longer can be chance. */
#define RIGHT_BYTES	8
#define RIGHT_ODD	2
#define SLOWER_BYTES	6
#define WRONG_BYTES	24

unsigned
speed_next(unsigned baud)
{
	unsigned	i;

	for (i = 0; i < SPEEDS; i++)
		if (speed_bauds[i] == baud)
			return speed_bauds[(i + 1) % SPEEDS];
	return speed_bauds[0];
}

/* ASCII, and UTF-8 as far as its lengths go. */
static bool
speed_is_text(struct speed_ear *e, uint8_t c)
{
	if (e->more > 0 && c >= 0x80 && c <= 0xbf) {
		e->more--;
		return true;
	}
	e->more = c >= 0xc2 && c <= 0xdf ? 1 : c >= 0xe0 && c <= 0xef ? 2 :
	    c >= 0xf0 && c <= 0xf4 ? 3 : 0;
	return e->more > 0 || (c >= ' ' && c < 0x7f) || c == '\t' ||
	    c == '\r' || c == '\n' || c == 0x1b;
}

/*
 * Whether a board of that speed can cause that byte.  Bit i is looked at in the
 * middle, 1.5 + i bits after the edge with which the board's start bit begins,
 * and that one is low.
 */
static bool
speed_fits(unsigned board, unsigned listener, uint8_t c)
{
	unsigned	i, place, last = 0;
	bool		low = true, bit;

	for (i = 0; i < 8; i++) {
		place = (3 + 2 * i) * board / (2 * listener);
		bit = c >> i & 1;
		if (place == last && bit == low)
			return false;
		low = !bit;
		last = place;
	}
	return true;
}

static unsigned
speed_slowest_that_fits(const struct speed_ear *e)
{
	unsigned	i, baud = 0;

	for (i = 0; i < SPEEDS; i++)
		if (e->fits[i] >= SLOWER_BYTES &&
		    (baud == 0 || speed_bauds[i] < baud))
			baud = speed_bauds[i];
	return baud;
}

enum speed_verdict
speed_hear(struct speed_ear *e, unsigned baud, uint8_t c, unsigned *slower)
{
	bool		text = speed_is_text(e, c);
	unsigned	i, fits;

	e->bytes++;
	e->text = text ? e->text + 1 : 0;
	e->odd = text ? e->odd + (c & 1) : 0;
	for (i = 0; i < SPEEDS; i++)
		e->fits[i] = speed_bauds[i] * 2 <= baud &&
		    speed_fits(speed_bauds[i], baud, c) ? e->fits[i] + 1 : 0;
	if (e->text >= (e->odd >= RIGHT_ODD ? RIGHT_BYTES : WRONG_BYTES))
		return SPEED_RIGHT;
	fits = speed_slowest_that_fits(e);
	if (e->text < SLOWER_BYTES && fits != 0) {
		*slower = fits;
		return SPEED_SLOWER;
	}
	return e->bytes >= WRONG_BYTES ? SPEED_WRONG : SPEED_UNSURE;
}
