/* SPDX-License-Identifier: MIT */
/*
 * The state of a REPL: how long each may last, and what becomes of the job where
 * it ends.
 */
#include <string.h>

#include "protocol/repl_state.h"

const struct repl_limit repl_limits[REPL_STATES] = {
	[REPL_ASK_FREE]	= { 500, NULL },
	[REPL_AGAIN]	= { 1000, NULL },
	[REPL_PROBE]	= { 1000, "the raw REPL does not answer" },
	[REPL_ASK]	= { 1000, "the raw REPL does not answer" },
	[REPL_WINDOW]	= { 1000, "the raw REPL does not answer" },
	[REPL_SEND]	= { 5000, "the port takes no bytes" },
	[REPL_PASTE]	= { 5000, "the board takes no more text" },
	[REPL_OK]	= { 5000, "the board did not take the text" },
	[REPL_LEAVE]	= { 1000, "the prompt did not come" },
	[REPL_REBOOT]	= { 3000, "the board did not restart" },
};

void
repl_enter(struct repl *r, enum repl_state state, uint64_t now)
{
	uint64_t	limit = repl_limits[state].ms;

	/* What runs for us before the job itself must not run for ever. */
	if (state >= REPL_OUTPUT && state <= REPL_FRAME &&
	    r->purpose != REPL_FOR_JOB)
		limit = repl_limits[REPL_OK].ms;
	r->state = state;
	r->matched = 0;
	r->deadline = limit == 0 ? DRIVER_NEVER : now + limit;
}

void
repl_say_nothing(struct repl *r)
{
	r->say_left = 0;
	r->say_eof = false;
}

void
repl_end_job(struct repl *r)
{
	r->busy = false;
	r->job = (struct driver_job){ .task = DRIVER_RUN };
	repl_say_nothing(r);
	r->interrupts = 0;
	r->stopping = r->printed = false;
	r->interrupt_at = r->suspect_at = r->runs_at = DRIVER_NEVER;
}

void
repl_finish(struct repl *r, enum driver_outcome outcome, uint64_t now)
{
	repl_tell_done(r, outcome);
	/* A Ctrl-C that was not sent yet has nobody to stop. */
	if (r->interrupts > 0 && r->in_step)
		r->ctl_len = 0;
	repl_end_job(r);
	repl_enter(r, r->in_step ? REPL_IDLE : REPL_LISTEN, now);
}

void
repl_lose(struct repl *r, const char *why, uint64_t now)
{
	repl_tell(r, DRIVER_LOST, why, strlen(why));
	r->in_step = false;
	r->ctl_len = 0;
	repl_end_job(r);
	repl_enter(r, REPL_LISTEN, now);
}

void
repl_restarted(struct repl *r)
{
	repl_tell(r, DRIVER_RESTARTED, NULL, 0);
	r->helper = r->in_step = r->litter = r->swollen = false;
}
