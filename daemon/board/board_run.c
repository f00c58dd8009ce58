/* SPDX-License-Identifier: MIT */
/*
 * The running request: what the driver reports becomes output and an answer.
 *
 * A request may be stopped for several reasons (its time is up, its client left,
 * somebody interrupted it, it printed too much).  The first reason is kept, but
 * for an interrupt, which the statement may catch; the board is interrupted, and
 * the reason decides the answer when the driver says that the job is over, in
 * whichever way.  The next request starts before the
 * answer is given, so that the board does not wait for the client; but what goes
 * ahead of all others may be followed by its next step.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board_state.h"
#include "protocol/limits.h"

/* How often a silent board is tried again: at first, and at most. */
#define PROBE_FIRST_MS	5000
#define PROBE_LAST_MS	60000

void
board_finish(struct board *b, struct request *r, enum error_code error,
    struct request_result *result, const char *format, ...)
{
	struct request_result	 empty = { 0 };
	char			 message[512];
	va_list			 args;

	if (result == NULL)
		result = &empty;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	result->error = error;
	result->board = b->name;
	result->boot = b->boot;
	result->message = message;
	if (r->id != 0 && r->id == b->hold.will_id)
		board_clear_hold(b);	/* it will not run */
	request_finish(r, result);
}

static void
board_unpause(struct board *b)
{
	if (!b->paused)
		return;
	b->paused = false;
	b->host->pause(b, false, b->host_data);
}

void
board_resume(struct board *b)
{
	board_unpause(b);
}

void
board_conclude(struct board *b, enum error_code error,
    struct request_result *result, uint64_t now, const char *format, ...)
{
	struct request_result	 empty = { 0 };
	struct request		*r = b->running;
	char			 message[512];
	va_list			 args;

	if (result == NULL)
		result = &empty;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	result->started = b->started;
	b->running = NULL;
	b->stop = STOP_NONE;
	b->started = false;
	b->timeout_at = DRIVER_NEVER;
	board_unpause(b);
	if (r->id == b->hold.will_id)
		board_clear_hold(b);
	if (!r->first) {
		board_next(b, now);
		b->host->wake(b, b->host_data);
	}
	board_finish(b, r, error, result, "%s", message);
	board_next(b, now);
}

/* The answer to a request that was stopped. */
static void
board_conclude_stopped(struct board *b, struct request_result *result,
    uint64_t now)
{
	switch (b->stop) {
	case STOP_TIMEOUT:
		board_conclude(b, ERROR_TIMED_OUT, result, now,
		    "it ran longer than %llu ms on board %s and was interrupted",
		    (unsigned long long)b->running->timeout_ms, b->name);
		break;
	case STOP_OVERFLOW:
		board_conclude(b, ERROR_OUTPUT_TOO_LARGE, result, now,
		    "it printed more than %d bytes; ask for the output as it comes",
		    LIMIT_OUTPUT);
		break;
	default:
		board_conclude(b, ERROR_INTERRUPTED, result, now,
		    "it was interrupted");
	}
}

void
board_stop(struct board *b, enum board_stop stop, uint64_t now)
{
	if (b->stop == STOP_NONE || b->stop == STOP_INTERRUPT)
		b->stop = stop;
	if (stop != STOP_INTERRUPT)
		b->timeout_at = DRIVER_NEVER;
	board_unpause(b);	/* or its end would not be seen */
	driver_interrupt(b->driver, now);
}

static bool
board_is_reset(const struct request *r)
{
	return r->kind == REQUEST_SOFT_RESET || r->kind == REQUEST_HARD_RESET ||
	    r->kind == REQUEST_BOOTLOADER;
}

void
board_vanish(struct board *b, const char *reason, bool again, uint64_t now)
{
	struct request	*r = b->running;

	if (again && !b->started && b->stop == STOP_NONE) {
		b->running = NULL;
		TAILQ_INSERT_HEAD(&b->waiting, r, entry);
		b->waiting_count++;
	} else if (board_is_reset(r))
		board_conclude(b, ERROR_NONE, NULL, now, "%s", "");
	else
		board_conclude(b, ERROR_DISCONNECTED, NULL, now,
		    "board %s: %s; %s", b->name, reason, b->started ?
		    "whether the request was carried out is not known" :
		    "the request had not begun");
}

