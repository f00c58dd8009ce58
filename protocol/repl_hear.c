/* SPDX-License-Identifier: MIT */
/*
 * What each byte from a REPL means: one handler for each state.  What a job prints,
 * and where that ends, has a file of its own: repl_end.c; what the board answers to
 * a question of ours, too: repl_answer.c.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/repl_state.h"

#define CTRL_A	0x01
#define CTRL_D	0x04

/* How long a restarted board must be quiet before its banner is believed. */
#define QUIET_MS 300
/* Where it is another board's, or that of another firmware. */
#define QUIET_FOREIGN_MS 3000

/* Whether that is a restart: it may be told by a title, a line and a banner. */
static bool
hear_restart(struct repl *r, unsigned signs)
{
	enum repl_told	told = r->told;

	if (signs & REPL_SIGN_REBOOT) {
		r->told = REPL_TOLD_BY_LINE;
		return told != REPL_TOLD_BY_TITLE;
	}
	if (!(signs & REPL_SIGN_BANNER) && !((signs & REPL_SIGN_TITLE) &&
	    r->title.says == REPL_TITLE_RUNS))
		return false;
	r->told = REPL_TOLD_NOT;
	return told == REPL_TOLD_NOT;
}

/* What says something may be a program, if only one that was not seen to start. */
static void
hear_own_program(struct repl *r)
{
	if (!r->own_program)
		r->asked_free = false;
	r->own_program = true;
}

/* A board that restarts itself runs its own program, outside the raw REPL. */
static void
hear_listen(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	bool	restart = hear_restart(r, signs);

	(void)c;
	repl_tell_unasked(r);
	if (signs & REPL_SIGN_TITLE)
		repl_tell(r, DRIVER_PROGRAM, NULL, 0);
	if (!r->may_interrupt)
		hear_own_program(r);
	if (restart)
		repl_restarted(r);
	else if (!(signs & (REPL_SIGN_REBOOT | REPL_SIGN_BANNER)))
		return;
	hear_own_program(r);
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

/* A ">" may follow where a board has said that it has no raw-paste. */
static void
hear_send(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)signs, (void)now;
	if (c != '>')
		repl_tell_noise(r);
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
		repl_say_nothing(r);
		repl_runs(r, now);
	} else {
		repl_tell_noise(r);
	}
}

/*
 * A board that was reset unseen is at its friendly prompt, and echoes.  Such
 * a line is not carried out, since nobody ended it, so it may be sent again.
 */
static bool
hear_echo(struct repl *r, uint8_t c)
{
	if (!r->marked || r->retried || r->echo[0] == 'O')
		return false;
	if (c == (uint8_t)r->echo[r->matched])
		r->matched++;
	else
		r->matched = c == (uint8_t)r->echo[0];
	return r->echo[r->matched] == '\0';
}

static void
hear_ok(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)signs;
	if (c == 'K' && r->last == 'O') {
		repl_runs(r, now);
		return;
	}
	if (hear_echo(r, c)) {
		r->retried = true;
		repl_stumble(r, now);
		return;
	}
	if (r->last == 'O' && !r->quiet)
		repl_tell_text(r, DRIVER_UNASKED, &r->last, 1);
	if (c != 'O' && c != CTRL_D && c != '>')
		repl_tell_noise(r);
}

/*
 * After a Ctrl-D at its prompt a CircuitPython says in its own language that it
 * restarts, and may have a title for that.
 */
static bool
hear_rebooted(struct repl *r, unsigned signs)
{
	if (signs & (REPL_SIGN_REBOOT | REPL_SIGN_BANNER))
		return hear_restart(r, signs);
	if (!(signs & REPL_SIGN_TITLE) && !((signs & REPL_SIGN_LINE) &&
	    repl_is_circuitpython(r)))
		return false;
	r->told = REPL_TOLD_BY_TITLE;
	return true;
}

static void
hear_reboot(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)c;
	repl_tell_unasked(r);
	if (!hear_rebooted(r, signs))
		return;
	repl_restarted(r);
	r->own_program = true;
	repl_finish(r, DRIVER_OK, now);
}

static void
hear_nothing(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)r, (void)c, (void)signs, (void)now;
}

