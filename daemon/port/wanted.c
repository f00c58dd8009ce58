/* SPDX-License-Identifier: MIT */
/*
 * A port is wanted open while it is there and nobody else has it: nothing else
 * has a say.  A silent board's port, too, since what it says must be read.
 *
 * A port that opens and is lost at once would be opened and lost as fast as the
 * processor allows.  So the pauses grow from one try to the next until a port
 * has lived for a while, or something happened from outside that makes a try
 * worth while.
 */
#include "wanted.h"

#define PAUSE_FIRST_MS	50
#define PAUSE_LAST_MS	5000

/* A port that was open for so long is well. */
#define LIVED_MS	1000

void
wanted_init(struct wanted *w, bool always)
{
	*w = (struct wanted){ .always = always };
}

void
wanted_move(struct wanted *w, bool always)
{
	*w = (struct wanted){ .always = always, .taken = w->taken };
}

static bool
wanted_is(const struct wanted *w)
{
	return (w->always || w->there) && !w->taken;
}

/* Brings it to what is wanted; afresh: an open one is opened anew. */
static enum wanted_act
wanted_settle(struct wanted *w, bool afresh)
{
	enum wanted_phase	was = w->phase;

	w->pause_ms = 0;
	w->short_lives = 0;
	if (!wanted_is(w)) {
		w->phase = PORT_CLOSED;
		return was == PORT_CLOSED ? WANTED_REST : WANTED_CLOSE;
	}
	if (was >= PORT_OPEN && !afresh)
		return WANTED_REST;
	w->phase = PORT_TRYING;
	return WANTED_TRY;
}

static void
wanted_grow_pause(struct wanted *w)
{
	w->pause_ms = w->pause_ms == 0 ? PAUSE_FIRST_MS :
	    w->pause_ms * 2 > PAUSE_LAST_MS ? PAUSE_LAST_MS : w->pause_ms * 2;
}

bool
wanted_is_unsteady(const struct wanted *w)
{
	return w->short_lives > 1;
}

static enum wanted_act
wanted_lose(struct wanted *w, uint64_t now)
{
	if (w->phase < PORT_OPEN)
		return WANTED_REST;
	if (now - w->opened_at >= LIVED_MS)
		w->pause_ms = w->short_lives = 0;
	else {
		wanted_grow_pause(w);
		w->short_lives++;
	}
	w->phase = PORT_TRYING;
	return WANTED_TRY;
}

static void
wanted_open(struct wanted *w, uint64_t now)
{
	if (w->phase != PORT_TRYING)
		return;
	w->phase = PORT_OPEN;
	w->opened_at = now;
}

static enum wanted_act
wanted_reset(struct wanted *w)
{
	if (w->phase != PORT_OPEN)
		return WANTED_REST;
	w->phase = PORT_RESETTING;
	return WANTED_PULL;
}

enum wanted_act
wanted_tell(struct wanted *w, enum wanted_input input, uint64_t now)
{
	switch (input) {
	case WANTED_PLUGGED:
		w->there = true;
		return wanted_settle(w, false);
	case WANTED_UNPLUGGED:
		w->there = false;
		return wanted_settle(w, true);
	case WANTED_OPENED:
		wanted_open(w, now);
		return WANTED_REST;
	case WANTED_FAILED:
		wanted_grow_pause(w);
		return WANTED_REST;
	case WANTED_LOST:
		return wanted_lose(w, now);
	case WANTED_RESET:
		return wanted_reset(w);
	case WANTED_RESET_DONE:
		if (w->phase == PORT_RESETTING)
			w->phase = PORT_OPEN;
		return WANTED_REST;
	case WANTED_LENT:
	case WANTED_FLASHING:
		w->taken = true;
		return wanted_settle(w, false);
	case WANTED_RETURNED:
		w->taken = false;
		return wanted_settle(w, false);
	case WANTED_RELOADED:
		return wanted_settle(w, true);
	case WANTED_SILENT:
	case WANTED_INPUT_COUNT:
		break;
	}
	return WANTED_REST;
}
