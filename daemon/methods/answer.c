/* SPDX-License-Identifier: MIT */
/*
 * Bytes are told as text, and once more exactly where they are none.
 */
#include "answer.h"

#include <stdlib.h>

#include "daemon/base/memory.h"
#include "method.h"
#include "protocol/limits.h"
#include "protocol/text.h"

void
answer_set_output(json_t *json, const char *bytes, size_t len)
{
	size_t	 text_len;
	bool	 lossy;
	char	*text = xhave(text_from_bytes(bytes, len, &text_len, &lossy));
	char	*data;

	json_object_set_new(json, "output", json_stringn_nocheck(text, text_len));
	free(text);
	if (!lossy)
		return;
	data = xhave(text_base64(bytes, len));
	json_object_set_new(json, "data", json_string(data));
	free(data);
}

json_t *
answer_text(const char *bytes, size_t len)
{
	size_t	 text_len;
	bool	 lossy;
	char	*text = xhave(text_from_bytes(bytes, len, &text_len, &lossy));
	json_t	*json = json_stringn_nocheck(text, text_len);

	free(text);
	return json;
}

bool
answer_has_output(enum error_code error)
{
	return error == ERROR_STATEMENT_FAILED ||
	    error == ERROR_COMMAND_REJECTED || error == ERROR_TIMED_OUT ||
	    error == ERROR_INTERRUPTED || error == ERROR_DISCONNECTED ||
	    error == ERROR_BOARD_SILENT || error == ERROR_OUTPUT_TOO_LARGE;
}

void
answer_set_error(json_t *json, const struct request_result *result)
{
	switch (result->error) {
	case ERROR_STATEMENT_FAILED:
		json_object_set_new(json, "traceback", answer_text(
		    result->traceback, result->traceback_len));
		break;
	case ERROR_BOARD_BUSY:
		if (result->holder != NULL)
			json_object_set_new(json, "holder",
			    method_client_json(result->holder));
		break;
	case ERROR_TIMED_OUT:
	case ERROR_INTERRUPTED:
		json_object_set_new(json, "started",
		    json_boolean(result->started));
		break;
	case ERROR_DISCONNECTED:
		json_object_set_new(json, "sent", json_boolean(result->started));
		break;
	case ERROR_OUTPUT_TOO_LARGE:
		json_object_set_new(json, "limit", json_integer(
		    result->streamed ? LIMIT_UNREAD : LIMIT_OUTPUT));
		break;
	case ERROR_LIMIT_EXCEEDED:	/* a board has no other */
		json_object_set_new(json, "limit", json_string("queue"));
		json_object_set_new(json, "value", 
		    json_integer(LIMIT_QUEUE_PER_USER));
		return;
	default:
		break;
	}
	json_object_set_new(json, "board", json_string(result->board));
	if (answer_has_output(result->error))
		json_object_set_new(json, "output", json_string(""));
}

json_t *
answer_create(const struct request_result *result, bool run)
{
	json_t	*json = json_object();

	if (result->error != ERROR_NONE)
		answer_set_error(json, result);
	if (result->error == ERROR_NONE ||
	    result->error == ERROR_STATEMENT_FAILED ||
	    result->error == ERROR_COMMAND_REJECTED)
		json_object_set_new(json, "boot",
		    json_integer((json_int_t)result->boot));
	if (result->status != NULL)
		json_object_set_new(json, "status", json_string(result->status));
	if (result->notice != NULL && run && (result->error == ERROR_NONE ||
	    answer_has_output(result->error)))
		json_object_set_new(json, "notice", json_string(result->notice));
	return json;
}
