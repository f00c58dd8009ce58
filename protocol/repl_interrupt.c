/* SPDX-License-Identifier: MIT */
/*
 * Stopping a job: at once where none of it is on the board, and else by Ctrl-C, as
 * soon as that stops what runs.
 */
#include <string.h>

#include "protocol/repl_state.h"

/*
 * What is said to a job that does not end, and after how long.  The first
 * Ctrl-C lets it clean up, which may take its time.  The Ctrl-A at last is
 * answered by a raw REPL where nothing runs any more.
 */
static const struct {
	unsigned	 after_ms;
	const char	*bytes;
} interrupts[] = {
	{ 0, "\x03" },
	{ 3000, "\x03" },
	{ 1000, "\x03" },
	{ 1000, "\x03\x01" },
	{ 1000, NULL },
};
#define INTERRUPTS_ASKING 4

/* Before a text runs it is compiled, when a Ctrl-C is no more than a byte. */
#define COMPILE_MS		50
#define COMPILE_BYTES_PER_MS	20
#define COMPILE_LONG_MS		1000

/* A job that restarts the board, and is not answered by then, has done it. */
#define RESTART_MS		3000

/* Nothing of the job is on the board: it is over at once. */
static void
repl_abandon(struct repl *r, uint64_t now)
{
	if (r->state == REPL_SEND && r->purpose == REPL_FOR_JOB) {
		r->doubt = true;	/* its Ctrl-C clears the line */
	} else {
		r->in_step = false;
	}
	r->ctl_len = 0;
	r->interrupts = 0;
	r->trace_len = 0;
	if (!r->deaf)
		repl_order(r, "\x03", 1);
	repl_finish(r, DRIVER_INTERRUPTED, now);
}

void
repl_interrupt_again(struct repl *r, uint64_t now)
{
	const char	*bytes = interrupts[r->interrupts++].bytes;

	if (bytes == NULL) {
		repl_end_flush(r);
		repl_lose(r, "the program does not stop at Ctrl-C", now);
		return;
	}
	r->interrupt_at = now + interrupts[r->interrupts].after_ms;
	repl_order(r, bytes, strlen(bytes));
}

bool
repl_asked_if_over(const struct repl *r)
{
	return r->interrupts >= INTERRUPTS_ASKING;
}

void
repl_interrupt(struct driver *d, uint64_t now)
{
	struct repl	*r = repl_of(d);
	bool		 sent = r->state == REPL_PASTE ||
	    (r->state >= REPL_OK && r->state <= REPL_FRAME);

	if (r->state == REPL_CLOSED || repl_end_is_news(r))
		return;
	if (!r->busy) {
		repl_order(r, "\x03", 1);
		return;
	}
	if (!sent || r->purpose != REPL_FOR_JOB) {
		repl_abandon(r, now);
		return;
	}
	/* What is left of the text need not follow. */
	r->ctl_len = 0;
	repl_say_nothing(r);
	if (r->state == REPL_PASTE)
		repl_interrupt_again(r, now);
	else if (!r->stopping)
		r->interrupt_at = r->printed ? now : r->runs_at;
	else
		repl_order(r, "\x03", 1);
	r->stopping = true;
}

void
repl_runs(struct repl *r, uint64_t now)
{
	uint64_t	ms = COMPILE_MS + r->said_len / COMPILE_BYTES_PER_MS;

	repl_enter(r, REPL_OUTPUT, now);
	if (r->job.restarts && r->purpose == REPL_FOR_JOB)
		r->deadline = now + RESTART_MS;
	r->runs_at = now + (ms < COMPILE_LONG_MS ? ms : COMPILE_LONG_MS);
	if (r->stopping && r->interrupts == 0)
		r->interrupt_at = r->runs_at;
}
