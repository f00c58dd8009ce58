/* SPDX-License-Identifier: MIT */
/*
 * What each byte from a REPL means: one handler for each state.
 *
 * The raw REPL frames a job's output by bytes that the job may print itself:
 *
 *	OK output 04 traceback 04 >
 *
 * A value is shown by our helper, which writes a mark after it, so that
 * print('\x04\x04>') is not mistaken for the end: that is the mark with 04, or
 * 04 with a traceback.  A program has no mark; there an 04 counts as the end if
 * a second one and a ">" follow.  Wherever no mark was seen, the board is probed
 * before the next job, so that leftovers are nobody's answer.
 */
#include <string.h>

#include "protocol/repl.h"

#define CTRL_A	0x01
#define CTRL_D	0x04

/* How long a restarted board must be quiet before its banner is believed. */
#define QUIET_MS 300

/* Says what the board said while it was not asked, if anyone wants that. */
static void
hear_noise(struct repl *r, uint8_t c)
{
	if (!r->quiet)
		repl_tell_text(r, DRIVER_UNASKED, &c, 1);
}

/* A board that restarts itself runs its own program, outside the raw REPL. */
static void
hear_listen(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	repl_tell_text(r, DRIVER_UNASKED, &c, 1);
	if (!(signs & (REPL_SIGN_REBOOT | REPL_SIGN_BANNER)))
		return;
	if (!r->told || (signs & REPL_SIGN_REBOOT))
		repl_restarted(r);
	r->told = signs & REPL_SIGN_REBOOT;
	r->own_program = true;
	r->touched = false;
	repl_enter(r, REPL_LISTEN, now);
}

/*
 * Nothing was asked of it: an interrupt handler that prints, leftovers of the
 * last job, or a board that was reset.  The next job asks first.
 */
static void
hear_idle(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	r->doubt = true;
	hear_listen(r, c, signs, now);
}

static void
hear_banner(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	hear_noise(r, c);
	if (signs & (REPL_SIGN_PROMPT | REPL_SIGN_RAW))
		r->quiet = true;
	if (signs & REPL_SIGN_REBOOT)
		repl_restarted(r);
	if (signs & REPL_SIGN_RAW) {
		r->touched = true;
		r->own_program = false;
		repl_say_probe(r, now);
	}
}

/*
 * The answer is an exception: "KeyError: (123456789, True)" CR LF 04 >.  A
 * stale prompt's echo of the question has a bracket there, not a parenthesis.
 */
static void
hear_probe(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	size_t	n = strlen(r->want);

	(void)signs;
	if (r->matched < n) {
		if (c == (uint8_t)r->want[r->matched])
			r->matched++;
		else
			r->matched = c == (uint8_t)r->want[0];
		return;
	}
	if (r->matched == n)
		r->answer = c == 'T';
	if (++r->matched > n + sizeof "False)\r\n\x04>") {
		r->matched = 0;
	} else if (c == '>' && r->last == CTRL_D) {
		if (r->helper && !r->answer)
			repl_restarted(r);
		r->in_step = r->probed = true;
		r->doubt = r->quiet = false;
		repl_enter(r, REPL_IDLE, now);
		repl_advance(r, now);
	}
}

/* Old firmware takes the question for nothing and says its banner again. */
static void
hear_ask(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
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

static void
hear_window(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
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

/* A ">" may follow where a board has said that it has no raw-paste. */
static void
hear_send(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)signs, (void)now;
	if (c != '>')
		hear_noise(r, c);
}

static void
hear_gone(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)signs, (void)now;
	hear_noise(r, c);
}

/*
 * 04 says "got it" once all is sent, and before that "stop": the board waits
 * for 04 or 03 then.  It gets 03, after which nothing is carried out even if
 * that 04 was noise and the board would have taken the rest.
 */
