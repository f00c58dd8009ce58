/* SPDX-License-Identifier: MIT */
/*
 * Where the text that runs on a board ends.
 *
 * The raw REPL frames a job's output by bytes that the job may print itself:
 *
 *	OK output 04 traceback 04 >
 *
 * Our helper writes a mark before the first 04, which makes the end certain.
 * Without it (the compiler refuses the text, the memory is full, sys.exit())
 * the frame and then quiet are the end, whatever the text in it: not every
 * exception has a traceback, and no language has the last word on how one
 * begins.  Only the name that the board gives to what we send saves the wait.
 *
 * What may be the end is held back until that is known.  What comes out of the
 * board's idle loop (timers, scheduled functions) may stand anywhere in it.
 */
#include <string.h>

#include "protocol/repl_state.h"
#include "protocol/repl_trace.h"

#define CTRL_D	0x04

/* How long nothing may follow a frame that no mark makes certain. */
#define FRAME_MS	300
/* How long a job is believed to print its end, before that is its output. */
#define HOLD_MS		1000
#define MARK_MS		100
/* What timers may print between the mark and 04, and behind the last ">". */
#define IDLE_MAX	256
/* What a board says that restarts, until its raw REPL says hello. */
#define EXIT_MAX	512

/* The helper works if it shows our nonce; noise may stand around that. */
static void
end_check(struct repl *r, uint8_t c)
{
	if (c == (uint8_t)r->want[r->matched])
		r->matched++;
	else
		r->matched = c == (uint8_t)r->want[0];
	if (r->want[r->matched] == '\0') {
		r->answer = true;
		r->matched = 0;
	}
}

/* A board that refused half of a text may print all the same. */
static void
end_printed(struct repl *r, const uint8_t *bytes, size_t len)
{
	size_t	i;

	for (i = 0; r->purpose == REPL_FOR_CHECK && i < len; i++)
		end_check(r, bytes[i]);
	if (r->purpose != REPL_FOR_JOB || len == 0)
		return;
	r->printed = true;
	repl_tell_started(r);
	repl_tell_text(r, DRIVER_OUTPUT, bytes, len);
}

/* What is held up to there is output after all, and told once. */
static void
end_tell(struct repl *r, size_t to)
{
	if (to <= r->hold_told)
		return;
	end_printed(r, r->hold + r->hold_told, to - r->hold_told);
	r->hold_told = to;
}

void
repl_end_flush(struct repl *r)
{
	if (r->state > REPL_OUTPUT && r->state <= REPL_FRAME)
		end_tell(r, r->hold_len);
}

/* A state of its own kind of quiet; what is not the job has its limit. */
static void
end_enter(struct repl *r, enum repl_state state, uint64_t now)
{
	size_t	matched = r->matched;

	if (r->state != state)
		repl_enter(r, state, now);
	r->matched = matched;
	if (state == REPL_FRAME)
		r->deadline = now + FRAME_MS;
	else if (r->purpose == REPL_FOR_JOB)
		r->deadline = state == REPL_OUTPUT ? DRIVER_NEVER :
		    now + (state == REPL_MARKED ? MARK_MS : HOLD_MS);
}

static void
end_hold(struct repl *r, uint8_t c, enum repl_state state, uint64_t now)
{
	r->hold_len = r->hold_told = r->hold_first = r->hold_second = 0;
	r->hold_cut = r->exiting = false;
	r->unmarked = state != REPL_MARKED;
	r->hold[r->hold_len++] = c;
	end_enter(r, state, now);
}

/* What stands between the two 04, or after the first as long as there is one. */
static size_t
end_text(const struct repl *r, const uint8_t **text)
{
	size_t	end = r->state == REPL_TRACE ? r->hold_len : r->hold_second;

	*text = r->hold + r->hold_first + 1;
	return end - r->hold_first - 1;
}

/* A traceback names the text that was sent, in every language. */
static bool
end_is_traceback(const struct repl *r)
{
	static const char	name[] = "\"<stdin>\"";
	const uint8_t		*text;
	size_t			 len = end_text(r, &text);

	return r->hold_cut || memmem(text, len, name, sizeof name - 1) != NULL;
}

static bool
end_is_certain(const struct repl *r)
{
	const uint8_t	*text;
	size_t		 len = end_text(r, &text);

	if (!r->unmarked || (!r->marked && len == 0))
		return true;
	if (len == 0 || text[len - 1] != '\n')
		return false;
	return end_is_traceback(r) || (r->interrupts > 0 &&
	    repl_trace_is(text, len, "KeyboardInterrupt"));
}

/* It is the end.  What timers printed around it is told without the frame. */
static void
end_over(struct repl *r, uint64_t now)
{
	size_t	mark = !r->unmarked, extra = r->hold_second + 2;

	if (r->hold_told < mark)
		r->hold_told = mark;
	end_tell(r, r->hold_first);
	if (extra < r->hold_told)
		extra = r->hold_told;
	if (extra < r->hold_len)
		repl_tell_text(r, DRIVER_UNASKED, r->hold + extra,
		    r->hold_len - extra);
	r->trace = r->hold + r->hold_first + 1;
	r->trace_len = r->hold_second - r->hold_first - 1;
	repl_text_over(r, now);
}

/* Where the hold may begin anew: at the second 04, with its mark if it has one. */
static size_t
end_next(const struct repl *r)
{
	size_t		 from = r->hold_first + 1, n;
	const uint8_t	*mark;

	if (r->hold_second - from > IDLE_MAX)
		from = r->hold_second - IDLE_MAX;
	n = r->hold_second - from;
	mark = r->marked && n > 0 ? memrchr(r->hold + from, REPL_MARK, n) : NULL;
	return mark != NULL ? (size_t)(mark - r->hold) : r->hold_second;
}

