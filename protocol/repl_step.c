/* SPDX-License-Identifier: MIT */
/*
 * Getting into step with a board, whatever it does, so that it is disturbed as
 * little as possible.
 *
 * Ctrl-C goes alone: it stops a program, and drops a line that a person left half
 * typed; what a program reads is no Enter of ours.  Then Ctrl-A has the raw REPL
 * say hello: at a prompt at once, and where none is seen (a raw REPL says nothing
 * to a Ctrl-C) after a moment.  A CircuitPython that waits for a key gets one by
 * it as well; its Ctrl-C empties what was sent ahead, so nothing is.  A board that
 * says something has seconds to clean up before the next Ctrl-C.
 *
 * A reset loses variables.  So it comes last, is told, and only a raw REPL that
 * said hello is given that Ctrl-D: what a deaf board does not take would pile up.
 */
#include <string.h>

#include "protocol/repl_state.h"

/* All of the knocking of one job, at most. */
#define SYNC_MS		20000
/* After a Ctrl-C without a prompt, and each time it falls silent. */
#define ASK_MS		60
#define ASK_AGAIN_MS	250
#define ASKS		4

static const struct rung {
	const char	*bytes;
	unsigned	 wait_ms;	/* for a board that is silent */
	unsigned	 alive_ms;	/* for one that is not */
	bool		 asks;		/* the raw REPL for its hello */
	bool		 restarts;	/* it by Ctrl-D, if it says so */
	const char	*sentence;
} ladder[] = {
	{ "\x03", 1000, 3000, true, false, NULL },
	{ "\x03", 1000, 3000, true, false, "it does not answer: Ctrl-C again" },
	{ "\x03\x03\x03", 200, 200, false, false, NULL },
	{ "\x03\x03\x03", 200, 200, false, false, NULL },
	{ "\x03\x03\x03", 200, 200, false, false, NULL },
	{ "\x03", 1000, 1000, true, false,
	    "it does not answer: entering the raw REPL again" },
	{ "\x03", 1000, 3000, true, true, NULL },
	{ "\x03", 1500, 3000, true, false,
	    "entering the raw REPL, the last try" },
};
#define RUNGS (sizeof ladder / sizeof *ladder)

static const struct rung *
step_rung(const struct repl *r)
{
	return &ladder[r->rung - 1];
}

/* When to ask again, or to take the next rung. */
static void
step_wait(struct repl *r)
{
	const struct rung	*rung = step_rung(r);
	uint64_t		 ask = DRIVER_NEVER;

	r->deadline = r->knock_at + (r->title.says == REPL_TITLE_STARTS ?
	    REPL_STARTS_MS : r->alive ? rung->alive_ms : rung->wait_ms);
	if (r->deadline > r->sync_until)
		r->deadline = r->sync_until;
	if (rung->asks && r->asks == 0)
		ask = r->knock_at + ASK_MS;
	else if (rung->asks && r->alive && r->asks < ASKS &&
	    r->title.says != REPL_TITLE_STARTS)
		ask = r->heard_at + ASK_AGAIN_MS;
	if (ask < r->deadline)
		r->deadline = ask;
}

/* At a prompt a Ctrl-B first has it introduce itself, once. */
static void
step_ask(struct repl *r, bool prompt, uint64_t now)
{
	if (prompt && r->watch.about[0] == '\0')
		repl_order(r, "\x02\x01", 2);
	else
		repl_order(r, "\x01", 1);
	r->asks++;
	r->heard_at = now;
	step_wait(r);
}

/* What was held back for the beginning of a hello was none. */
static void
step_flush(struct repl *r)
{
	if (!r->quiet && r->state == REPL_KNOCK)
		repl_tell_text(r, DRIVER_UNASKED,
		    (const uint8_t *)REPL_HELLO, r->matched);
	r->matched = 0;
}

void
repl_stumble(struct repl *r, uint64_t now)
{
	const struct rung	*rung = &ladder[r->rung];

	step_flush(r);
	if (r->sync_until == 0)
		r->sync_until = now + SYNC_MS;
	if (r->rung == RUNGS || now >= r->sync_until) {
		repl_lose(r, "the raw REPL does not answer", now);
		return;
	}
	if (r->rung++ == 0)
		r->quiet = r->watch.at_prompt || !r->own_program;
	r->in_step = r->alive = r->resetting = false;
	r->touched = true;
	r->ctl_len = 0;
	r->asks = 0;
	r->knock_at = now;
	repl_order(r, rung->bytes, strlen(rung->bytes));
	repl_enter(r, REPL_KNOCK, now);
	step_wait(r);
	if (rung->sentence != NULL)
		repl_tell(r, DRIVER_STEP, rung->sentence,
		    strlen(rung->sentence));
}

