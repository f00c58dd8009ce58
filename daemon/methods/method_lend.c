/* SPDX-License-Identifier: MIT */
/*
 * Lend: the port itself, for a program that wants nothing else.
 */
#include "daemon/boards/boards.h"
#include "method.h"
#include "tenure.h"

static void
lend_granted(struct tenure *t, struct call *call, const struct request *r,
    const struct request_result *result)
{
	(void)r, (void)result;
	call_reply(call, json_pack("{s:s, s:s}", "board", board_name(t->board),
	    "port", board_port(t->board)));
}

static void
lend_ended(struct tenure *t, struct board *b, bool lost)
{
	(void)t, (void)lost;
	if (b != NULL)
		unit_return(b);
}

static const struct tenure_ops lend_ops = {
	"Lend", lend_granted, lend_ended, NULL
};

static void
lend_run(struct call *call)
{
	struct board	*b = call->board;
	struct request	*r;

	r = method_request(call, REQUEST_LEND, NULL, 0);
	if (r != NULL)
		tenure_begin(call, b, r, &lend_ops, NULL);
}

const struct method method_lend = {
	.name = "io.picod.Lend",
	.run = lend_run,
	.target = TARGET_BOARD,
};
