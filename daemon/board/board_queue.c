/* SPDX-License-Identifier: MIT */
/*
 * The queue of a board: in order of arrival.  While a hold is on, only requests
 * with its token may run; the others keep their places.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "board_state.h"
#include "protocol/limits.h"

bool
board_admits(const struct board *b, const char *token)
{
	return !b->hold.on || strcmp(b->hold.token, token) == 0;
}

static void
board_unlink(struct board *b, struct request *r)
{
	TAILQ_REMOVE(&b->waiting, r, entry);
	b->waiting_count--;
}

static void
board_refuse_busy(struct board *b, struct request *r)
{
	struct request_result	 result = { 0 };
	const struct client	*holder = &b->hold.client;

	if (b->hold.on)
		result.holder = holder;
	else if (b->running != NULL)
		result.holder = &b->running->client;
	if (b->hold.on)
		board_finish(b, r, ERROR_BOARD_BUSY, &result,
		    "board %s is held by %s (pid %d, user %s); wait for it, or "
		    "ask for longer with --wait", b->name, holder->program,
		    (int)holder->pid, holder->user);
	else if (b->away)
		board_finish(b, r, ERROR_BOARD_BUSY, NULL,
		    "board %s is %s; ask for longer with --wait", b->name,
		    board_state_name(b->state));
	else
		board_finish(b, r, ERROR_BOARD_BUSY, &result,
		    "board %s is busy with others' requests; ask for longer "
		    "with --wait", b->name);
}

/* Whether a board that is not away can do it: in BOOTSEL, only be flashed. */
static bool
board_runs(const struct board *b, const struct request *r)
{
	return b->open || (b->bootsel && r->kind == REQUEST_FLASH);
}

/* Whether a request cannot be taken at all; then it is finished. */
static bool
board_refuse(struct board *b, struct request *r)
{
	const char	*why;

	if (b->leaving)
		board_finish(b, r, ERROR_DISCONNECTED, NULL, "picod is ending");
	else if (r->kind == REQUEST_RUN &&
	    driver_check(b->driver_ops, r->text, r->len, &why) < 0)
		board_finish(b, r, ERROR_INVALID_COMMAND, NULL,
		    "this cannot be sent to board %s: %s", b->name, why);
	else if (b->waiting_count >= LIMIT_QUEUE)
		board_finish(b, r, ERROR_LIMIT_EXCEEDED, NULL,
		    "%d requests wait for board %s already", LIMIT_QUEUE, b->name);
	else if (b->state == BOARD_UNCLAIMED)
		board_finish(b, r, ERROR_UNSUPPORTED, NULL,
		    "picod leaves %s alone: %s", b->name, b->problem);
	else if (!b->open && !b->away && b->coming_at == DRIVER_NEVER &&
	    !r->wait_given && !board_runs(b, r))
		board_finish(b, r, ERROR_BOARD_ABSENT, NULL,
		    "board %s is not there: %s", b->name, b->problem);
	else if (r->kind == REQUEST_HOLD && !r->wait_given && b->hold.on)
		board_refuse_busy(b, r);
	else
		return false;
	return true;
}

void
board_submit(struct board *b, struct request *r, uint64_t now)
{
	if (board_refuse(b, r))
		return;
	r->id = b->next_id++;
	r->deadline = r->wait_ms == REQUEST_NO_LIMIT ? DRIVER_NEVER :
	    now + r->wait_ms;
	if (r->first)
		TAILQ_INSERT_HEAD(&b->waiting, r, entry);
	else
		TAILQ_INSERT_TAIL(&b->waiting, r, entry);
	b->waiting_count++;
	board_next(b, now);
	b->host->wake(b, b->host_data);
}

static const char bootloader[] =
    "try:\n import machine\n machine.bootloader()\n"
    "except ImportError:\n import microcontroller as m\n"
    " m.on_next_reset(m.RunMode.UF2)\n m.reset()\n";
