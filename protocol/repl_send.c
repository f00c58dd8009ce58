/* SPDX-License-Identifier: MIT */
/*
 * The bytes that go to a REPL: orders first, then as much of the text as the
 * board has room for.
 *
 * Short texts go in one burst, longer ones by raw-paste, which grants a
 * window.  Where a board has no raw-paste, or is not known yet, small bursts
 * go with a rest after each, because old boards lose what they cannot buffer.
 */
#include <string.h>

#include "protocol/repl_state.h"

/* A port that takes nothing will not miss these: deadlines end the job. */
void
repl_order(struct repl *r, const char *bytes, size_t len)
{
	if (len > sizeof r->ctl - r->ctl_len)
		return;
	memcpy(r->ctl + r->ctl_len, bytes, len);
	r->ctl_len += len;
}

size_t
repl_output(const struct driver *d, const uint8_t **bytes)
{
	const struct repl	*r = repl_const(d);
	const struct repl_piece	*piece = &r->say[r->say_at];
	size_t			 left;

	if (r->deaf)
		return 0;
	if (r->ctl_len > 0) {
		*bytes = r->ctl;
		return r->ctl_len;
	}
	if ((r->state != REPL_SEND && r->state != REPL_PASTE) ||
	    r->say_left == 0)
		return 0;
	left = piece->len - r->say_off;
	*bytes = (const uint8_t *)piece->bytes + r->say_off;
	return left < r->budget ? left : r->budget;
}

void
repl_say_past(struct repl *r, size_t n)
{
	r->say_off += n;
	r->say_left -= n;
	while (r->say_left > 0 && r->say_off == r->say[r->say_at].len) {
		r->say_at++;
		r->say_off = 0;
	}
}

/*
 * 2 ms of rest after every burst: no byte was lost that way to a board with a
 * buffer of 63.  A slow line still carries the burst in the meantime.
 */
static uint64_t
send_pace_ms(const struct repl *r)
{
	if (r->baud == 0)
		return 2;
	return 2 + REPL_BURST * 10 * 1000 / r->baud;
}

static void
send_over(struct repl *r, uint64_t now)
{
	repl_tell_started(r);
	if (r->state == REPL_PASTE)
		repl_enter(r, REPL_PASTE, now);
	else if (r->purpose == REPL_FOR_PROBE)
		repl_enter(r, REPL_PROBE, now);
	else
		repl_enter(r, REPL_OK, now);
}

void
repl_sent(struct driver *d, size_t n, uint64_t now)
{
	struct repl	*r = repl_of(d);
	bool		 sending = r->state == REPL_SEND ||
	    r->state == REPL_PASTE;

	if (r->ctl_len > 0) {
		memmove(r->ctl, r->ctl + n, r->ctl_len - n);
		r->ctl_len -= n;
		if (r->ctl_len > 0 || !sending || r->say_left > 0 ||
		    r->say_eof || r->interrupts > 0)
			return;
		send_over(r, now);
		return;
	}
	repl_say_past(r, n);
	if (r->budget != SIZE_MAX)
		r->budget -= n;
	repl_enter(r, r->state, now);
	if (r->say_left > 0) {
		if (r->state == REPL_SEND && r->budget == 0)
			r->pace_at = now + send_pace_ms(r);
	} else if (r->say_eof) {
		r->say_eof = false;
		repl_order(r, "\x04", 1);
	} else {
		send_over(r, now);
	}
}
