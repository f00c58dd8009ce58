/* SPDX-License-Identifier: MIT */
/*
 * Hold and Drop: exclusive use.
 */
#include "daemon/boards/boards.h"
#include "method.h"
#include "tenure.h"

static void
hold_granted(struct tenure *t, struct call *call, const struct request *r,
    const struct request_result *result)
{
	call_reply(call, json_pack("{s:s, s:s, s:I}", "board",
	    board_name(t->board), "token", r->token, "boot",
	    (json_int_t)result->boot));
}

static void
hold_ended(struct tenure *t, struct board *b, bool lost)
{
	if (b != NULL)
		unit_release(b, t->token, lost);
}

static const struct tenure_ops hold_ops = {
	"Hold", hold_granted, hold_ended, NULL
};

static void
hold_run(struct call *call)
{
	json_t		*will = json_object_get(call_parameters(call), "will");
	struct board	*b = call->board;
	struct request	*r;
	uint64_t	 lasting_ms;
	const char	*why;

	if (!method_time(call, "lasting", &lasting_ms))
		return;
	if (json_is_string(will) && board_check(b, json_string_value(will),
	    json_string_length(will), &why) < 0) {
		call_fail(call, ERROR_INVALID_COMMAND,
		    json_pack("{s:s}", "board", board_name(b)),
		    "the last will cannot be sent to board %s: %s",
		    board_name(b), why);
		return;
	}
	r = method_request(call, REQUEST_HOLD, json_string_value(will),
	    json_string_length(will));
	if (r == NULL)
		return;
	r->lasting_ms = lasting_ms;
	tenure_begin(call, b, r, &hold_ops, NULL);
}

const struct method method_hold = {
	.name = "io.picod.Hold",
	.run = hold_run,
	.target = TARGET_BOARD,
};

static void
drop_run(struct call *call)
{
	struct board	*b = call->board;
	struct tenure	*t;

	t = tenure_find(call, b, &hold_ops);
	if (t == NULL) {
		call_fail(call, ERROR_UNSUPPORTED,
		    json_pack("{s:s}", "board", board_name(b)),
		    "this connection does not hold board %s", board_name(b));
		return;
	}
	tenure_end(t, false);
	call_reply(call, NULL);
}

const struct method method_drop = {
	.name = "io.picod.Drop",
	.run = drop_run,
	.target = TARGET_BOARD,
};
