/* SPDX-License-Identifier: MIT */
/*
 * What every method does with its call, before it does what is its own.
 */
#include "method.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/boards/boards.h"
#include "protocol/limits.h"
#include "protocol/text.h"

void
method_fail(struct call *call, const char *error, const char *key,
    const char *value)
{
	char	name[64];

	snprintf(name, sizeof name, "org.varlink.service.%s", error);
	call_fail_name(call, name, json_pack("{s:s}", key, value));
}

void
method_refuse_parameter(struct call *call, const char *name)
{
	method_fail(call, "InvalidParameter", "parameter", name);
}

bool
method_bytes(struct call *call, const char *name, char **bytes, size_t *len)
{
	json_t	*text = json_object_get(call_parameters(call), name);
	int	 error = text_base64_decode(json_string_value(text),
		    json_string_length(text), bytes, len);

	if (error == -ENOMEM)
		xhave(NULL);	/* the end: it is no fault of the call */
	else if (error < 0)
		method_refuse_parameter(call, name);
	return error == 0;
}

const char *
method_string(struct call *call, const char *name)
{
	const char	*s;

	s = json_string_value(json_object_get(call_parameters(call), name));
	return s == NULL ? "" : s;
}

bool
method_time(struct call *call, const char *name, uint64_t *ms)
{
	json_t		*json = json_object_get(call_parameters(call), name);
	json_int_t	 n = json_integer_value(json);

	*ms = REQUEST_NO_LIMIT;
	if (json_is_null(json) || json == NULL)
		return true;
	if (n < 0 || n > LIMIT_TIME_MS) {
		method_fail(call, "InvalidParameter", "parameter", name);
		return false;
	}
	*ms = (uint64_t)n;
	return true;
}

bool
method_admits(struct call *call, struct board *b)
{
	if (call_client(call)->uid == 0 ||
	    board_admits(b, method_string(call, "hold")))
		return true;
	method_fail_busy(call, b);
	return false;
}

void
method_fail_busy(struct call *call, const struct board *b)
{
	char	use[BOARD_USE_SIZE];

	board_describe_use(b, use);
	call_fail(call, ERROR_BOARD_BUSY, json_pack("{s:s, s:o}", "board",
	    board_name(b), "holder", method_client_json(board_holder(b))),
	    "%s", use);
}

json_t *
method_clean_json(const char *s)
{
	char	*copy = xstrdup(s);
	json_t	*json;

	text_clean(copy);
	json = json_string(copy);
	free(copy);
	return json;
}

json_t *
method_client_json(const struct client *client)
{
	return json_pack("{s:i, s:i, s:s, s:s, s:I}", "pid", (int)client->pid,
	    "uid", (int)client->uid, "user", client->user, "program",
	    client->program, "since", (json_int_t)client->since_us);
}

struct request *
method_request(struct call *call, enum request_kind kind, const char *text,
    size_t len)
{
	struct request	*r;
	const char	*token = method_string(call, "hold");
	uint64_t	 wait_ms;

	if (!method_time(call, "wait", &wait_ms))
		return NULL;
	r = request_create(kind, NULL, NULL, call_client(call), text, len);
	r->wait_ms = wait_ms;
	r->wait_given = wait_ms != REQUEST_NO_LIMIT;
	if (strlen(token) < sizeof r->token)
		strcpy(r->token, token);
	return r;
}
