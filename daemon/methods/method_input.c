/* SPDX-License-Identifier: MIT */
/*
 * Input: what somebody types for the program that he runs on a board.  It comes by
 * another connection than the program, on which an answer is awaited.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/boards/boards.h"
#include "method.h"
#include "protocol/limits.h"

/*
 * The request, if it runs and is the client's; NULL after an error.  A will, or
 * what is being stopped because its client left, is nobody's.
 */
static const struct request *
input_request(struct call *call)
{
	const struct client	*client = call_client(call);
	const struct request	*r = board_running(call->board);
	json_int_t		 id = json_integer_value(json_object_get(
				    call_parameters(call), "request"));

	if (r != NULL && r->kind == REQUEST_RUN && r->id == (uint64_t)id &&
	    request_maker(r) != NULL &&
	    (r->client.uid == client->uid || client->uid == 0))
		return r;
	call_fail(call, ERROR_NO_SUCH_REQUEST, json_pack("{s:I}", "id", id),
	    "no Send of yours with the number %lld runs on board %s",
	    (long long)id, board_name(call->board));
	return NULL;
}

static void
input_give(struct call *call, const struct request *r, const void *bytes,
    size_t len)
{
	struct board	*b = call->board;

	if (strcmp(board_language(b), "piserial") == 0) {
		call_fail(call, ERROR_UNSUPPORTED, json_pack("{s:s}", "board",
		    board_name(b)), "a command of board %s reads no input",
		    board_name(b));
	} else if (board_input_waiting(b) + len > LIMIT_INPUT) {
		call_fail(call, ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}",
		    "limit", "input", "value", LIMIT_INPUT),
		    "the program on board %s has not read what was typed before",
		    board_name(b));
	} else {
		unit_input(b, r, bytes, len);
		call_reply(call, NULL);
	}
}

static void
input_run(struct call *call)
{
	const struct request	*r = input_request(call);
	char			*bytes;
	size_t			 len;

	if (r == NULL || !method_bytes(call, "data", &bytes, &len))
		return;
	input_give(call, r, bytes, len);
	free(bytes);
}

const struct method method_input = {
	.name = "io.picod.Input",
	.run = input_run,
	.target = TARGET_BOARD,
	.also = { "Send" },
};
