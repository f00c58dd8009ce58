/* SPDX-License-Identifier: MIT */
/*
 * What a board is, as others see it, and what it wants of the world, until that
 * is taken by board_event_next().
 *
 * What was last decided counts for the port and for pauses; notices and answers
 * are kept in their order.  The port comes first, for what is sent next may need
 * its other speed, and whoever is lent a board opens it at once.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "board_state.h"

/* A notice with copies of what it points to. */
struct told {
	TAILQ_ENTRY(told)	 entry;
	struct board_notice	 notice;
	char			 data[];
};

void
tell_init(struct tell *t)
{
	TAILQ_INIT(&t->notices);
	TAILQ_INIT(&t->over);
}

void
tell_finish(struct tell *t)
{
	struct told	*told;
	struct request	*r;

	while ((told = TAILQ_FIRST(&t->notices)) != NULL) {
		TAILQ_REMOVE(&t->notices, told, entry);
		free(told);
	}
	while ((r = TAILQ_FIRST(&t->over)) != NULL) {
		TAILQ_REMOVE(&t->over, r, entry);
		request_destroy(r);
	}
	free(t->last);
}

void
board_notify(struct board *b, const struct board_notice *notice)
{
	size_t		 reason_len = notice->reason == NULL ? 0 :
			    strlen(notice->reason) + 1;
	struct told	*told = xmalloc(sizeof *told + reason_len + notice->len);

	told->notice = *notice;
	if (reason_len > 0)
		told->notice.reason = memcpy(told->data, notice->reason,
		    reason_len);
	if (notice->len > 0)
		told->notice.bytes = memcpy(told->data + reason_len,
		    notice->bytes, notice->len);
	TAILQ_INSERT_TAIL(&b->tell.notices, told, entry);
}

static void
board_tell_state(struct board *b, enum board_state state, const char *reason)
{
	struct board_notice	notice = {
		.kind = NOTICE_STATE, .was = b->state, .state = state,
		.reason = reason
	};

	b->state = state;
	if (state != BOARD_SILENT)
		b->probe_at = DRIVER_NEVER;	/* it would stop a program */
	if (state == BOARD_SILENT || state == BOARD_ABSENT)
		board_set_problem(b, reason);
	else
		b->problem[0] = '\0';
	board_notify(b, &notice);
}

void
board_enter(struct board *b, enum board_state state, const char *reason)
{
	if (b->state != state)
		board_tell_state(b, state, reason);
}

void
board_enter_for(struct board *b, enum board_state state, const char *what,
    const struct client *who)
{
	char	reason[BOARD_USE_SIZE];

	client_called(who, stpcpy(stpcpy(reason, what), " "));
	board_tell_state(b, state, reason);
}

void
board_set_problem(struct board *b, const char *reason)
{
	snprintf(b->problem, sizeof b->problem, "%s", reason);
}

/* ---------------------------------------------------------------- answers */

void
board_set_result(struct board *b, struct request *r, enum error_code error,
    const char *format, va_list args)
{
	r->result.error = error;
	r->result.board = b->name;
	r->result.boot = b->boot;
	if (error != ERROR_NONE)
		request_set_message(r, format, args);
}

/*
 * Nobody asked for a will, so everybody is told what did not go well, and whoever
 * sends something next, since a motor may still run.
 */
static void
board_tell_will(struct board *b, const struct client *client,
    const char *what, const char *why, const char *exception)
{
	struct board_notice	 notice = { .kind = NOTICE_WILL };
	char			 reason[900], who[CLIENT_CALLED_SIZE];

	snprintf(reason, sizeof reason, "the last will of %s %s: %s%s%s",
	    client_called(client, who), what, why,
	    exception[0] == '\0' ? "" : ": ", exception);
	notice.reason = reason;
	board_notify(b, &notice);
	free(b->will_failed);
	b->will_failed = xstrdup(reason);
}

static void
board_finish_will(struct board *b, const struct request *r)
{
	char	exception[160];

	if (r->result.error != ERROR_NONE) {
		hold_exception(&r->result, exception, sizeof exception);
		board_tell_will(b, &r->client, r->result.started ? "failed" :
		    "did not run", r->result.message, exception);
	}
	hold_end(&b->hold);
}