static void
board_print(struct board *b, const uint8_t *bytes, size_t len, uint64_t now)
{
	struct request	*r = b->running;
	size_t		 kept = evbuffer_get_length(r->output);

	if (b->stop == STOP_OVERFLOW || b->stop == STOP_LEFT)
		return;
	if (len > LIMIT_OUTPUT - kept) {
		evbuffer_add(r->output, bytes, LIMIT_OUTPUT - kept);
		if (b->stop != STOP_TIMEOUT)	/* it is being stopped */
			board_stop(b, STOP_OVERFLOW, now);
		return;
	}
	evbuffer_add(r->output, bytes, len);
	if (r->sink->output != NULL && !r->sink->output(r) && !b->paused &&
	    b->stop == STOP_NONE) {
		b->paused = true;
		b->host->pause(b, true, b->host_data);
	}
}

static void
board_unasked(struct board *b, const struct driver_event *event)
{
	struct board_notice	notice = {
		.kind = NOTICE_OUTPUT, .bytes = event->data, .len = event->len
	};

	history_add(&b->history, event->data, event->len);
	board_notify(b, &notice);
}

static void
board_rebooted(struct board *b)
{
	struct board_notice	notice = {
		.kind = NOTICE_BOOT, .reason = "the board restarted"
	};

	b->boot++;
	history_clear(&b->history);
	board_notify(b, &notice);
}

static void
board_started(struct board *b, uint64_t now)
{
	b->started = true;
	b->restarted = false;
	board_enter(b, BOARD_BUSY, "a request runs");
	if (b->running->timeout_ms != REQUEST_NO_LIMIT && b->stop == STOP_NONE)
		b->timeout_at = now + b->running->timeout_ms;
}

static void
board_settle(struct board *b, const char *reason)
{
	if (driver_in_step(b->driver))
		board_enter(b, BOARD_READY, reason);
	else
		board_enter(b, BOARD_LISTENING, reason);
}

static bool
board_takes(const struct request *r)
{
	return r->kind == REQUEST_LEND || r->kind == REQUEST_CONSOLE ||
	    r->kind == REQUEST_FLASH;
}

/* The driver's job is over, and it was no probe and no leaving. */
static void
board_done(struct board *b, const struct driver_event *event, uint64_t now)
{
	struct request_result	result = { 0 };

	if (event->outcome == DRIVER_BOARD_RESTARTED && b->stop == STOP_NONE) {
		board_vanish(b, "it restarted", false, now);
		return;
	}
	request_set_traceback(b->running, event->data, event->len);
	result.traceback = b->running->traceback;
	result.traceback_len = b->running->traceback_len;
	if (b->stop != STOP_NONE && (event->outcome == DRIVER_INTERRUPTED ||
	    b->stop != STOP_INTERRUPT || board_takes(b->running)))
		board_conclude_stopped(b, &result, now);
	else if (event->outcome == DRIVER_RAISED)
		board_conclude(b, ERROR_STATEMENT_FAILED, &result, now,
		    "the statement raised an exception");
	else if (event->outcome == DRIVER_REJECTED)
		board_conclude(b, ERROR_COMMAND_REJECTED, &result, now,
		    "board %s answered RR: it does not know the command, or its "
		    "parameters are not as it wants them", b->name);
	else if (b->running->kind == REQUEST_HARD_RESET ||
	    b->running->kind == REQUEST_BOOTLOADER)
		board_conclude(b, ERROR_UNSUPPORTED, NULL, now,
		    "board %s carried out its word for this reset, and did not "
		    "restart; reset it with its button", b->name);
	else {
		if (strcmp(driver_name(b->driver), "piserial") == 0)
			result.status = "OK";
		board_conclude(b, ERROR_NONE, &result, now, "%s", "");
	}
}

