/* SPDX-License-Identifier: MIT */
/*
 * What to say next to a REPL, so that a job gets done.
 *
 * repl_advance() looks at what is known and takes one step: into the raw REPL
 * by a ladder of ever ruder knocks; a probe by a number that was never said
 * before, so that late answers to earlier knocks cannot confuse; the helper,
 * once per start of the board; and then the job.  The job's text is sent once
 * only: what the board may have begun is never repeated.
 */
#include <string.h>

#include "protocol/repl.h"
#include "protocol/repl_trace.h"

/* No longer than this for all the knocking of one job. */
#define SYNC_MS	9000

/*
 * Ctrl-C comes first and the CR after it: a line that a person left half
 * typed is dropped, not carried out.  The CR wakes a CircuitPython that waits
 * for a key; Ctrl-B makes a friendly REPL introduce itself, which tells what
 * board it is.  A reset loses variables, so it comes last.
 */
#define KNOCK "\x03\x03\r\x02\x01"

static const struct rung {
	const char	*bytes;
	unsigned	 wait_ms;
	const char	*sentence;
} ladder[] = {
	{ KNOCK, 700, NULL },
	{ "\x03\x03\x03", 200, "it does not answer: Ctrl-C again" },
	{ "\x03\x03\x03", 200, NULL },
	{ "\x03\x03\x03", 200, NULL },
	{ "\x03\x03\x03", 200, NULL },
	{ KNOCK, 1000, "it does not answer: entering the raw REPL again" },
	{ "\x02\x03\x03\r\x01", 1000, "leaving the raw REPL to enter it again" },
	{ "\x03\x03\x02\x04", 1000, "restarting it by Ctrl-D" },
	{ KNOCK, 1500, "entering the raw REPL after the restart" },
	{ KNOCK, 2000, "entering the raw REPL, the last try" },
};
#define RUNGS (sizeof ladder / sizeof *ladder)

static void
plan_leave(struct repl *r, uint64_t now)
{
	if (r->in_step)
		repl_order(r, "\x02", 1);
	else
		repl_order(r, "\x03\x02", 2);
	repl_enter(r, REPL_LEAVE, now);
}

void
repl_stumble(struct repl *r, uint64_t now)
{
	const struct rung	*rung = &ladder[r->rung];
	const char		*complaint = repl_rows[REPL_BANNER].complaint;

	if (r->sync_until == 0)
		r->sync_until = now + SYNC_MS;
	if (r->rung == RUNGS || now >= r->sync_until) {
		repl_lose(r, complaint, now);
		return;
	}
	if (r->rung++ == 0)
		r->quiet = r->watch.at_prompt || !r->own_program;
	r->in_step = false;
	r->touched = true;
	r->ctl_len = 0;
	repl_order(r, rung->bytes, strlen(rung->bytes));
	repl_enter(r, REPL_BANNER, now);
	r->deadline = now + rung->wait_ms;
	if (r->deadline > r->sync_until)
		r->deadline = r->sync_until;
	if (rung->sentence != NULL)
		repl_tell(r, DRIVER_STEP, rung->sentence,
		    strlen(rung->sentence));
}

void
repl_advance(struct repl *r, uint64_t now)
{
	bool	run = r->job.task == DRIVER_RUN;
	bool	program = run && r->form == REPL_PROGRAM;
	bool	unsure = program && !r->job.marked;	/* when it ends */

	if (!r->busy || r->deaf)
		return;
	if (r->job.task == DRIVER_LEAVE) {
		if (r->touched)
			plan_leave(r, now);
		else
			repl_finish(r, DRIVER_OK, now);
	} else if (!r->in_step) {
		repl_stumble(r, now);
	} else if (r->doubt || (unsure && !r->probed)) {
		repl_say_probe(r, now);
	} else if (r->job.task == DRIVER_SOFT_RESET) {
		plan_leave(r, now);
	} else if (r->litter) {
		repl_say_clean(r, now);
	} else if (!r->paste_known || (!r->helper && !r->helper_failed)) {
		repl_say_helper(r, now);
	} else if (r->job.task == DRIVER_SYNC) {
		r->trace_len = 0;
		repl_finish(r, DRIVER_OK, now);
	} else if (run && !program && !r->helper) {
		repl_finish(r, DRIVER_RAISED, now);
	} else {
		repl_say_job(r, now);
	}
}

/*
 * Something that is not yet the job ended: on to the next step, if it went
 * well.  The board's memory may be too full for the helper, but not for a
 * program.  True if that ends the job, which is told what was raised.
 */
static bool
plan_step_over(struct repl *r, uint64_t now)
{
	bool	ok = r->trace_len == 0;
	bool	name = repl_trace_is(r->trace, r->trace_len, "NameError");

	repl_enter(r, REPL_IDLE, now);
	if (repl_trace_is(r->trace, r->trace_len, "KeyboardInterrupt")) {
		repl_stumble(r, now);	/* noise made us stop half way */
		return false;
	}
	if (r->purpose == REPL_FOR_STORE) {
		if (ok) {
			repl_say_more(r, now);
			return false;
		}
		if (name) {	/* it restarted in between */
			repl_stumble(r, now);
			return false;
		}
		if (r->store_for == REPL_FOR_JOB)
			return true;
		r->helper_failed = true;
	} else if (r->purpose == REPL_FOR_COMPILE) {
		r->compile_known = true;
		r->no_compile = !ok;
	} else if (r->purpose == REPL_FOR_CLEAN) {
		r->litter = false;
	} else if (r->purpose == REPL_FOR_CHECK) {
		r->helper = ok && r->answer;
		r->in_step = r->helper;
	} else if (ok) {
		repl_say_check(r, now);
		return false;
	} else if (name && !r->no_compile) {
		r->no_compile = true;
	} else {
		r->helper_failed = true;
	}
	repl_advance(r, now);
	return false;
}

static bool
plan_helper_is_missing(const struct repl *r)
{
	static const char	name[] = "'" REPL_HELPER "'";

	return r->marked && r->unmarked && !r->retried &&
	    repl_trace_is(r->trace, r->trace_len, "NameError") &&
	    memmem(r->trace, r->trace_len, name, sizeof name - 1) != NULL;
}

/*
 * A board that lost the helper has restarted unseen.  Python looks for what it
 * calls before it looks at the arguments, so the job cannot have begun: it is the
 * one thing that may be sent again.
 */
void
repl_text_over(struct repl *r, uint64_t now)
{
	enum driver_outcome	outcome = DRIVER_RAISED;

	if (r->purpose != REPL_FOR_JOB && !plan_step_over(r, now))
		return;
	if (plan_helper_is_missing(r) && r->interrupts == 0) {
		repl_restarted(r);
		r->retried = r->in_step = true;
		repl_enter(r, REPL_IDLE, now);
		repl_advance(r, now);
		return;
	}
	if (r->trace_len == 0)
		outcome = DRIVER_OK;
	else if (r->interrupts > 0 &&
	    repl_trace_is(r->trace, r->trace_len, "KeyboardInterrupt"))
		outcome = DRIVER_INTERRUPTED;
	if (r->wrapped || r->form != REPL_PROGRAM)
		r->trace_len = repl_trace_trim(r->trace, r->trace_len,
		    r->wrapped);
	if (!r->marked || r->unmarked || r->interrupts > 0)
		r->doubt = true;
	repl_finish(r, outcome, now);
}
