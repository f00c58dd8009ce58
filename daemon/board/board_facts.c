/* SPDX-License-Identifier: MIT */
/*
 * What others may know of a board, whose structure is its own affair.
 */
#include <stdio.h>
#include <string.h>

#include "board_state.h"

static const char *const state_names[BOARD_STATE_COUNT] = {
	"absent", "unclaimed", "listening", "over", "ready", "busy", "recovering",
	"silent", "lent", "console", "flashing", "bootloader"
};

static const char *const notice_names[NOTICE_KIND_COUNT] = {
	"state", "output", "recovery", "boot", "trace", "will", "lost"
};

const char *
board_state_name(enum board_state state)
{
	return state_names[state];
}

const char *
board_notice_name(enum board_notice_kind kind)
{
	return notice_names[kind];
}

const char *
board_name(const struct board *b)
{
	return b->name;
}

uint64_t
board_number(const struct board *b)
{
	return b->number;
}

const char *
board_port(const struct board *b)
{
	return b->port;
}

unsigned
board_baud(const struct board *b)
{
	return b->tell.baud;
}

void *
board_owner(const struct board *b)
{
	return b->owner;
}

struct files_board *
board_files(struct board *b)
{
	if (b->files_boot != b->boot) {
		b->files = (struct files_board){ 0 };
		b->files_boot = b->boot;
	}
	return &b->files;
}

const struct board_usb *
board_usb(const struct board *b)
{
	return &b->usb;
}

const struct board_flash *
board_flash(const struct board *b)
{
	return &b->flash;
}

const struct driver_ops *
board_driver(const struct board *b)
{
	return b->driver_ops;
}

const char *
board_language(const struct board *b)
{
	return driver_name(b->driver);
}

bool
board_is_foreign(const struct board *b)
{
	return b->foreign;
}

const char *
board_about(const struct board *b)
{
	return driver_about(b->driver);
}

int
board_check(const struct board *b, const char *text, size_t len,
    const char **why)
{
	return driver_check(b->driver_ops, text, len, why);
}

enum board_state
board_state(const struct board *b)
{
	return b->state;
}

bool
board_is_open(const struct board *b)
{
	return (b->state >= BOARD_LISTENING && b->state <= BOARD_SILENT) ||
	    b->state == BOARD_CONSOLE;
}

bool
board_is_away(const struct board *b)
{
	return b->state == BOARD_LENT || b->state == BOARD_CONSOLE ||
	    b->state == BOARD_FLASHING;
}

const char *
board_problem(const struct board *b)
{
	return b->problem[0] != '\0' || !board_is_open(b) ? b->problem :
	    b->beside;
}

bool
board_set_beside(struct board *b, const char *who)
{
	bool	is_news = strcmp(b->beside, who) != 0;

	snprintf(b->beside, sizeof b->beside, "%s", who);
	return is_news;
}

uint64_t
board_boot(const struct board *b)
{
	return b->boot;
}

const struct history *
board_history(const struct board *b)
{
	return &b->history;
}

struct tape *
board_tape(struct board *b)
{
	return &b->tape;
}

const struct client *
board_holder(const struct board *b)
{
	if (board_is_away(b))
		return &b->away.client;
	return b->hold.on ? &b->hold.client : NULL;
}

void
board_describe_use(const struct board *b, char text[BOARD_USE_SIZE])
{
	const struct client	*who = board_holder(b);
	char			 called[CLIENT_CALLED_SIZE];

	if (who == NULL)
		snprintf(text, BOARD_USE_SIZE, "board %s is %s", b->name,
		    board_state_name(b->state));
	else
		snprintf(text, BOARD_USE_SIZE, "board %s is %s %s",
		    b->name, b->state == BOARD_LENT ? "lent to" :
		    b->state == BOARD_CONSOLE ? "the console of" :
		    b->state == BOARD_FLASHING ? "being flashed by" : "held by",
		    client_called(who, called));
}

const char *
board_will(const struct board *b, size_t *len)
{
	*len = b->hold.will_len;
	return b->hold.will;
}

const struct request *
board_running(const struct board *b)
{
	return b->turn.request;
}

size_t
board_waiting(const struct board *b)
{
	return b->queue.count;
}

const struct request *
board_request(const struct board *b, const struct request *r)
{
	const struct request	*running = b->turn.request;

	if (r == NULL && running != NULL)
		return running;
	return r == NULL || r == running ? TAILQ_FIRST(&b->queue.list) :
	    TAILQ_NEXT(r, entry);
}

bool
board_is_expected(const struct board *b)
{
	return b->coming_at != DRIVER_NEVER;
}

bool
board_is_becoming(const struct board *b)
{
	return b->becoming;
}

void
board_set_becoming(struct board *b, bool becoming)
{
	b->becoming = becoming || b->loader[0] != '\0';
}