void
board_drop_hold(struct board *b)
{
	if (hold_has_will(&b->hold))
		board_tell_will(b, &b->hold.client, "did not run",
		    "picod no longer serves the board as it did", "");
	hold_end(&b->hold);
}

void
board_finish_result(struct board *b, struct request *r)
{
	if (hold_is_will(&b->hold, r))
		board_finish_will(b, r);
	share_keep(b, r);
	r->place = REQUEST_OVER;
	if (request_maker(r) == NULL)
		request_destroy(r);
	else
		TAILQ_INSERT_TAIL(&b->tell.over, r, entry);
}

void
board_finish(struct board *b, struct request *r, enum error_code error,
    const char *format, ...)
{
	va_list	args;

	va_start(args, format);
	board_set_result(b, r, error, format, args);
	va_end(args);
	board_finish_result(b, r);
}

void
board_flush(struct board *b, enum board_flush which, enum error_code error,
    const char *why)
{
	struct request	*r;

	while ((r = queue_flushable(&b->queue, which)) != NULL) {
		queue_remove(&b->queue, r);
		board_finish(b, r, error, "board %s: %s", b->name, why);
	}
}

void
board_change_speed(struct board *b, unsigned baud)
{
	if (baud == 0 || baud == b->tell.baud)
		return;
	b->tell.baud = baud;
	b->tell.new_baud = true;
}

void
board_close_driver(struct board *b)
{
	driver_close(b->driver);
	board_change_speed(b, driver_baud(b->driver));
}

/* ----------------------------------------------------------------- events */

static bool
tell_port(struct tell *t, struct board_event *event)
{
	static const enum board_event_type	wishes[] = {
		[WISH_CLOSED] = BOARD_CLOSE_PORT, [WISH_OPEN] = BOARD_OPEN_PORT,
		[WISH_RESET] = BOARD_RESET_PORT,
	};

	if (t->new_baud) {
		event->type = BOARD_CHANGE_SPEED;
		event->baud = t->baud;
		t->new_baud = false;
		return true;
	}
	if (t->drop_unsent) {
		event->type = BOARD_DROP_UNSENT;
		t->drop_unsent = false;
		return true;
	}
	if (t->port == WISH_NONE)
		return false;
	event->type = wishes[t->port];
	t->port = WISH_NONE;
	return true;
}

static bool
tell_notice(struct tell *t, struct board_event *event)
{
	free(t->last);
	t->last = TAILQ_FIRST(&t->notices);
	if (t->last == NULL)
		return false;
	TAILQ_REMOVE(&t->notices, t->last, entry);
	event->type = BOARD_NOTICE;
	event->notice = t->last->notice;
	return true;
}

static bool
tell_console(struct away *a, struct board_event *event)
{
	event->console = a->console;
	event->console_arg = a->console_arg;
	if (a->console == NULL)
		return false;
	if (a->len > 0) {
		event->type = BOARD_HEARD;
		event->bytes = a->bytes;
		event->len = a->len;
		a->len = 0;
	} else if (a->room) {
		event->type = BOARD_ROOM;
		a->room = false;
	} else if (a->hung_up) {
		event->type = BOARD_HUNG_UP;
		a->console = NULL;
		a->hung_up = false;
	} else
		return false;
	return true;
}

static bool
tell_turn(struct turn *turn, struct board_event *event)
{
	if (turn->printed) {
		event->type = BOARD_OUTPUT;
		turn->printed = false;
	} else if (turn->fed) {
		event->type = BOARD_FED;
		turn->fed = false;
	} else if (turn->phase == TURN_ENDED)
		event->type = BOARD_ENDED;
	else
		return false;
	event->request = turn->request;
	return true;
}

static bool
tell_over(struct tell *t, struct board_event *event)
{
	event->request = TAILQ_FIRST(&t->over);
	if (event->request == NULL)
		return false;
	TAILQ_REMOVE(&t->over, event->request, entry);
	event->request->place = REQUEST_TOLD;
	event->type = BOARD_FINISHED;
	return true;
}

bool
board_event_next(struct board *b, struct board_event *event)
{
	if (tell_port(&b->tell, event) || tell_notice(&b->tell, event) ||
	    tell_console(&b->away, event) || tell_turn(&b->turn, event) ||
	    tell_over(&b->tell, event))
		return true;
	if (!b->tell.left)
		return false;
	b->tell.left = false;
	event->type = BOARD_LEFT;
	return true;
}