/* MicroPython's own word, CircuitPython's, and that of a micro:bit. */
static const char hard_reset[] =
    "try:\n import machine as m\n m.reset\n"
    "except (ImportError,AttributeError):\n"
    " try:\n  import microcontroller as m\n"
    " except ImportError:\n  import microbit as m\n"
    "m.reset()\n";

/* A board is left before it is flashed, and some in their boot loader. */
static struct driver_job
board_flash_job(const struct board *b, const struct request *r)
{
	const char	*language = driver_name(b->driver);

	if (r->len > 0 && strcmp(language, "repl") == 0)
		return (struct driver_job){ .text = bootloader,
		    .len = sizeof bootloader - 1 };
	if (r->len > 0 && strcmp(language, "piserial") == 0)
		return (struct driver_job){ .text = r->text, .len = r->len };
	return (struct driver_job){ .task = DRIVER_LEAVE };
}

/* What a request is to the driver. */
static struct driver_job
board_job(const struct board *b, const struct request *r)
{
	switch (r->kind) {
	case REQUEST_SOFT_RESET:
		return (struct driver_job){ .task = DRIVER_SOFT_RESET };
	case REQUEST_LEND:
	case REQUEST_CONSOLE:
		return (struct driver_job){ .task = DRIVER_LEAVE };
	case REQUEST_FLASH:
		return board_flash_job(b, r);
	case REQUEST_BOOTLOADER:
		return (struct driver_job){ .text = bootloader,
		    .len = sizeof bootloader - 1 };
	case REQUEST_HARD_RESET:
		return (struct driver_job){ .text = hard_reset,
		    .len = sizeof hard_reset - 1 };
	default:
		return (struct driver_job){ .text = r->text, .len = r->len };
	}
}

/* Whether the language that was found cannot say it, whatever may have been. */
static bool
board_has_no_words(const struct board *b, const char **why)
{
	const struct request	*r = b->running;
	const struct driver_ops	*found = driver_find(driver_name(b->driver));

	return r->kind == REQUEST_RUN && found != NULL &&
	    driver_check(found, r->text, r->len, why) < 0;
}

/* The driver would not take it: the request is finished. */
static void
board_refused(struct board *b, int error, uint64_t now)
{
	const char	*why;

	if (board_has_no_words(b, &why))
		board_conclude(b, ERROR_INVALID_COMMAND, NULL, now,
		    "this cannot be sent to board %s: %s", b->name, why);
	else if (error == -EACCES)
		board_conclude(b, ERROR_UNSUPPORTED, NULL, now,
		    "board %s runs a program of its own, and its configuration "
		    "says interrupt = no", b->name);
	else if (error == -ENOTSUP)
		board_conclude(b, ERROR_UNSUPPORTED, NULL, now,
		    "board %s has no such reset; reset it with its button",
		    b->name);
	else
		board_conclude(b, ERROR_DISCONNECTED, NULL, now,
		    "board %s: %s", b->name, strerror(-error));
}

static void
board_start(struct board *b, struct request *r, uint64_t now)
{
	struct driver_job	job = board_job(b, r);
	int			error;

	b->running = r;
	if (b->bootsel) {
		board_take(b, now);
		return;
	}
	if (r->kind == REQUEST_HARD_RESET &&
	    b->host->restart(b, b->host_data) == 0) {
		b->started = true;
		return;		/* board_closed() ends it */
	}
	if (job.task == DRIVER_RUN && r->kind != REQUEST_RUN &&
	    r->kind != REQUEST_FLASH && strcmp(driver_name(b->driver), "piserial") == 0)
		error = -ENOTSUP;
	else
		error = driver_run(b->driver, &job, now);
	if (error < 0 && r->kind == REQUEST_FLASH)
		board_take(b, now);	/* it is written to all the same */
	else if (error < 0)
		board_refused(b, error, now);
}