static void
board_silence(struct board *b, const char *reason, uint64_t now)
{
	b->probe_delay_ms = b->probe_delay_ms == 0 ? PROBE_FIRST_MS :
	    b->probe_delay_ms * 2 > PROBE_LAST_MS ? PROBE_LAST_MS :
	    b->probe_delay_ms * 2;
	b->probe_at = now + b->probe_delay_ms;
	board_enter(b, BOARD_SILENT, reason);
	board_flush(b, FLUSH_TRIED, ERROR_BOARD_SILENT, reason);
}

/*
 * The driver gave up.  The last step of a REPL's ladder is the port's: a reset,
 * once between two answers, and only if a request is waiting for it to help.  A
 * sketch may be moving something: nobody resets it unasked.
 */
static void
board_lost(struct board *b, const struct driver_event *event, uint64_t now)
{
	struct board_notice	step = {
		.kind = NOTICE_RECOVERY, .reason = "resetting it through its port"
	};
	char			reason[200];
	bool			wanted = b->running != NULL || b->waiting_count > 0;
	bool			repl = strcmp(driver_name(b->driver), "repl") == 0;

	snprintf(reason, sizeof reason, "%.*s", (int)event->len,
	    (const char *)event->data);
	if (wanted && repl && !b->restarted &&
	    b->host->restart(b, b->host_data) == 0) {
		b->restarted = true;
		board_notify(b, &step);
	} else
		board_silence(b, reason, now);
	if (b->running == NULL)
		return;
	if (b->stop != STOP_NONE)
		board_conclude_stopped(b, NULL, now);
	else
		board_conclude(b, ERROR_BOARD_SILENT, NULL, now,
		    "board %s does not answer: %s; reset it, or unplug it and "
		    "plug it in again", b->name, reason);
}

void
board_probe(struct board *b, uint64_t now)
{
	struct driver_job	sync = { .task = DRIVER_SYNC };

	b->probe_at = DRIVER_NEVER;
	if (b->open && b->running == NULL && !b->probing)
		b->probing = driver_run(b->driver, &sync, now) == 0;
}

/* The driver's job is over: a request, a probe, or the leaving. */
static void
board_over(struct board *b, const struct driver_event *event, uint64_t now)
{
	bool	own = b->running == NULL;

	b->probing = false;
	if (own && b->leaving) {
		b->left = true;
		return;
	}
	if (!own && board_takes(b->running) && b->stop == STOP_NONE) {
		board_take(b, now);	/* also if it could not be left well */
		return;
	}
	if (event->type == DRIVER_LOST)
		board_lost(b, event, now);
	else {
		b->probe_at = DRIVER_NEVER;
		b->probe_delay_ms = 0;
		if (own)
			board_settle(b, "it answers again");
		else
			board_done(b, event, now);
		board_next(b, now);
		if (b->running == NULL && b->open && b->state != BOARD_SILENT)
			board_settle(b, "it is idle");
	}
	if (b->leaving)
		board_leave(b, now);
}

void
board_event(struct board *b, const struct driver_event *event, uint64_t now)
{
	struct board_notice	step = { .kind = NOTICE_RECOVERY };
	char			reason[200];

	switch (event->type) {
	case DRIVER_NONE:
		break;
	case DRIVER_SPEED:
		b->host->change_speed(b, b->host_data);
		/* FALLTHROUGH */
	case DRIVER_STEP:
		snprintf(reason, sizeof reason, "%.*s", (int)event->len,
		    (const char *)event->data);
		step.reason = reason;
		board_enter(b, BOARD_RECOVERING, reason);
		board_notify(b, &step);
		break;
	case DRIVER_STARTED:
		if (b->running != NULL)
			board_started(b, now);
		break;
	case DRIVER_OUTPUT:
		if (b->running != NULL)
			board_print(b, event->data, event->len, now);
		break;
	case DRIVER_UNASKED:
		if (b->state == BOARD_SILENT)
			board_settle(b, "it speaks again");
		board_unasked(b, event);
		break;
	case DRIVER_RESTARTED:
		board_rebooted(b);
		break;
	case DRIVER_DONE:
	case DRIVER_LOST:
		board_over(b, event, now);
		break;
	}
}
