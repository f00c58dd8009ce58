/* SPDX-License-Identifier: MIT */
/*
 * A board out of service: lent to another program, being flashed, or the console
 * of one client.  It is taken in the order of the queue, after the driver left
 * it as a person would find it, and given back in whatever state it is then.
 */
#include "board_state.h"

#include <stdio.h>

/* Bytes a console may be ahead of the port. */
#define TYPED_MAX	4096

/* For a board that was flashed to come back. */
#define BACK_MS		20000

static enum board_state
away_state(enum request_kind kind)
{
	switch (kind) {
	case REQUEST_CONSOLE: return BOARD_CONSOLE;
	case REQUEST_FLASH: return BOARD_FLASHING;
	default: return BOARD_LENT;
	}
}

static const char *
away_reason(enum request_kind kind)
{
	switch (kind) {
	case REQUEST_CONSOLE: return "a client has its console";
	case REQUEST_FLASH: return "its firmware is being written";
	default: return "it is lent to another program";
	}
}

void
board_take(struct board *b, uint64_t now)
{
	enum request_kind	kind = b->running->kind;

	driver_close(b->driver);
	b->away = true;
	b->becoming = kind == REQUEST_FLASH;
	b->probe_at = b->coming_at = DRIVER_NEVER;
	board_enter(b, away_state(kind), away_reason(kind));
	if (kind != REQUEST_CONSOLE) {
		b->open = false;
		b->host->release(b, true, b->host_data);
	}
	board_conclude(b, ERROR_NONE, NULL, now, "%s", "");
}

void
board_end_away(struct board *b)
{
	const struct board_console	*console = b->console;

	b->away = false;
	b->console = NULL;
	evbuffer_drain(b->typed, evbuffer_get_length(b->typed));
	board_resume(b);
	if (console != NULL)
		console->ended(b->console_arg);
}

/* Those who come until its port is open again wait for that. */
static void
board_await(struct board *b, uint64_t now)
{
	board_enter(b, BOARD_ABSENT, "it was given back");
	b->coming_at = now + (b->becoming ? BACK_MS : BOARD_OPEN_MS);
	b->host->release(b, false, b->host_data);
	board_set_bootsel(b, b->bootsel, now);
}

void
board_return(struct board *b, uint64_t now)
{
	if (!b->away)
		return;
	b->console = NULL;	/* he knows */
	board_end_away(b);
	if (b->open) {
		driver_open(b->driver, 0, false, now);
		board_enter(b, BOARD_LISTENING, "its console was closed");
		board_next(b, now);
	} else
		board_await(b, now);
	b->host->wake(b, b->host_data);
}

void
board_set_bootsel(struct board *b, bool bootsel, uint64_t now)
{
	char	problem[sizeof b->problem];

	b->bootsel = bootsel;
	if (bootsel)
		b->becoming = true;
	if (b->away || b->open)
		return;
	if (!bootsel) {
		if (b->state == BOARD_BOOTSEL)
			board_enter(b, BOARD_ABSENT, "it left BOOTSEL, or it is "
			    "unplugged; plug it in");
		return;
	}
	board_enter(b, BOARD_BOOTSEL, "it is in BOOTSEL");
	snprintf(problem, sizeof problem, "it is in BOOTSEL and waits for "
	    "firmware: picoctl flash -b %s pinserver, or --micropython FILE.uf2",
	    b->name);
	board_set_problem(b, problem);
	board_next(b, now);
}

void
board_set_console(struct board *b, const struct board_console *console, void *arg)
{
	b->console = console;
	b->console_arg = arg;
}

size_t
board_type(struct board *b, const uint8_t *bytes, size_t len, uint64_t now)
{
	size_t	room = TYPED_MAX - evbuffer_get_length(b->typed);

	(void)now;
	if (b->console == NULL)
		return len;	/* it is over, and with it what is typed */
	if (len > room)
		len = room;
	evbuffer_add(b->typed, bytes, len);
	b->host->wake(b, b->host_data);
	return len;
}
