/* SPDX-License-Identifier: MIT */
/*
 * What a REPL answers to our own questions, so that the job can go on.  Wherever no
 * mark was seen, the board is probed before the next job, so that leftovers are
 * nobody's answer.
 */
#include <string.h>

#include "protocol/repl_state.h"
#include "protocol/repl_trace.h"

#define CTRL_D	0x04

/* How often the question is asked again after a late Ctrl-C. */
#define PROBES	5

/* How long no other answer may follow one that says that the memory is full. */
#define FULL_MS	300

void
repl_in_step(struct repl *r, uint64_t now)
{
	if (r->gone)
		repl_restarted(r);
	r->in_step = r->probed = true;
	r->doubt = r->quiet = r->gone = r->probe_plain = false;
	repl_enter(r, REPL_IDLE, now);
	repl_advance(r, now);
}

/* The helper was not there, or was something else: asked without it. */
static void
hear_no_helper(struct repl *r, bool gone, uint64_t now)
{
	r->helper = false;
	r->gone = gone;
	r->probe_plain = true;
	repl_say_probe(r, now);
}

/*
 * An answer has ended: our number at the end of a line, from the helper with its
 * mark.  An exception's name may be what others were asked; but then another
 * answer follows.
 */
static void
hear_answer(struct repl *r, uint64_t now)
{
	static const char	end[] = "\r\n\x1e\x04\x04>";
	const uint8_t		*nonce = memmem(r->hold, r->hold_len, r->want,
	    strlen(r->want));
	const uint8_t		*trace = memrchr(r->hold, CTRL_D, r->hold_len - 2);
	size_t			 n;

	trace = trace == NULL ? r->hold : trace + 1;
	n = (size_t)(r->hold + r->hold_len - 2 - trace);
	if (nonce != NULL && memmem(nonce, (size_t)(r->hold + r->hold_len -
	    nonce), "\r\n", 2) != NULL) {
		if (memmem(r->hold, r->hold_len, end, sizeof end - 1) == NULL)
			r->helper = false;
		repl_in_step(r, now);
	} else if (repl_trace_is(trace, n, "KeyboardInterrupt") &&
	    r->probes < PROBES) {
		repl_say_probe(r, now);	/* one that was late */
	} else if (repl_trace_is(trace, n, "MemoryError")) {
		r->full = true;
		r->deadline = now + FULL_MS;
	} else if (r->asked_helper && repl_trace_is(trace, n, "NameError")) {
		hear_no_helper(r, true, now);
	} else if (r->asked_helper && repl_trace_is(trace, n, "TypeError")) {
		hear_no_helper(r, false, now);
	}
}

void
repl_hear_probe(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	const size_t	most = 512;

	(void)signs;
	if (r->full)
		r->deadline = now + repl_limits[REPL_PROBE].ms;
	r->full = false;
	if (r->hold_len == most) {
		r->hold_len /= 2;
		memmove(r->hold, r->hold + r->hold_len, r->hold_len);
	}
	r->hold[r->hold_len++] = c;
	if (c == '>' && r->last == CTRL_D && r->hold_len > 2)
		hear_answer(r, now);
}

/* Old firmware takes the question for nothing and says its banner again. */
void
repl_hear_ask(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	if (r->last == 'R' && c == 0x01) {
		repl_enter(r, REPL_WINDOW, now);
	} else if ((r->last == 'R' && c == 0x00) || (signs & REPL_SIGN_RAW)) {
		r->paste_known = true;
		r->paste = false;
		repl_enter(r, REPL_IDLE, now);
		repl_advance(r, now);
	}
}

void
repl_hear_window(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)signs;
	if (r->matched++ == 0) {
		r->window_step = c;
		return;
	}
	r->window_step |= (size_t)c << 8;
	r->paste_known = r->paste = true;
	repl_say_paste(r, now);
}

void
repl_hear_again(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)c;
	if (!(signs & REPL_SIGN_RAW))
		return;
	repl_enter(r, REPL_IDLE, now);
	repl_advance(r, now);
}

void
repl_free_expire(struct repl *r, uint64_t now)
{
	if (!repl_is_free(r)) {
		repl_finish(r, DRIVER_FORBIDDEN, now);
		return;
	}
	repl_enter(r, REPL_LISTEN, now);
	repl_advance(r, now);
}

void
repl_hear_free(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)c;
	repl_tell_noise(r);
	r->introduced |= (signs & REPL_SIGN_HELLO) != 0;
	if (r->introduced)
		r->deadline = now + REPL_PROMPT_MS;
	if (!(signs & REPL_SIGN_BANNER))
		return;
	repl_free_expire(r, now);
}
