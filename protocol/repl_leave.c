/* SPDX-License-Identifier: MIT */
/*
 * Leaving a board at its friendly prompt, as a person would find it.
 */
#include "protocol/repl_state.h"

/* After a Ctrl-C without a prompt. */
#define ASK_MS		60

static void
leave_say(struct repl *r, uint64_t now)
{
	repl_order(r, "\x02", 1);
	r->asks = 1;
	r->knock_at = now;
	r->deadline = now + repl_limits[REPL_LEAVE].ms;
}

/* Out of step, Ctrl-C comes first, and alone. */
void
repl_leave(struct repl *r, uint64_t now)
{
	repl_enter(r, REPL_LEAVE, now);
	r->introduced = false;
	r->asks = 0;
	if (r->in_step) {
		leave_say(r, now);
		return;
	}
	repl_order(r, "\x03", 1);
	r->deadline = now + ASK_MS;
}

/* The prompt is ours: Ctrl-D at it restarts the board with its program. */
static void
leave_over(struct repl *r, uint64_t now)
{
	if (repl_is_circuitpython(r) && r->raw)
		repl_restarted(r);
	r->in_step = r->touched = r->raw = false;
	if (r->job.task == DRIVER_SOFT_RESET) {
		repl_order(r, "\x04", 1);
		repl_enter(r, REPL_REBOOT, now);
	} else {
		repl_finish(r, DRIVER_OK, now);
	}
}

/*
 * Ctrl-B makes the REPL introduce itself, whatever prompts came before.  The one
 * after that may be the user's own (sys.ps1).
 */
void
repl_hear_leave(struct repl *r, uint8_t c, unsigned signs, uint64_t now)
{
	(void)c;
	if (r->asks == 0) {
		if (signs & REPL_SIGN_PROMPT)
			leave_say(r, now);
		return;
	}
	r->introduced |= (signs & REPL_SIGN_HELLO) != 0;
	if (signs & REPL_SIGN_BANNER)
		leave_over(r, now);
	else if (r->introduced)
		r->deadline = now + REPL_PROMPT_MS;
	else
		r->deadline = r->knock_at + REPL_STARTS_MS;
}

void
repl_leave_expire(struct repl *r, uint64_t now)
{
	if (r->asks == 0)
		leave_say(r, now);
	else if (r->introduced || r->watch.at_prompt)
		leave_over(r, now);
	else
		repl_lose(r, repl_limits[REPL_LEAVE].complaint, now);
}
