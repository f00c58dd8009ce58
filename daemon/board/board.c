/* SPDX-License-Identifier: MIT */
/*
 * The life of a board and its way from the port to the driver and back.  The
 * queue is in board_queue.c, the running request in board_run.c, holds are in
 * board_hold.c.
 *
 * Whoever calls in here finds the board in a sane state and leaves it so: every
 * entry ends by waking the host, which sends what there is to send.
 */
#include "board_state.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"

static void
flash_free(struct board_flash *flash)
{
	free((char *)(uintptr_t)flash->flasher);
	free((char *)(uintptr_t)flash->part);
	free((char *)(uintptr_t)flash->programmer);
}

/* A copy of a string that may be absent; false: memory is short. */
static bool
copy_string(const char *from, const char **to)
{
	*to = from == NULL ? NULL : strdup(from);
	return from == NULL || *to != NULL;
}

int
board_set_flash(struct board *b, const struct board_flash *flash)
{
	struct board_flash	copy = { .baud = flash->baud };

	if (!copy_string(flash->flasher, &copy.flasher) ||
	    !copy_string(flash->part, &copy.part) ||
	    !copy_string(flash->programmer, &copy.programmer)) {
		flash_free(&copy);
		return -ENOMEM;
	}
	flash_free(&b->flash);
	b->flash = copy;
	return 0;
}

struct board *
board_create(const struct board_options *options, const struct board_host *host,
    void *host_data, uint64_t boot)
{
	struct board	*b = calloc(1, sizeof *b);

	if (b == NULL)
		return NULL;
	b->name = strdup(options->name);
	b->number = options->number;
	b->port = strdup(options->port == NULL ? "" : options->port);
	b->driver_ops = options->driver;
	b->driver = driver_create(options->driver, &options->driver_options);
	b->may_interrupt = options->driver_options.may_interrupt;
	b->host = host;
	b->host_data = host_data;
	b->boot = boot;
	b->next_id = 1;
	b->timeout_at = b->probe_at = b->coming_at = DRIVER_NEVER;
	b->hold.deadline = DRIVER_NEVER;
	TAILQ_INIT(&b->waiting);
	history_init(&b->history, LIMIT_HISTORY);
	b->typed = evbuffer_new();
	if (b->name == NULL || b->port == NULL || b->driver == NULL ||
	    b->typed == NULL || board_set_flash(b, &options->flash) < 0) {
		board_destroy(b, 0);
		return NULL;
	}
	return b;
}

void
board_destroy(struct board *b, uint64_t now)
{
	if (b == NULL)
		return;
	b->open = b->bootsel = false;	/* nothing starts any more */
	b->leaving = true;
	if (b->running != NULL)
		board_conclude(b, ERROR_DISCONNECTED, NULL, now,
		    "picod ended or no longer serves board %s", b->name);
	board_flush(b, FLUSH_ALL, ERROR_DISCONNECTED,
	    "picod ended or no longer serves the board");
	board_end_hold(b);
	if (b->typed != NULL) {
		board_end_away(b);
		evbuffer_free(b->typed);
	}
	driver_destroy(b->driver);
	history_finish(&b->history);
	flash_free(&b->flash);
	free(b->name);
	free(b->port);
	free(b);
}

void
board_notify(struct board *b, const struct board_notice *notice)
{
	b->host->notice(b, notice, b->host_data);
}

void
board_enter(struct board *b, enum board_state state, const char *reason)
{
	struct board_notice	notice = { .kind = NOTICE_STATE, .reason = reason };

	if (b->state == state)
		return;
	b->state = state;
	if (state == BOARD_SILENT || state == BOARD_ABSENT)
		board_set_problem(b, reason);
	else
		b->problem[0] = '\0';
	board_notify(b, &notice);
}

void
board_set_problem(struct board *b, const char *reason)
{
	snprintf(b->problem, sizeof b->problem, "%s", reason);
}

/* It is not expected any more: those who would wait no longer are told why. */
static void
board_give_up(struct board *b)
{
	char	why[sizeof b->problem];

	b->coming_at = DRIVER_NEVER;
	snprintf(why, sizeof why, "%s", b->problem);
	board_flush(b, FLUSH_IMPATIENT, ERROR_BOARD_ABSENT, why);
}

/* A board that was flashed comes back as another device: its port goes first. */
void
board_failed(struct board *b, const char *reason)
{
	board_set_problem(b, reason);
	if (b->coming_at != DRIVER_NEVER && !b->becoming)
		board_give_up(b);
}

void
board_disown(struct board *b, const char *problem)
{
	board_enter(b, BOARD_UNCLAIMED, problem);
	board_set_problem(b, problem);
}

int
board_set_port(struct board *b, const char *port, const struct board_usb *usb)
{
	char	*copy = strdup(port);

	if (copy == NULL)
		return -ENOMEM;
	free(b->port);
	b->port = copy;
	if (usb != NULL)
		b->usb = *usb;
	return 0;
}

int
board_set_driver(struct board *b, const struct driver_ops *ops,
    const struct driver_options *options)
{
	struct driver	*driver = driver_create(ops, options);

	if (driver == NULL)
		return -ENOMEM;
	assert(!b->open && b->running == NULL);
	driver_destroy(b->driver);
	b->driver = driver;
	b->driver_ops = ops;
	b->may_interrupt = options->may_interrupt;
	return 0;
}

static void
board_wake(struct board *b)
{
	b->host->wake(b, b->host_data);
}

