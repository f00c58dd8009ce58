/* SPDX-License-Identifier: MIT */
/*
 * A board out of service: lent to another program, being flashed, or the console
 * of one client.  It is taken in the order of the queue, after the driver left
 * it as a person would find it, and given back in whatever state it is then.
 */
#include <stdio.h>

#include "board_state.h"

/* Bytes a console may be ahead of the port. */
#define TYPED_MAX	4096

/* For a board that was flashed to come back. */
#define BACK_MS		20000

void
away_take(struct board *b)
{
	board_close_driver(b);
	b->coming_at = DRIVER_NEVER;
	b->becoming = false;
	b->away.client = b->turn.request->client;
	switch (b->turn.request->kind) {
	case REQUEST_CONSOLE:
		board_enter_for(b, BOARD_CONSOLE, "it is the console of",
		    &b->away.client);
		break;
	case REQUEST_FLASH:
		b->becoming = true;
		board_enter_for(b, BOARD_FLASHING, "its firmware is being "
		    "written for", &b->away.client);
		b->tell.port = WISH_CLOSED;
		break;
	default:
		board_enter_for(b, BOARD_LENT, "it is lent to",
		    &b->away.client);
		b->tell.port = WISH_CLOSED;
	}
	run_conclude(b, ERROR_NONE, "%s", "");
}

/* The console is not connected any more, and what was typed there is forgotten. */
static void
away_disconnect(struct away *a)
{
	a->console = NULL;
	a->len = 0;
	a->room = a->hung_up = false;
	evbuffer_drain(a->typed, evbuffer_get_length(a->typed));
}

void
away_end(struct board *b)
{
	const struct board_console	*console = b->away.console;

	away_disconnect(&b->away);
	b->away.console = console;
	b->away.hung_up = console != NULL;
}

void
away_return(struct board *b, uint64_t now)
{
	away_disconnect(&b->away);	/* he knows */
	if (b->state == BOARD_CONSOLE) {
		driver_open(b->driver, 0, false, now);
		board_enter(b, BOARD_LISTENING, "its console was closed");
		return;
	}
	/* Those who come until its port is open again wait for that. */
	board_enter(b, BOARD_ABSENT, "it was given back");
	b->coming_at = now + (b->becoming ? BACK_MS : BOARD_OPEN_MS);
	b->tell.port = WISH_OPEN;
	if (b->loader[0] != '\0')
		away_enter_loader(b);
}

void
away_enter_loader(struct board *b)
{
	board_enter(b, BOARD_BOOTLOADER, "it is in its boot loader");
	board_set_problem(b, b->loader);
}

void
board_set_console(struct board *b, const struct board_console *console, void *arg)
{
	b->away.console = console;
	b->away.console_arg = arg;
}

size_t
board_type(struct board *b, const uint8_t *bytes, size_t len)
{
	size_t	room = TYPED_MAX - evbuffer_get_length(b->away.typed);

	if (b->away.console == NULL || b->away.hung_up)
		return len;	/* it is over, and with it what is typed */
	if (len > room)
		len = room;
	evbuffer_add(b->away.typed, bytes, len);
	return len;
}
