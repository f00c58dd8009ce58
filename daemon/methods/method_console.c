/* SPDX-License-Identifier: MIT */
/*
 * Console: the connection becomes the board's bytes.  A board that is slower makes
 * its client wait; no board waits, and a client that does not read is dropped.
 *
 * A client that says no more is not gone: what it typed still gets to the board,
 * however slowly, and the board's answer to the client.  No protocol tells when
 * that is over; a board that has been quiet for a while has answered.
 */
#include <event2/event.h>
#include <stdlib.h>

#include "context.h"
#include "daemon/base/memory.h"
#include "daemon/boards/boards.h"
#include "guest.h"
#include "method.h"
#include "protocol/limits.h"
#include "tenure.h"

/* After the client's last byte: a board that is quiet for so long has answered. */
#define QUIET_MS	1000

struct console {
	struct tenure	*tenure;
	struct conn	*conn;
	struct event	*quiet;
	bool		 typing;	/* the port has not taken all yet */
	bool		 ended;		/* the client says no more */
};

static struct board *
console_board(struct console *c)
{
	return boards_numbered(c->tenure->boards, c->tenure->number);
}

static void
console_wait_quiet(struct console *c)
{
	struct timeval	tv = { QUIET_MS / 1000, QUIET_MS % 1000 * 1000 };

	if (c->ended)
		event_add(c->quiet, &tv);
}

static void
console_quiet_cb(evutil_socket_t fd, short what, void *arg)
{
	struct console	*c = arg;
	struct board	*b = console_board(c);

	(void)fd, (void)what;
	if (c->typing || conn_is_full(c->conn))
		return;		/* room and drained are told */
	if (b != NULL && unit_is_sending(b))
		console_wait_quiet(c);
	else
		conn_finish(c->conn, 0);
}

/* ------------------------------------------------------------ the board's */

static void
console_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	struct console	*c = arg;

	console_wait_quiet(c);
	conn_write_raw(c->conn, bytes, len);
}

static void
console_room(void *arg)
{
	struct console	*c = arg;

	c->typing = false;
	console_wait_quiet(c);
	conn_resume(c->conn);
}

static void
console_over(void *arg)
{
	struct console	*c = arg;

	conn_finish(c->conn, LIMIT_STALL_MS);
}

static const struct board_console console = {
	console_bytes, console_room, console_over
};

/* ----------------------------------------------------------- the client's */

static size_t
console_typed(void *arg, const char *bytes, size_t len)
{
	struct console	*c = arg;
	struct board	*b = console_board(c);

	if (b == NULL)
		return len;
	c->typing = true;
	return unit_type(b, (const uint8_t *)bytes, len);
}

static void
console_ended(void *arg)
{
	struct console	*c = arg;

	c->ended = true;
	console_wait_quiet(c);
}

static void
console_drained(void *arg)
{
	console_wait_quiet(arg);
}

static const struct conn_raw console_raw = {
	console_typed, console_ended, console_drained
};

/* ------------------------------------------------------------- the method */

static void
console_granted(struct tenure *t, struct call *call, const struct request *r,
    const struct request_result *result)
{
	struct console	*c = xcalloc(1, sizeof *c);

	(void)r;
	c->tenure = t;
	c->conn = call->conn;
	c->quiet = evtimer_new(call->context->base,
	    console_quiet_cb, c);
	t->state = c;
	/* The client is told last, when board and lease agree. */
	board_set_console(t->board, &console, c);
	call_upgrade(call, json_pack("{s:s, s:I}", "board", board_name(t->board), "boot",
	    (json_int_t)result->boot), &console_raw, c);
}

static void
console_finish(struct tenure *t, struct board *b, bool lost)
{
	struct console	*c = t->state;

	(void)lost;
	conn_finish(c->conn, LIMIT_STALL_MS);
	if (b != NULL)
		unit_return(b);
	event_free(c->quiet);
	free(c);
}

static const struct tenure_ops console_ops = {
	"Console", console_granted, console_finish, NULL
};

static void
console_run(struct call *call)
{
	struct board	*b = call->board;
	struct request	*r;

	if (!call->in.upgrade || call->in.oneway) {
		call_fail(call, ERROR_UNSUPPORTED,
		    json_pack("{s:s}", "board", board_name(b)),
		    "a console wants a call with \"upgrade\": use \"picoctl console\"");
		return;
	}
	if (json_is_true(json_object_get(call_parameters(call), "shared"))) {
		guest_admit(call);
		return;
	}
	r = method_request(call, REQUEST_CONSOLE, NULL, 0);
	if (r != NULL)
		tenure_begin(call, b, r, &console_ops, NULL);
}

const struct method method_console = {
	.name = "io.picod.Console",
	.run = console_run,
	.target = TARGET_BOARD,
};
