/* SPDX-License-Identifier: MIT */
/*
 * Console: the connection becomes the board's bytes.  Whoever is slower makes
 * the other wait: the client the board, the board the client.
 */
#include <stdlib.h>

#include "daemon/boards/boards.h"
#include "method.h"
#include "tenure.h"

static bool
console_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	return conn_write(arg, bytes, len);
}

static void
console_ended(void *arg)
{
	conn_close(arg);
}

static const struct board_console console = { console_bytes, console_ended };

static struct board *
console_board(struct tenure *t)
{
	return boards_numbered(t->boards, t->number);
}

static bool
console_typed(void *arg, const uint8_t *bytes, size_t len)
{
	struct board	*b = console_board(arg);

	return b == NULL || board_type(b, bytes, len, boards_now());
}

static void
console_drained(void *arg)
{
	struct board	*b = console_board(arg);

	if (b != NULL)
		board_resume(b);
}

static const struct conn_raw console_raw = { console_typed, console_drained };

static void
console_granted(struct tenure *t, struct call *call, const struct request *r,
    const struct request_result *result)
{
	struct board	*b = t->board;

	(void)r, (void)result;
	board_set_console(b, &console, call_upgrade(call,
	    json_pack("{s:s}", "board", board_name(b)), &console_raw, t));
}

static void
console_finish(struct tenure *t, struct board *b, bool lost)
{
	(void)t, (void)lost;
	if (b != NULL)
		board_return(b, boards_now());
}

static const struct tenure_ops console_ops = {
	console_granted, console_finish, NULL
};

void
method_console(struct call *call)
{
	struct board	*b = method_board(call);
	struct request	*r;

	if (b == NULL)
		return;
	if (!call->in.upgrade) {
		call_fail(call, ERROR_UNSUPPORTED,
		    json_pack("{s:s}", "board", board_name(b)),
		    "a console wants a call with \"upgrade\": use \"picoctl console\"");
		return;
	}
	r = method_request(call, REQUEST_CONSOLE, NULL, 0);
	if (r != NULL)
		tenure_begin(call, b, r, &console_ops, NULL);
}
