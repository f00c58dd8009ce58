/* SPDX-License-Identifier: MIT */
/*
 * MicroPython's and CircuitPython's REPL.
 *
 * picod enters the raw REPL at the first job and stays there between jobs,
 * since entering and leaving costs 160 bytes; a statement then costs little
 * more than its own text.  This file has the driver's face, jobs and time; what
 * is said and heard is in repl_plan.c and repl_hear.c.
 */
#include "protocol/repl_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"

static struct driver *
repl_create(const struct driver_options *options)
{
	struct repl_text	 none = { .kind = REPL_TEXT_PROGRAM };
	struct repl		*r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->wire_size = repl_wire_size(&none, NULL, 0);
	r->wire = malloc(r->wire_size);
	if (r->wire == NULL) {
		free(r);
		return NULL;
	}
	r->trace = r->hold;
	r->may_interrupt = options->may_interrupt;
	r->baud = options->baud;
	return &r->base;
}

static void
repl_destroy(struct driver *d)
{
	free(repl_of(d)->wire);
	free(d);
}

/* No text at all is one that does nothing, as an empty file does. */
static int
repl_check(const char *text, size_t len, const char **why)
{
	(void)text;
	if (len > LIMIT_STATEMENT) {
		*why = "the text is longer than " LIMIT_STATEMENT_SAID;
		return -E2BIG;
	}
	return 0;
}

/* Forgets everything but the options, the wire and the seed. */
static void
repl_close(struct driver *d)
{
	struct repl	*r = repl_of(d);

	repl_end_job(r);
	repl_watch_init(&r->watch);
	repl_title_init(&r->title);
	r->settle_at = r->pace_at = DRIVER_NEVER;
	r->told = REPL_TOLD_NOT;
	r->deaf = r->touched = r->raw = r->in_step = r->doubt = false;
	r->asked_free = false;
	r->helper = r->compile_known = r->no_compile = r->litter = false;
	r->swollen = false;
	r->paste_known = r->paste = false;
	r->full = r->gone = false;
	r->own_program = true;
	r->ctl_len = r->n_news = r->text_len = r->text_told = 0;
	repl_enter(r, REPL_CLOSED, 0);
}

static void
repl_open(struct driver *d, uint64_t settle_ms, bool ask, uint64_t now)
{
	struct repl	*r = repl_of(d);

	(void)ask;	/* settle_ms is 0 wherever asking could help */
	repl_close(d);
	r->seed ^= now << 20;
	r->deaf = settle_ms > 0;
	r->settle_at = r->deaf ? now + settle_ms : DRIVER_NEVER;
	repl_enter(r, REPL_LISTEN, now);
}

/* Room for its rendering; what a large one took is given back. */
static int
repl_make_room(struct repl *r, const struct repl_text *text, const char *bytes,
    size_t len)
{
	size_t	 need = repl_wire_size(text, bytes, len);
	uint8_t	*wire;

	if (need == r->wire_size || (need < r->wire_size &&
	    r->wire_size <= REPL_WIRE_KEPT))
		return 0;
	wire = realloc(r->wire, need);
	if (wire == NULL)
		return need < r->wire_size ? 0 : -ENOMEM;
	r->wire = wire;
	r->wire_size = need;
	return 0;
}

/* What of the text is sent, and what kind of text that is. */
static int
repl_take_text(struct repl *r, const struct driver_job *job)
{
	struct repl_text	text = { .kind = REPL_TEXT_PROGRAM };
	const char		*bytes = "";
	size_t			len = 0, skip;
	int			error;

	if (job->task == DRIVER_RUN) {
		skip = repl_text_skip(job->text, job->len);
		bytes = job->text + skip;
		len = job->len - skip;
		repl_text_look(&text, bytes, len);
	}
	if (job->marked)
		text.kind = REPL_TEXT_PROGRAM;
	else
		len = text.len;
	error = repl_make_room(r, &text, bytes, len);
	if (error < 0)
		return error;
	r->job = *job;
	r->job.text = bytes;
	r->job.len = len;
	r->text_seen = text;
	return 0;
}

static int
repl_run(struct driver *d, const struct driver_job *job, uint64_t now)
{
	struct repl	*r = repl_of(d);
	const char	*why;
	bool		 ask;
	int		 error;

	if (r->state == REPL_CLOSED)
		return -ENOTCONN;
	if (r->busy || repl_end_is_news(r))
		return -EBUSY;
	if (job->task == DRIVER_RUN &&
	    (error = repl_check(job->text, job->len, &why)) < 0)
		return error;
	ask = job->task != DRIVER_LEAVE && !job->forced && !repl_is_free(r);
	if (ask && r->asked_free)
		return -EACCES;
	if ((error = repl_take_text(r, job)) < 0)
		return error;
	r->busy = true;
	r->probed = r->helper_failed = r->retried = r->started = false;
	r->probe_plain = r->quiet = r->fed = false;
	r->rung = r->probes = 0;
	r->room = REPL_ROOM_UNKNOWN;
	r->sync_until = 0;
	r->ask_free = ask;
	if (job->task == DRIVER_RUN && r->job.len == 0) {
		r->trace_len = 0;
		repl_finish(r, DRIVER_OK, now);
	} else {
		repl_advance(r, now);
	}
	return 0;
}

/*
 * Texts are joined as long as nothing else happens.  Output that means nothing
 * to us goes through as it is.
 */
static size_t
repl_feed(struct driver *d, const uint8_t *buf, size_t len, uint64_t now,
    struct driver_event *event)
{
	struct repl	*r = repl_of(d);
	size_t		 off;