static void	(*const hear_rows[REPL_STATES])(struct repl *, uint8_t,
    unsigned signs, uint64_t now) = {
	[REPL_CLOSED]	= hear_nothing,
	[REPL_LISTEN]	= hear_listen,
	[REPL_IDLE]	= hear_idle,
	[REPL_ASK_FREE]	= repl_hear_free,
	[REPL_KNOCK]	= repl_hear_knock,
	[REPL_AGAIN]	= repl_hear_again,
	[REPL_PROBE]	= repl_hear_probe,
	[REPL_ASK]	= repl_hear_ask,
	[REPL_WINDOW]	= repl_hear_window,
	[REPL_SEND]	= hear_send,
	[REPL_PASTE]	= hear_paste,
	[REPL_OK]	= hear_ok,
	[REPL_OUTPUT]	= repl_hear_output,
	[REPL_MARKED]	= repl_hear_output,
	[REPL_TRACE]	= repl_hear_output,
	[REPL_END]	= repl_hear_output,
	[REPL_EXIT]	= repl_hear_output,
	[REPL_FRAME]	= repl_hear_output,
	[REPL_LEAVE]	= repl_hear_leave,
	[REPL_REBOOT]	= hear_reboot,
};

/* Nothing runs, or the raw REPL would not have answered: nobody heard the end. */
static void
hear_over(struct repl *r, uint64_t now)
{
	repl_end_flush(r);
	r->trace_len = 0;
	r->doubt = true;
	repl_finish(r, DRIVER_INTERRUPTED, now);
}

/* A title tells the version long before a banner does. */
static void
hear_about(struct repl *r)
{
	if (r->watch.about[0] == '\0')
		snprintf(r->watch.about, sizeof r->watch.about,
		    "Adafruit CircuitPython %s", r->title.version);
}

/* A job may write titles of its own. */
static unsigned
hear_signs(struct repl *r, uint8_t c)
{
	enum repl_title_says	before = r->title.says;
	bool			job = r->state >= REPL_OK &&
	    r->state <= REPL_FRAME;

	r->watch.quotes = job;
	switch (repl_title_byte(&r->title, c)) {
	case REPL_TITLE_HIDDEN:
		return 0;
	case REPL_TITLE_TOLD:
		if (!job) {
			hear_about(r);
			return REPL_SIGN_TITLE;
		}
		r->title.says = before;
		return 0;
	default:
		return repl_watch_byte(&r->watch, c);
	}
}

/*
 * A banner as the last thing said while a job ran is a restart; one that the
 * job printed is followed by something, if only by the job's end.  A program that
 * talks to another board prints what that says, and may wait for it then.
 */
static void
hear_suspect(struct repl *r, unsigned signs, uint64_t now)
{
	bool	job_runs = r->state >= REPL_OK && r->state <= REPL_FRAME;

	r->suspect_at = DRIVER_NEVER;
	if (job_runs && (signs & (REPL_SIGN_RAW | REPL_SIGN_BANNER)))
		r->suspect_at = now + ((signs & REPL_SIGN_BANNER) &&
		    r->watch.foreign ? QUIET_FOREIGN_MS : QUIET_MS);
}

void
repl_hear(struct repl *r, uint8_t c, uint64_t now)
{
	unsigned	signs = hear_signs(r, c);

	hear_rows[r->state](r, c, signs, now);
	r->last = c;
	hear_suspect(r, signs, now);
	if (r->state >= REPL_OK && r->state <= REPL_FRAME &&
	    (signs & REPL_SIGN_RAW) && repl_asked_if_over(r))
		hear_over(r, now);
}

/* Of much, the watch must see as much as it keeps. */
void
repl_hear_plain(struct repl *r, const uint8_t *bytes, size_t len, uint64_t now)
{
	unsigned	signs = 0;

	if (len > sizeof r->watch.buf) {
		repl_watch_skip(&r->watch);
		bytes += len - sizeof r->watch.buf;
		len = sizeof r->watch.buf;
	}
	while (len-- > 0)
		signs = hear_signs(r, *bytes++);
	r->printed = true;
	r->last = bytes[-1];
	hear_suspect(r, signs, now);
}