static void
hear_paste(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)signs;
	if (c == CTRL_A) {
		r->budget += r->window_step;
		repl_enter(r, REPL_PASTE, now);
	} else if (c == CTRL_D) {
		if (r->say_eof) {
			repl_order(r, "\x03", 1);
			r->marked = false;
		}
		r->say_eof = false;
		r->say_off = r->say_len;
		repl_enter(r, REPL_OUTPUT, now);
	} else {
		hear_noise(r, c);
	}
}

/*
 * A board that was reset unseen is at its friendly prompt, and echoes.  Such
 * a line is not carried out, since nobody ended it, so it may be sent again.
 */
static bool
hear_echo(struct repl *r, uint8_t c)
{
	static const char	call[] = REPL_HELPER "(";

	if (!r->marked || r->retried)
		return false;
	if (c == (uint8_t)call[r->matched])
		r->matched++;
	else
		r->matched = c == (uint8_t)call[0];
	return r->matched == sizeof call - 1;
}

static void
hear_ok(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)signs;
	if (c == 'K' && r->last == 'O') {
		repl_enter(r, REPL_OUTPUT, now);
		return;
	}
	if (hear_echo(r, c)) {
		r->retried = true;
		repl_stumble(r, now);
		return;
	}
	if (r->last == 'O')
		hear_noise(r, r->last);
	if (c != 'O' && c != CTRL_D && c != '>')
		hear_noise(r, c);
}

/* The helper works if it shows our nonce; noise may stand around that. */
static void
hear_check(struct repl *r, uint8_t c)
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
hear_printed(struct repl *r, const uint8_t *bytes, size_t len)
{
	size_t	i;

	for (i = 0; r->purpose == REPL_FOR_CHECK && i < len; i++)
		hear_check(r, bytes[i]);
	if (r->purpose != REPL_FOR_JOB || len == 0)
		return;
	repl_tell_started(r);
	repl_tell_text(r, DRIVER_OUTPUT, bytes, len);
}

/* What raises before the helper is called, or stops it, ends without a mark. */
static void
hear_output(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	static const uint8_t	mark = REPL_MARK;
	bool			held = r->held;

	(void)signs;
	r->held = r->marked && c == mark;
	if (held && c != CTRL_D)
		hear_printed(r, &mark, 1);
	if (c == CTRL_D) {
		r->unmarked = !held;
		repl_enter(r, REPL_TRACE, now);
	} else if (!r->held) {
		hear_printed(r, &c, 1);
	}
}

bool
repl_trace_is_one(const struct repl *r)
{
	static const char	head[] = "Traceback ";
	size_t			n = sizeof head - 1;

	return (!r->unmarked && r->trace_len == 0) || r->trace_cut ||
	    (r->trace_len >= n && memcmp(r->trace, head, n) == 0);
}

void
repl_trace_was_output(struct repl *r, uint64_t now)
{
	static const uint8_t	end[] = { REPL_MARK, CTRL_D };
	size_t			len = r->trace_len, i;

	hear_printed(r, end + r->unmarked, sizeof end - r->unmarked);
	r->trace_len = 0;
	r->trace_cut = false;
	repl_enter(r, REPL_OUTPUT, now);
	for (i = 0; i < len; i++)	/* there is no 04 in it */
		hear_output(r, r->trace[i], 0, now);
}

/* An end without its mark is one of a job that raised, or was stopped. */
static bool
hear_trace_was_due(const struct repl *r)
{
	return !r->marked || r->interrupts > 0 || repl_trace_is_one(r);
}

/* Of a long traceback the end tells more than the beginning. */
static void
hear_trace(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)signs;
	if (c == CTRL_D && hear_trace_was_due(r)) {
		repl_enter(r, REPL_END, now);
		return;
	}
	if (c == CTRL_D) {
		repl_trace_was_output(r, now);
		hear_output(r, c, 0, now);
		return;
	}
	if (r->trace_len == sizeof r->trace) {
		if (!repl_trace_is_one(r)) {
			repl_trace_was_output(r, now);
			hear_output(r, c, 0, now);
			return;
		}
		r->trace_cut = true;
		r->trace_len /= 2;
		memmove(r->trace, r->trace + r->trace_len, r->trace_len);
	}
	r->trace[r->trace_len++] = c;
}