	repl_forget_told(r);
	off = repl_end_plain(r, buf, len);
	if (off > 0) {
		repl_hear_plain(r, buf, off, now);
		event->type = DRIVER_OUTPUT;
		event->data = buf;
		event->len = off;
		return off;
	}
	do
		repl_hear(r, buf[off++], now);
	while (off < len && repl_may_hear_more(r));
	repl_take_news(r, event);
	return off;
}

/* The job's board is at some prompt again, and its variables are gone. */
static void
repl_restarted_in_job(struct repl *r, uint64_t now)
{
	bool	exited = repl_end_exited(r);

	if (!exited)
		repl_end_flush(r);
	repl_restarted(r);
	r->told = REPL_TOLD_NOT;
	if (r->watch.foreign)
		r->watch.about[0] = '\0';	/* it is asked anew */
	if (r->purpose != REPL_FOR_JOB)
		repl_stumble(r, now);
	else
		repl_finish(r, exited ? DRIVER_OK : DRIVER_BOARD_RESTARTED,
		    now);
}

static void
repl_lose_running(struct repl *r, uint64_t now)
{
	repl_end_flush(r);
	repl_lose(r, repl_limits[r->state].complaint, now);
}

/* A state lasted longer than its limit. */
static void
repl_expire(struct repl *r, uint64_t now)
{
	bool	for_job = r->purpose == REPL_FOR_JOB;

	r->deadline = DRIVER_NEVER;
	switch (r->state) {
	case REPL_ASK:
	case REPL_WINDOW:
		/* This board does not know what to do with the question. */
		r->paste_known = true;
		r->paste = false;
		repl_stumble(r, now);
		return;
	case REPL_ASK_FREE:
		repl_free_expire(r, now);
		return;
	case REPL_KNOCK:
		repl_step_expire(r, now);
		return;
	case REPL_LEAVE:
		repl_leave_expire(r, now);
		return;
	case REPL_OUTPUT:
		if (!for_job || !r->job.restarts)
			break;
		/* No prompt, no banner: its program runs. */
		r->own_program = true;
		repl_restarted_in_job(r, now);
		return;
	default:
		break;
	}
	if (r->state == REPL_PROBE && r->full)
		repl_in_step(r, now);
	else if (r->state == REPL_FRAME ||
	    (for_job && r->state > REPL_OUTPUT && r->state < REPL_FRAME))
		repl_end_quiet(r, now);
	else if (r->state == REPL_AGAIN || r->state == REPL_PROBE ||
	    (!for_job && r->state < REPL_LEAVE))
		repl_stumble(r, now);
	else
		repl_lose_running(r, now);
}

static void
repl_tick(struct driver *d, uint64_t now, struct driver_event *event)
{
	struct repl	*r = repl_of(d);

	repl_forget_told(r);
	if (r->n_news > 0) {
		repl_take_news(r, event);
		return;
	}
	if (now >= r->settle_at) {
		r->settle_at = DRIVER_NEVER;
		r->deaf = false;
		repl_advance(r, now);
	}
	if (now >= r->pace_at) {
		r->pace_at = DRIVER_NEVER;
		r->budget = REPL_BURST;
	}
	if (now >= r->suspect_at)
		repl_restarted_in_job(r, now);
	else if (now >= r->interrupt_at)
		repl_interrupt_again(r, now);
	else if (now >= r->deadline)
		repl_expire(r, now);
	repl_take_news(r, event);
}

static uint64_t
repl_deadline(const struct driver *d)
{
	const struct repl	*r = repl_const(d);
	uint64_t		 times[] = { r->settle_at, r->pace_at,
	    r->suspect_at, r->interrupt_at, r->deadline };
	uint64_t		 least = DRIVER_NEVER;
	size_t			 i;

	if (r->n_news > 0)
		return 0;
	for (i = 0; i < sizeof times / sizeof *times; i++)
		if (times[i] < least)
			least = times[i];
	return least;
}

static const char *
repl_about(const struct driver *d)
{
	const struct repl	*r = repl_const(d);

	return r->watch.about[0] != '\0' ? r->watch.about : NULL;
}

static bool
repl_is_in_step(const struct driver *d)
{
	return repl_const(d)->in_step;
}

static bool
repl_hears(const struct driver *d)
{
	const struct repl	*r = repl_const(d);

	return r->state == REPL_OUTPUT && r->purpose == REPL_FOR_JOB &&
	    r->interrupts == 0;
}

static void
repl_fed(struct driver *d)
{
	repl_of(d)->fed = true;
}

static enum driver_program
repl_program(const struct driver *d)
{
	const struct repl	*r = repl_const(d);

	if (r->state == REPL_CLOSED || r->touched)
		return DRIVER_PROGRAM_UNKNOWN;
	switch (r->title.says) {
	case REPL_TITLE_RUNS:
	case REPL_TITLE_STARTS:
		return DRIVER_PROGRAM_RUNS;
	case REPL_TITLE_OVER:
		return DRIVER_PROGRAM_OVER;
	default:
		return DRIVER_PROGRAM_UNKNOWN;
	}
}

static const char *
repl_language(const struct driver *d)
{
	return d->ops->name;
}

const struct driver_ops driver_repl = {
	.name		= "repl",
	.create		= repl_create,
	.destroy	= repl_destroy,
	.check		= repl_check,
	.open		= repl_open,
	.close		= repl_close,
	.run		= repl_run,
	.interrupt	= repl_interrupt,
	.feed		= repl_feed,
	.tick		= repl_tick,
	.deadline	= repl_deadline,
	.output		= repl_output,
	.sent		= repl_sent,
	.about		= repl_about,
	.in_step	= repl_is_in_step,
	.hears		= repl_hears,
	.fed		= repl_fed,
	.program	= repl_program,
	.language	= repl_language,
};