/* The first request that may run. */
static struct request *
board_first(struct board *b)
{
	struct request	*r;

	TAILQ_FOREACH(r, &b->waiting, entry)
		if (board_admits(b, r->token) && board_runs(b, r))
			return r;
	return NULL;
}

void
board_next(struct board *b, uint64_t now)
{
	struct request	*r;

	/* When picod ends, a last will still runs; nothing else is admitted. */
	while (!b->away && b->running == NULL && !b->probing &&
	    (!b->leaving || b->hold.will_id != 0) &&
	    (r = board_first(b)) != NULL) {
		board_unlink(b, r);
		if (r->kind == REQUEST_HOLD)
			board_grant(b, r, now);
		else
			board_start(b, r, now);
	}
}

void
board_withdraw(struct board *b, struct request *r, uint64_t now)
{
	request_abandon(r);
	if (r == b->running) {
		board_stop(b, STOP_LEFT, now);
	} else {
		board_unlink(b, r);
		request_destroy(r);
	}
	b->host->wake(b, b->host_data);
}

int
board_interrupt(struct board *b, uint64_t now)
{
	if (b->away)
		return -EBUSY;
	if (!b->open)
		return -ENOTCONN;
	if (b->running != NULL)
		board_stop(b, STOP_INTERRUPT, now);
	else if (!b->may_interrupt)
		return -ENOTSUP;
	else
		driver_interrupt(b->driver, now);
	b->host->wake(b, b->host_data);
	return 0;
}

int
board_cancel(struct board *b, uint64_t id, uint64_t now)
{
	struct request	*r;

	if (b->running != NULL && b->running->id == id)
		return board_interrupt(b, now);
	TAILQ_FOREACH(r, &b->waiting, entry)
		if (r->id == id)
			break;
	if (r == NULL)
		return -ENOENT;
	board_unlink(b, r);
	board_finish(b, r, ERROR_INTERRUPTED, NULL,
	    "it was taken out of the queue");
	return 0;
}

static bool
board_flushes(const struct board *b, enum board_flush which,
    const struct request *r)
{
	switch (which) {
	case FLUSH_IMPATIENT: return !r->wait_given;
	case FLUSH_TRIED: return r->id != b->hold.will_id;
	default: return true;
	}
}

/* Finishing a request may change the queue in any way: begin again each time. */
static struct request *
board_first_flushed(struct board *b, enum board_flush which, uint64_t last_id)
{
	struct request	*r;

	TAILQ_FOREACH(r, &b->waiting, entry)
		if (r->id < last_id && board_flushes(b, which, r))
			return r;
	return NULL;
}

void
board_flush(struct board *b, enum board_flush which, enum error_code error,
    const char *why)
{
	uint64_t	 last_id = b->next_id;	/* not those that come meanwhile */
	struct request	*r;

	while ((r = board_first_flushed(b, which, last_id)) != NULL) {
		board_unlink(b, r);
		board_finish(b, r, error, NULL, "board %s: %s", b->name, why);
	}
}

void
board_queue_tick(struct board *b, uint64_t now)
{
	struct request	*r;

	for (;;) {
		TAILQ_FOREACH(r, &b->waiting, entry)
			if (r->deadline <= now)
				break;
		if (r == NULL)
			return;
		board_unlink(b, r);
		if (!b->open && !b->away)
			board_finish(b, r, ERROR_BOARD_ABSENT, NULL,
			    "board %s did not come back in time: %s", b->name,
			    b->problem);
		else if (r->id == b->hold.will_id)
			board_finish(b, r, ERROR_BOARD_BUSY, NULL,
			    "board %s was %s for too long", b->name,
			    board_state_name(b->state));
		else
			board_refuse_busy(b, r);
	}
}

uint64_t
board_queue_deadline(const struct board *b)
{
	const struct request	*r;
	uint64_t		 at = DRIVER_NEVER;

	TAILQ_FOREACH(r, &b->waiting, entry)
		if (r->deadline < at)
			at = r->deadline;
	return at;
}
