/* SPDX-License-Identifier: MIT */
/*
 * What goes ahead of the queue, or around it: Interrupt, Cancel and Reset.
 */
#include <errno.h>
#include <string.h>

#include "daemon/boards/boards.h"
#include "method.h"
#include "task.h"

static void
interrupt_run(struct call *call)
{
	struct board	*b = call->board;
	int		 error;

	if (!method_admits(call, b))
		return;
	error = unit_interrupt(b);
	if (error == -ENOTCONN)
		call_fail(call, ERROR_BOARD_ABSENT,
		    json_pack("{s:s}", "board", board_name(b)),
		    "board %s is not there: %s", board_name(b),
		    board_problem(b));
	else if (error == -EBUSY)
		method_fail_busy(call, b);
	else if (error < 0)
		call_fail(call, ERROR_UNSUPPORTED,
		    json_pack("{s:s}", "board", board_name(b)),
		    "nothing of picod's runs on board %s, and its configuration "
		    "says interrupt = no", board_name(b));
	else
		call_reply(call, json_pack("{s:s}", "board", board_name(b)));
}

const struct method method_interrupt = {
	.name = "io.picod.Interrupt",
	.run = interrupt_run,
	.target = TARGET_BOARD,
};

/* A request is its user's to take back, whoever holds the board. */
static bool
control_is_own(struct call *call, const struct board *b, uint64_t id)
{
	const struct request	*r = board_request(b, NULL);

	while (r != NULL && r->id != id)
		r = board_request(b, r);
	return r != NULL && r->client.uid == call_client(call)->uid;
}

static void
cancel_run(struct call *call)
{
	struct board	*b = call->board;
	json_int_t	 id;

	id = json_integer_value(json_object_get(call_parameters(call), "id"));
	if (!control_is_own(call, b, (uint64_t)id) && !method_admits(call, b))
		return;
	if (unit_cancel(b, (uint64_t)id) == -ENOENT)
		call_fail(call, ERROR_NO_SUCH_REQUEST,
		    json_pack("{s:I}", "id", id), "no request %lld waits or "
		    "runs on board %s; \"picoctl list -v\" shows those that do",
		    (long long)id, board_name(b));
	else
		call_reply(call, NULL);
}

const struct method method_cancel = {
	.name = "io.picod.Cancel",
	.run = cancel_run,
	.target = TARGET_BOARD,
};

static void
reset_run(struct call *call)
{
	struct board		*b = call->board;
	const char		*kind = method_string(call, "kind");
	struct request		*r;
	enum request_kind	 what = REQUEST_SOFT_RESET;

	if (!method_admits(call, b))
		return;
	if (strcmp(kind, "hard") == 0)
		what = REQUEST_HARD_RESET;
	else if (strcmp(kind, "bootloader") == 0)
		what = REQUEST_BOOTLOADER;
	r = method_request(call, what, NULL, 0);
	if (r == NULL)
		return;
	if (call_client(call)->uid == 0)
		board_overrule_hold(b, r);
	task_submit(call, b, r);
}

const struct method method_reset = {
	.name = "io.picod.Reset",
	.run = reset_run,
	.target = TARGET_BOARD,
};
