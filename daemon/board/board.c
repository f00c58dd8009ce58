/* SPDX-License-Identifier: MIT */
/*
 * The life of a board, and its way from the port to the driver and back.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "board_state.h"
#include "protocol/limits.h"

static void
flash_free(struct board_flash *flash)
{
	free((char *)(uintptr_t)flash->flasher);
	free((char *)(uintptr_t)flash->part);
	free((char *)(uintptr_t)flash->programmer);
}

/* Of one that may be absent. */
static char *
copy_string(const char *s)
{
	return s == NULL ? NULL : xstrdup(s);
}

void
board_set_flash(struct board *b, const struct board_flash *flash)
{
	struct board_flash	copy = {
		.flasher = copy_string(flash->flasher),
		.part = copy_string(flash->part),
		.programmer = copy_string(flash->programmer),
		.baud = flash->baud,
	};

	flash_free(&b->flash);
	b->flash = copy;
}

struct board *
board_create(const struct board_options *options, uint64_t boot)
{
	struct board	*b = xcalloc(1, sizeof *b);

	queue_init(&b->queue);
	hold_init(&b->hold);
	tell_init(&b->tell);
	history_init(&b->history, LIMIT_HISTORY);
	tape_init(&b->tape, LIMIT_TAPE);
	b->name = xstrdup(options->name);
	b->number = options->number;
	b->port = xstrdup(options->port == NULL ? "" : options->port);
	b->owner = options->owner;
	b->driver_ops = options->driver;
	b->driver = xhave(driver_create(options->driver,
	    &options->driver_options));
	b->may_interrupt = options->driver_options.may_interrupt;
	b->tell.baud = options->driver_options.baud;
	b->boot = boot;
	b->next_id = 1;
	b->turn.timeout_at = b->probe_at = b->coming_at = DRIVER_NEVER;
	b->away.typed = evbuffer_new();
	b->input = evbuffer_new();
	share_init(&b->readings);
	board_set_flash(b, &options->flash);
	return b;
}

void
board_end(struct board *b)
{
	b->stay = BOARD_ENDS;
	away_end(b);
	if (b->turn.request != NULL)
		run_conclude(b, ERROR_DISCONNECTED,
		    "picod ended or no longer serves board %s", b->name);
	board_flush(b, FLUSH_ALL, ERROR_DISCONNECTED,
	    "picod ended or no longer serves the board");
	board_drop_hold(b);
}

void
board_destroy(struct board *b)
{
	if (b == NULL)
		return;
	assert(b->turn.request == NULL && b->queue.count == 0);
	tell_finish(&b->tell);
	driver_destroy(b->driver);
	evbuffer_free(b->away.typed);
	evbuffer_free(b->input);
	history_finish(&b->history);
	tape_finish(&b->tape);
	share_finish(&b->readings);
	flash_free(&b->flash);
	free(b->will_failed);
	free(b->name);
	free(b->port);
	free(b);
}

void
board_disown(struct board *b, const char *problem)
{
	board_enter(b, BOARD_UNCLAIMED, problem);
	board_set_problem(b, problem);
}

void
board_set_port(struct board *b, const char *port, const struct board_usb *usb)
{
	char	*copy = xstrdup(port);	/* which may be the board's own */

	free(b->port);
	b->port = copy;
	if (usb != NULL)
		b->usb = *usb;
}

void
board_set_baud(struct board *b, unsigned baud)
{
	driver_set_baud(b->driver, baud);
	b->tell.baud = baud;
	b->tell.new_baud = false;
}

void
board_set_driver(struct board *b, const struct driver_ops *ops,
    const struct driver_options *options)
{
	assert(!board_is_open(b));
	driver_destroy(b->driver);
	b->driver = xhave(driver_create(ops, options));
	b->driver_ops = ops;
	b->may_interrupt = options->may_interrupt;
	b->tell.baud = options->baud;
	b->tell.new_baud = false;
}

/* Whether the driver has the board: its port is open, and it is no console. */
static bool
board_is_driven(const struct board *b)
{
	return board_is_open(b) && b->state != BOARD_CONSOLE;
}

/* -------------------------------------------------------------- the bytes */

size_t
board_feed(struct board *b, const uint8_t *buf, size_t len, uint64_t now)
{
	struct driver_event	event;
	size_t			n;

	if (b->away.console != NULL) {
		b->away.bytes = buf;
		b->away.len = len;
	}
	if (!board_is_driven(b))
		return len;
	n = driver_feed(b->driver, buf, len, now, &event);
	board_hear(b, &event, now);
	return n;
}

/* The first bytes of a buffer, as they lie. */
static size_t
board_peek(struct evbuffer *buf, const uint8_t **bytes)
{
	size_t	len = evbuffer_get_contiguous_space(buf);

	*bytes = evbuffer_pullup(buf, (ev_ssize_t)len);
	return len;
}

/* What is for the job goes when the driver has nothing to say itself. */
size_t
board_output(const struct board *b, const uint8_t **bytes)
{
	size_t	len;

	if (b->tell.port != WISH_NONE || b->tell.new_baud)
		return 0;		/* the port is about to change */
	if (!board_is_driven(b))
		return board_peek(b->away.typed, bytes);
	len = driver_output(b->driver, bytes);
	return len > 0 || !driver_hears(b->driver) ? len :
	    board_peek(b->input, bytes);
}

void
board_sent(struct board *b, size_t n, uint64_t now)
{
	const uint8_t	*bytes;

	if (board_is_driven(b)) {
		if (driver_output(b->driver, &bytes) > 0)
			driver_sent(b->driver, n, now);
		else if (evbuffer_drain(b->input, n) == 0) {
			driver_fed(b->driver);
			b->turn.fed = board_input_waiting(b) == 0;
		}
		return;
	}
	evbuffer_drain(b->away.typed, n);
	b->away.room = evbuffer_get_length(b->away.typed) == 0;
}

/* --------------------------------------------------------------- the time */

bool
board_tick(struct board *b, uint64_t now)
{
	struct driver_event	event;

	if (board_is_driven(b) && driver_deadline(b->driver) <= now) {
		driver_tick(b->driver, now, &event);
		board_hear(b, &event, now);
		if (event.type != DRIVER_NONE)
			return true;
	}
	if (now >= b->turn.timeout_at)
		run_stop(b, STOP_TIMEOUT, now);
	if (now >= b->probe_at)
		board_probe(b, now);
	if (now >= b->hold.deadline)
		board_release(b, b->hold.token, true, now);
	if (now >= b->coming_at)
		board_give_up(b);
	board_expire(b, now);
	board_advance(b, now);
	return false;
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

	at = earlier(at, b->turn.timeout_at);
	at = earlier(at, b->coming_at);
	at = earlier(at, queue_deadline(&b->queue));
	return board_is_driven(b) ? earlier(at, driver_deadline(b->driver)) :
	    at;
}

/* --------------------------------------------------------------- the rest */

void
board_overflow(struct board *b, uint64_t now)
{
	if (run_is_on(b))
		run_stop(b, STOP_OVERFLOW, now);
}

void
board_leave(struct board *b, uint64_t now)
{
	struct request	*r = b->turn.request;

	if (b->stay == BOARD_STAYS)
		b->stay = BOARD_LEAVES;
	/* What ends by itself all the same has its answer. */
	if (r != NULL && !hold_is_will(&b->hold, r))
		run_stop(b, STOP_INTERRUPT, now);
	board_advance(b, now);
}

bool
board_left(const struct board *b)
{
	return b->stay == BOARD_HAS_LEFT;
}