/*
 * No ">" after the second 04: the first of them was the job's own, and this
 * second one may be the first of the end.  With a mark and nothing in between,
 * the end is certain, so the job has left the REPL (sys.exit()).
 */
static void
hear_end(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	if (c == '>') {
		repl_text_over(r, now);
	} else if (r->unmarked || r->trace_len > 0) {
		repl_trace_was_output(r, now);
		hear_output(r, CTRL_D, 0, now);
		hear_trace(r, c, signs, now);
	} else {
		repl_enter(r, REPL_GONE, now);
		hear_noise(r, c);
	}
}

/* The prompt is ours: Ctrl-D at it restarts the board with its program. */
void
repl_left(struct repl *r, uint64_t now)
{
	r->in_step = r->touched = false;
	if (r->job.task == DRIVER_SOFT_RESET) {
		repl_order(r, "\x04", 1);
		repl_enter(r, REPL_REBOOT, now);
	} else {
		repl_finish(r, DRIVER_OK, now);
	}
}

/* Ctrl-B makes the REPL introduce itself, whatever prompts came before. */
static void
hear_leave(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)c;
	if (signs & REPL_SIGN_BANNER)
		repl_left(r, now);
}

static void
hear_reboot(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	repl_tell_text(r, DRIVER_UNASKED, &c, 1);
	if (!(signs & (REPL_SIGN_REBOOT | REPL_SIGN_BANNER)))
		return;
	repl_restarted(r);
	r->told = signs & REPL_SIGN_REBOOT;
	r->own_program = true;
	repl_finish(r, DRIVER_OK, now);
}

static void
hear_nothing(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)r, (void)c, (void)signs, (void)now;
}

const struct repl_row repl_rows[REPL_STATES] = {
	[REPL_CLOSED]	= { hear_nothing, 0, NULL },
	[REPL_LISTEN]	= { hear_listen, 0, NULL },
	[REPL_IDLE]	= { hear_idle, 0, NULL },
	[REPL_BANNER]	= { hear_banner, 1000, "the raw REPL does not answer" },
	[REPL_PROBE]	= { hear_probe, 1000, "the raw REPL does not answer" },
	[REPL_ASK]	= { hear_ask, 1000, "the raw REPL does not answer" },
	[REPL_WINDOW]	= { hear_window, 1000, "the raw REPL does not answer" },
	[REPL_SEND]	= { hear_send, 5000, "the port takes no bytes" },
	[REPL_PASTE]	= { hear_paste, 5000, "the board takes no more text" },
	[REPL_OK]	= { hear_ok, 5000, "the board did not take the text" },
	[REPL_OUTPUT]	= { hear_output, 0, "the program did not stop" },
	[REPL_TRACE]	= { hear_trace, 5000, "the traceback has no end" },
	[REPL_END]	= { hear_end, 2000, "the raw REPL did not come back" },
	[REPL_GONE]	= { hear_gone, 5000, "the raw REPL did not come back" },
	[REPL_LEAVE]	= { hear_leave, 1000, "the prompt did not come" },
	[REPL_REBOOT]	= { hear_reboot, 3000, "the board did not restart" },
};

/*
 * A banner as the last thing said while a job ran is a restart; one that the
 * job printed is followed by something, if only by the job's end.
 */
void
repl_hear(struct repl *r, uint8_t c, uint64_t now)
{
	unsigned	signs = repl_watch_byte(&r->watch, c);
	bool		job_runs;

	repl_rows[r->state].hear(r, c, signs, now);
	r->last = c;
	job_runs = r->state >= REPL_OK && r->state <= REPL_GONE;
	r->suspect_at = DRIVER_NEVER;
	if (job_runs && (signs & (REPL_SIGN_RAW | REPL_SIGN_BANNER)))
		r->suspect_at = now + QUIET_MS;
}
