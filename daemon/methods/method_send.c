/* SPDX-License-Identifier: MIT */
/*
 * Send: a statement or a command, or what was answered to the same a moment ago.
 */
#include "answer.h"
#include "daemon/base/clock.h"
#include "daemon/boards/boards.h"
#include "method.h"
#include "task.h"

/* What somebody else was told a moment ago. */
static void
send_reading(struct call *call, const struct reading *reading, uint64_t now)
{
	json_t	*json = json_pack("{s:I, s:I}", "boot",
		    (json_int_t)reading->boot, "age",
		    (json_int_t)(now - reading->at));

	answer_set_output(json, reading->output, reading->output_len);
	if (reading->status != NULL)
		json_object_set_new(json, "status",
		    json_string(reading->status));
	call_reply(call, json);
}

static void
send_run(struct call *call)
{
	json_t		*text = json_object_get(call_parameters(call), "text");
	struct board		*b = call->board;
	struct request	*r;
	const struct reading	*reading;
	uint64_t		 timeout_ms, age_ms, now = clock_now();

	if (!method_time(call, "timeout", &timeout_ms) ||
	    !method_time(call, "maxAge", &age_ms))
		return;
	r = method_request(call, REQUEST_RUN, json_string_value(text),
	    json_string_length(text));
	if (r == NULL)
		return;
	r->timeout_ms = timeout_ms;
	if (age_ms == REQUEST_NO_LIMIT) {
		task_submit(call, b, r);
		return;
	}
	r->shared = true;
	reading = board_reading(b, r, age_ms, now);
	if (reading == NULL) {
		task_submit_shared(call, b, r, board_shared(b, r, age_ms, now));
		return;
	}
	send_reading(call, reading, now);
	request_destroy(r);
}

const struct method method_send = {
	.name = "io.picod.Send",
	.run = send_run,
	.target = TARGET_BOARD,
};
