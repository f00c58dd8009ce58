/* SPDX-License-Identifier: MIT */
/*
 * What to say next to a REPL, so that a job gets done.
 *
 * repl_advance() looks at what is known and takes one step: into the raw REPL
 * (repl_step.c); a probe by a number that was never said
 * before, so that late answers to earlier knocks cannot confuse; the helper,
 * once per start of the board; and then the job.  The job's text is sent once
 * only: what the board may have begun is never repeated.
 */
#include <string.h>

#include "protocol/repl_state.h"
#include "protocol/repl_trace.h"

/* A value is shown by the helper alone; all else also goes without it. */
static bool
plan_needs_helper(const struct repl *r)
{
	return r->job.task == DRIVER_RUN &&
	    (r->text_seen.kind == REPL_TEXT_EXPRESSION ||
	    r->text_seen.kind == REPL_TEXT_LINE);
}

/* A program could do harm at another prompt: it is sent to none but the right. */
static bool
plan_must_probe(const struct repl *r)
{
	return r->doubt || (r->job.task == DRIVER_RUN && !r->probed &&
	    !r->job.marked && r->text_seen.kind == REPL_TEXT_PROGRAM);
}

void
repl_advance(struct repl *r, uint64_t now)
{
	if (!r->busy || r->deaf)
		return;
	if (r->ask_free) {
		r->ask_free = false;
		repl_ask_if_free(r, now);
		return;
	}
	if (r->job.task == DRIVER_LEAVE) {
		if (r->touched)
			repl_leave(r, now);
		else
			repl_finish(r, DRIVER_OK, now);
	} else if (!r->in_step) {
		repl_stumble(r, now);
	} else if (plan_must_probe(r)) {
		repl_say_probe(r, now);
	} else if (r->job.task == DRIVER_SOFT_RESET) {
		repl_leave(r, now);
	} else if (r->swollen) {
		r->swollen = false;
		repl_order(r, "\x02\x01", 2);
		repl_enter(r, REPL_AGAIN, now);
	} else if (r->litter) {
		repl_say_clean(r, now);
	} else if (!r->paste_known || (!r->helper && !r->helper_failed)) {
		repl_say_helper(r, now);
	} else if (r->job.task == DRIVER_SYNC) {
		r->trace_len = 0;
		repl_finish(r, DRIVER_OK, now);
	} else if (plan_needs_helper(r) && !r->helper) {
		repl_finish(r, DRIVER_FULL, now);
	} else {
		repl_say_job(r, now);
	}
}

static bool
plan_raised(const struct repl *r, const char *name)
{
	return repl_trace_is(r->trace, r->trace_len, name);
}

/* A piece was stored, or not; true if that ends the job. */
static bool
plan_stored(struct repl *r, uint64_t now)
{
	if (r->trace_len == 0) {
		repl_say_more(r, now);
	} else if (plan_raised(r, "NameError")) {
		repl_stumble(r, now);	/* it restarted in between */
	} else if (r->store_for == REPL_FOR_JOB) {
		return true;
	} else {
		r->helper_failed = true;
		repl_advance(r, now);
	}
	return false;
}

/* The helper's text was carried out, or not. */
static void
plan_helper_over(struct repl *r, uint64_t now)
{
	if (r->trace_len == 0) {
		r->litter = false;
		repl_say_check(r, now);
		return;
	}
	if (plan_raised(r, "AttributeError") && !r->no_compile)
		r->no_compile = true;
	else
		r->helper_failed = true;
	repl_advance(r, now);
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

	repl_enter(r, REPL_IDLE, now);
	if (plan_raised(r, "KeyboardInterrupt")) {
		repl_stumble(r, now);	/* noise made us stop half way */
		return false;
	}
	switch (r->purpose) {
	case REPL_FOR_STORE:
		return plan_stored(r, now);
	case REPL_FOR_HELPER:
		plan_helper_over(r, now);
		return false;
	case REPL_FOR_COMPILE:
		r->compile_known = true;
		r->no_compile = !ok;
		break;
	case REPL_FOR_ROOM:
		if (!repl_room_heard(r, ok, now))
			return false;
		break;
	case REPL_FOR_CLEAN:
		r->litter = false;
		break;
	default:
		r->helper = ok && r->answer;
		r->in_step = r->helper;
	}
	repl_advance(r, now);
	return false;
}

/*
 * Whether the board has lost the helper, or another has that name, so that what
 * was sent cannot have begun: Python looks for what it calls before it looks at
 * the arguments, and a literal does nothing before the call.
 */
static bool
plan_not_begun(const struct repl *r)
{
	if (r->retried || !r->unmarked || r->interrupts > 0 ||
	    (r->form != REPL_AS_ARGUMENT && r->form != REPL_AS_LINE &&
	    r->form != REPL_AS_EVAL) ||
	    !repl_trace_is_line(r->trace, r->trace_len, 1))
		return false;
	return plan_raised(r, "NameError") ? memmem(r->trace, r->trace_len,
	    REPL_HELPER, strlen(REPL_HELPER)) != NULL :
	    r->form == REPL_AS_LINE && plan_raised(r, "TypeError");
}

static void
plan_again(struct repl *r, uint64_t now)
{
	if (plan_raised(r, "NameError"))
		repl_restarted(r);
	r->helper = false;
	r->retried = r->in_step = true;
	repl_enter(r, REPL_IDLE, now);
	repl_advance(r, now);
}

static enum driver_outcome
plan_outcome(const struct repl *r)
{
	if (r->trace_len == 0)
		return DRIVER_OK;
	if (r->interrupts > 0 && plan_raised(r, "KeyboardInterrupt"))
		return DRIVER_INTERRUPTED;
	if (plan_raised(r, "MemoryError") && (r->purpose == REPL_FOR_STORE ||
	    memmem(r->trace, r->trace_len, "\"<", 2) == NULL))
		return DRIVER_FULL;	/* it has none for the text itself */
	return DRIVER_RAISED;
}

/*
 * What the end of a job leaves to be made sure of before the next one.  Input that
 * it did not read is in the raw REPL's line by now, where Ctrl-C drops it.
 */
static void
plan_doubt(struct repl *r)
{
	if (r->fed && (!r->job.reads_all || r->trace_len > 0)) {
		repl_order(r, "\x03", 1);
		r->doubt = true;
	}
	if (!r->marked || r->unmarked || r->interrupts > 0 ||
	    repl_names_helper(r))
		r->doubt = true;
}

void
repl_text_over(struct repl *r, uint64_t now)
{
	enum driver_outcome	outcome;

	if (r->purpose != REPL_FOR_JOB && !plan_step_over(r, now))
		return;
	if (plan_not_begun(r)) {
		plan_again(r, now);
		return;
	}
	if (repl_job_lost_helper(r)) {
		if (plan_raised(r, "NameError"))
			repl_restarted(r);
		r->helper = false;
		r->in_step = true;
		r->trace_len = 0;
	}
	outcome = plan_outcome(r);
	r->litter = r->litter && outcome != DRIVER_OK;
	if (r->wrapped || r->form != REPL_AS_IS)
		r->trace_len = repl_trace_trim(r->trace, r->trace_len,
		    r->wrapped, r->renamed);
	plan_doubt(r);
	repl_finish(r, outcome, now);
}