/*
 * It was not the end: the first 04 was the job's own, and the second may be the
 * first of the end.  In a traceback both were, as part of its message.
 */
static void
end_failed(struct repl *r, uint64_t now)
{
	uint8_t	rest[EXIT_MAX + 2];
	size_t	start, n = r->hold_len - r->hold_second - 1, i;

	memcpy(rest, r->hold + r->hold_second + 1, n);
	if (end_is_traceback(r)) {
		r->hold_len = r->hold_second + 1;
	} else {
		start = end_next(r);
		end_tell(r, start);
		memmove(r->hold, r->hold + start, r->hold_second + 1 - start);
		r->hold_told -= start;
		r->hold_len = r->hold_second + 1 - start;
		r->hold_first = r->hold_len - 1;
		r->unmarked = start == r->hold_second;
	}
	end_enter(r, REPL_TRACE, now);
	for (i = 0; i < n; i++)
		repl_hear_output(r, rest[i], 0, now);
}

/* Of a long traceback the end tells more than the beginning. */
static void
end_make_room(struct repl *r)
{
	bool	trace = end_is_traceback(r);
	size_t	from = r->hold_first + 1, n = (r->hold_len - from) / 2;

	if (!trace)
		end_tell(r, r->hold_len);
	r->hold_cut = trace;
	memmove(r->hold + from, r->hold + from + n, r->hold_len - from - n);
	r->hold_len -= n;
	r->hold_told = r->hold_told > n + from ? r->hold_told - n : from;
}

/* After the mark. */
static void
end_hear_mark(struct repl *r, uint8_t c, uint64_t now)
{
	if (c == CTRL_D) {
		r->hold_first = r->hold_len - 1;
		end_enter(r, REPL_TRACE, now);
	} else if (c == REPL_MARK) {
		end_tell(r, r->hold_len - 1);
		end_hold(r, c, REPL_MARKED, now);
	} else if (r->hold_len > IDLE_MAX) {
		end_tell(r, r->hold_len);
		end_enter(r, REPL_OUTPUT, now);
	} else {
		end_enter(r, REPL_MARKED, now);
	}
}

/* After the second 04, and after that with nothing before it but the first. */
static void
end_hear_end(struct repl *r, uint8_t c, uint64_t now)
{
	bool	empty = r->hold_second == r->hold_first + 1;

	if (c == '>' && r->state == REPL_END && end_is_certain(r))
		end_over(r, now);
	else if (c == '>' && r->state == REPL_END)
		end_enter(r, REPL_FRAME, now);
	else if (c != CTRL_D && empty &&
	    r->hold_len - r->hold_second <= EXIT_MAX)
		end_enter(r, REPL_EXIT, now);
	else
		end_failed(r, now);
}

/* Behind a frame that is not certain, only the idle loop may print. */
static void
end_hear_frame(struct repl *r, uint8_t c, uint64_t now)
{
	if (c == CTRL_D || r->hold_second == r->hold_first + 1 ||
	    r->hold_len - r->hold_second > IDLE_MAX)
		end_failed(r, now);
	else
		end_enter(r, REPL_FRAME, now);
}

void
repl_hear_output(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	if (r->state == REPL_OUTPUT) {
		if (c == CTRL_D || (c == REPL_MARK && r->marked))
			end_hold(r, c, c == CTRL_D ? REPL_TRACE : REPL_MARKED,
			    now);
		else
			end_printed(r, &c, 1);
		return;
	}
	if (r->state == REPL_TRACE &&
	    r->hold_len - r->hold_first > REPL_TRACE_MAX)
		end_make_room(r);
	r->hold[r->hold_len++] = c;
	if (r->state == REPL_MARKED) {
		end_hear_mark(r, c, now);
	} else if (r->state == REPL_FRAME) {
		end_hear_frame(r, c, now);
	} else if (r->state != REPL_TRACE) {
		r->exiting |= (signs & REPL_SIGN_REBOOT) != 0;
		end_hear_end(r, c, now);
	} else if (c == CTRL_D) {
		r->hold_second = r->hold_len - 1;
		end_enter(r, REPL_END, now);
	} else {
		end_enter(r, REPL_TRACE, now);
	}
}

/* Up to the first byte that may be of the end. */
size_t
repl_end_plain(const struct repl *r, const uint8_t *buf, size_t len)
{
	const uint8_t	*end;

	if (r->state != REPL_OUTPUT || r->purpose != REPL_FOR_JOB ||
	    !r->started || r->n_news > 0 || r->title.in != 0 || r->stopping)
		return 0;
	end = memchr(buf, CTRL_D, len);
	if (end != NULL)
		len = (size_t)(end - buf);
	end = r->marked ? memchr(buf, REPL_MARK, len) : NULL;
	return end != NULL ? (size_t)(end - buf) : len;
}

void
repl_end_quiet(struct repl *r, uint64_t now)
{
	if (r->state == REPL_FRAME)
		end_over(r, now);
	else if (r->state == REPL_MARKED || !(r->exiting || end_is_traceback(r)))
		end_tell(r, r->hold_len);
}

/* 04 04, and then its raw REPL says hello: sys.exit(), and all are gone. */
bool
repl_end_exited(struct repl *r)
{
	size_t	from = r->hold_second + 1;

	if (r->state != REPL_EXIT)
		return false;
	if (from < r->hold_told)
		from = r->hold_told;
	if (from < r->hold_len)
		repl_tell_text(r, DRIVER_UNASKED, r->hold + from,
		    r->hold_len - from);
	r->trace_len = 0;
	return true;
}
