/* SPDX-License-Identifier: MIT */
/*
 * PiSerial's ears, while the REPL listens and asks.  A REPL has the speed that is
 * usual; that of a sketch is found by what it prints.  A board that prints at
 * another speed is no REPL, and one that is at a prompt has no other speed, whatever
 * its program prints.
 */
#include "protocol/auto_state.h"

/*
 * Its speed goes to the caller, and what it heard instead of what the other did, as
 * long as the speed is not known.  While the REPL is asked, that may be its answer,
 * which is nobody else's.
 */
static void
auto_overheard(struct automatic *a, const struct driver_event *heard,
    bool known, struct driver_event *event, uint64_t now)
{
	if (heard->type == DRIVER_SPEED) {
		a->overheard = *heard;
		if (a->probing)
			a->probe_until = now;
	}
	if (known || (event->type != DRIVER_NONE &&
	    event->type != DRIVER_UNASKED))
		return;
	*event = *heard;
	if (heard->type == DRIVER_SPEED || a->probing)
		event->type = DRIVER_NONE;
}

/* The speed is known now: what was heard of the line so far is told too. */
static void
auto_hand_over(struct automatic *a, uint64_t now)
{
	struct driver_event	heard;

	piserial_flush_all((struct piserial *)a->piserial, now);
	driver_tick(a->piserial, now, &heard);
	if (heard.type == DRIVER_UNASKED)
		a->overheard = heard;
}

void
auto_ears_hear(struct automatic *a, const uint8_t *buf, size_t len, uint64_t now,
    struct driver_event *event)
{
	bool			known = piserial_speed_is_known(auto_ears(a));
	struct driver_event	heard;
	size_t			off;

	if (auto_is_at_repl(a)) {
		if (!known && a->probing && event->type == DRIVER_UNASKED)
			event->type = DRIVER_NONE;	/* the answer's end */
		return;
	}
	for (off = 0; off < len && !auto_speed_waits(a); ) {
		off += driver_feed(a->piserial, buf + off, len - off, now,
		    &heard);
		auto_overheard(a, &heard, known, event, now);
	}
	if (!known && !a->probing && piserial_speed_is_known(auto_ears(a)))
		auto_hand_over(a, now);
}

void
auto_ears_tick(struct automatic *a, uint64_t now, struct driver_event *event)
{
	bool			known = piserial_speed_is_known(auto_ears(a));
	struct driver_event	heard;

	if (driver_deadline(a->piserial) > now)
		return;
	driver_tick(a->piserial, now, &heard);
	if (heard.type != DRIVER_NONE)
		auto_overheard(a, &heard, known, event, now);
}

void
auto_ears_tell(struct automatic *a, struct driver_event *event)
{
	if (event->type != DRIVER_NONE || a->overheard.type == DRIVER_NONE)
		return;
	*event = a->overheard;
	a->overheard.type = DRIVER_NONE;
}