void
board_opened(struct board *b, uint64_t settle_ms, bool ask, uint64_t now)
{
	b->away = false;
	b->open = true;
	b->boot++;
	b->probe_at = b->coming_at = DRIVER_NEVER;
	b->probing = false;
	history_clear(&b->history);
	driver_close(b->driver);
	driver_open(b->driver, settle_ms, ask, now);
	board_enter(b, BOARD_LISTENING, "its port was opened");
	if (b->running != NULL)
		board_vanish(b, "it was reset", true, now);
	board_next(b, now);
	board_wake(b);
}

/* Several events may be due at the same time; the driver gives one a call. */
static void
board_tick_driver(struct board *b, uint64_t now)
{
	struct driver_event	event;

	while (b->open && !b->away && driver_deadline(b->driver) <= now) {
		driver_tick(b->driver, now, &event);
		if (event.type == DRIVER_NONE)
			return;
		board_event(b, &event, now);
	}
}

/* Whoever has its port, or its bytes, has not any more; false: it was closed. */
static bool
board_shut(struct board *b, const char *reason, uint64_t coming_at, uint64_t now)
{
	board_tick_driver(b, now);	/* above all, that the job had begun */
	if (!b->open)
		return false;	/* it was left, and taken, that very moment */
	b->open = false;
	b->coming_at = coming_at;
	b->restarted = b->probing = false;
	b->probe_at = DRIVER_NEVER;
	driver_close(b->driver);
	board_enter(b, BOARD_ABSENT, reason);
	board_end_away(b);
	return true;
}

void
board_closed(struct board *b, const char *reason, uint64_t now)
{
	if (!board_shut(b, reason, DRIVER_NEVER, now))
		return;
	if (b->running != NULL && b->running->kind == REQUEST_FLASH &&
	    b->stop == STOP_NONE) {
		board_take(b, now);	/* into its boot loader, it seems */
		return;
	}
	if (b->running != NULL)
		board_vanish(b, reason, b->running->wait_given, now);
	board_flush(b, FLUSH_IMPATIENT, ERROR_BOARD_ABSENT, reason);
	board_wake(b);
}

void
board_reopens(struct board *b, const char *reason, uint64_t now)
{
	if (!board_shut(b, reason, now + BOARD_OPEN_MS, now))
		return;
	if (b->running != NULL)
		board_vanish(b, reason, true, now);
	board_wake(b);
}

void
board_feed(struct board *b, const uint8_t *buf, size_t len, uint64_t now)
{
	struct board_notice	trace = {
		.kind = NOTICE_TRACE, .bytes = buf, .len = len
	};
	struct driver_event	event;
	size_t			n;

	board_notify(b, &trace);
	assert(b->console == NULL || b->away);
	if (b->console != NULL) {
		if (!b->console->bytes(b->console_arg, buf, len) && !b->paused) {
			b->paused = true;
			b->host->pause(b, true, b->host_data);
		}
		return;
	}
	while (len > 0 && b->open && !b->away) {
		n = driver_feed(b->driver, buf, len, now, &event);
		buf += n;
		len -= n;
		board_event(b, &event, now);
	}
	board_tick_driver(b, now);
	board_wake(b);
}

void
board_tick(struct board *b, uint64_t now)
{
	board_tick_driver(b, now);
	if (now >= b->timeout_at)
		board_stop(b, STOP_TIMEOUT, now);
	if (now >= b->probe_at)
		board_probe(b, now);
	if (now >= b->hold.deadline)
		board_release(b, b->hold.token, true, now);
	if (now >= b->coming_at)
		board_give_up(b);
	board_queue_tick(b, now);
	board_wake(b);
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
board_deadline(const struct board *b)
{
	uint64_t	at = earlier(b->probe_at, b->hold.deadline);

	at = earlier(at, b->timeout_at);
	at = earlier(at, b->coming_at);
	at = earlier(at, board_queue_deadline(b));
	return b->open && !b->away ?
	    earlier(at, driver_deadline(b->driver)) : at;
}

size_t
board_output(const struct board *b, const uint8_t **bytes)
{
	size_t	len = evbuffer_get_contiguous_space(b->typed);

	if (!b->open)
		return 0;
	if (!b->away)
		return driver_output(b->driver, bytes);
	*bytes = evbuffer_pullup(b->typed, (ev_ssize_t)len);
	return len;
}

void
board_sent(struct board *b, size_t n, uint64_t now)
{
	struct board_notice	 trace = { .kind = NOTICE_TRACE, .to_board = true };
	const uint8_t		*bytes;

	board_output(b, &bytes);
	trace.bytes = bytes;
	trace.len = n;
	board_notify(b, &trace);
	if (!b->away) {
		driver_sent(b->driver, n, now);
		return;
	}
	evbuffer_drain(b->typed, n);
	if (b->console != NULL && evbuffer_get_length(b->typed) == 0)
		b->console->room(b->console_arg);
}

void
board_leave(struct board *b, uint64_t now)
{
	struct driver_job	leave = { .task = DRIVER_LEAVE };

	b->leaving = true;
	if (b->running != NULL) {
		if (b->running->id != b->hold.will_id)
			board_stop(b, STOP_LEFT, now);
	} else if (b->open && !b->away &&
	    driver_run(b->driver, &leave, now) < 0)
		b->left = true;
	if ((!b->open || b->away) && b->hold.will_id == 0)
		b->left = true;
	board_wake(b);
}

bool
board_left(const struct board *b)
{
	return b->left;
}