/* What it says is news, but for the hello that was asked for. */
static void
step_noise(struct repl *r, uint8_t c)
{
	static const char	hello[] = REPL_HELLO;
	const uint8_t		*shown;

	if (repl_title_shown(&r->title, &shown) == 0)
		return;
	if (c == (uint8_t)hello[r->matched]) {
		if (hello[++r->matched] == '\0')
			r->matched = 0;
		return;
	}
	step_flush(r);
	if (c == (uint8_t)hello[0])
		r->matched++;
	else
		repl_tell_noise(r);
}

/* The state lasted as long as it waits. */
void
repl_step_expire(struct repl *r, uint64_t now)
{
	const struct rung	*rung = step_rung(r);
	uint64_t		 end = r->knock_at + (r->alive ?
	    rung->alive_ms : rung->wait_ms);

	if (r->title.says == REPL_TITLE_STARTS)
		end = r->knock_at + REPL_STARTS_MS;
	if (now >= end || now >= r->sync_until)
		repl_stumble(r, now);
	else
		step_ask(r, false, now);
}

/* The raw REPL says hello, and nothing else has helped. */
static void
step_restart(struct repl *r, uint64_t now)
{
	static const char	sentence[] = "restarting it by Ctrl-D";

	repl_tell(r, DRIVER_STEP, sentence, sizeof sentence - 1);
	repl_order(r, "\x04", 1);
	r->resetting = true;
	r->quiet = false;	/* what it says from now on is news */
	r->asks = ASKS;
	r->knock_at = now;
	step_wait(r);
}

bool
repl_is_circuitpython(const struct repl *r)
{
	return r->title.says != REPL_TITLE_NOTHING ||
	    strstr(r->watch.about, "CircuitPython") != NULL;
}

/* CircuitPython begins anew at each change between its two REPLs. */
static void
step_entered(struct repl *r)
{
	bool	anew = r->resetting || (repl_is_circuitpython(r) && !r->raw);

	if (anew && r->told == REPL_TOLD_NOT)
		repl_restarted(r);
	r->told = REPL_TOLD_NOT;
	r->raw = r->touched = r->quiet = true;
	r->own_program = r->resetting = false;
}

void
repl_hear_knock(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	step_noise(r, c);
	r->quiet |= (signs & REPL_SIGN_PROMPT) != 0;
	r->alive = true;
	r->heard_at = now;
	if (signs & REPL_SIGN_TITLE)
		r->knock_at = now;	/* it gets on */
	if (signs & REPL_SIGN_REBOOT) {
		repl_restarted(r);
		r->told = REPL_TOLD_BY_LINE;
	}
	if ((signs & REPL_SIGN_RAW) && step_rung(r)->restarts &&
	    !r->resetting && r->asks < ASKS) {
		step_restart(r, now);
	} else if (signs & REPL_SIGN_RAW) {
		step_entered(r);
		repl_say_probe(r, now);
	} else if ((signs & REPL_SIGN_PROMPT) && r->asks == 0 &&
	    step_rung(r)->asks) {
		step_ask(r, true, now);
	} else {
		step_wait(r);
	}
}

/* -------------------------------------------------- may it be disturbed? */

/*
 * A board whose program must not be stopped is free where nothing of that kind
 * runs: in our hands, at a prompt that introduced itself, or over.
 */
bool
repl_is_free(const struct repl *r)
{
	return r->may_interrupt || !r->own_program ||
	    r->title.says == REPL_TITLE_OVER ||
	    r->title.says == REPL_TITLE_PROMPT || repl_watch_is_sure(&r->watch);
}

/* Where that is not known, Ctrl-B asks: to a program it is next to nothing. */
void
repl_ask_if_free(struct repl *r, uint64_t now)
{
	r->asked_free = true;
	r->introduced = r->in_step = r->raw = r->touched = false;
	repl_order(r, "\x02", 1);
	repl_enter(r, REPL_ASK_FREE, now);
}
