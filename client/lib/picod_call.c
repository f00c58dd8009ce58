/* SPDX-License-Identifier: MIT */
/*
 * The part of libpicod for programs that would rather not touch JSON objects:
 * calls whose parameters and replies are JSON text, and Send with its result in
 * a struct.  All of it stands on picod_json.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "picod_private.h"
#include "protocol/text.h"

int
picod_begin(struct picod *p, const char *method, const char *text,
    bool more)
{
	json_t	*parameters;

	parameters = text == NULL ? json_object() :
	    json_loads(text, JSON_ALLOW_NUL, NULL);
	if (!json_is_object(parameters)) {
		json_decref(parameters);
		parameters = NULL;
	}
	return picod_json_begin(p, method, parameters, more);
}

int
picod_call(struct picod *p, const char *method, const char *parameters,
    char **reply)
{
	json_t	*json;
	char	*text;
	bool	 continues;
	int	 error = picod_begin(p, method, parameters, false);

	if (error == 0)
		error = picod_json_next(p, &json, &continues);
	if (error != 0)
		return error;
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (text == NULL)
		return connection_fail(p, -ENOMEM);
	if (reply != NULL)
		*reply = text;
	else
		free(text);
	return 0;
}

/* Who takes replies as text. */
struct texts {
	struct picod	*picod;
	picod_reply_fn	*reply;
	void		*arg;
};

static int
texts_reply(const json_t *parameters, bool continues, void *arg)
{
	const struct texts	*texts = arg;
	char			*text = json_dumps(parameters, JSON_COMPACT);
	int			 error = text == NULL ?
				    connection_fail(texts->picod, -ENOMEM) :
				    texts->reply(text, continues, texts->arg);

	free(text);
	return error;
}

int
picod_call_more(struct picod *p, const char *method, const char *parameters,
    picod_reply_fn *reply, void *arg)
{
	struct texts	texts = { p, reply, arg };
	int		error = picod_begin(p, method, parameters, true);

	return error != 0 ? error : connection_replies(p, true, texts_reply,
	    &texts);
}

int
picod_process(struct picod *p, picod_reply_fn *reply, void *arg)
{
	struct texts	texts = { p, reply, arg };

	return connection_replies(p, false, texts_reply, &texts);
}

/* A member that is a string, as a copy with its length; NULL if there is none. */
static int
picod_copy_string(const json_t *object, const char *name, char **copy,
    size_t *len)
{
	const json_t	*json = json_object_get(object, name);
	size_t		 n = json_string_length(json);
	char		*bytes;

	if (!json_is_string(json))
		return 0;
	bytes = malloc(n + 1);
	if (bytes == NULL)
		return -ENOMEM;
	memcpy(bytes, json_string_value(json), n + 1);
	*copy = bytes;
	if (len != NULL)
		*len = n;
	return 0;
}

static int
picod_result_fill(struct picod_result *result, const json_t *reply)
{
	const json_t	*data = json_object_get(reply, "data");
	int		 error;

	result->boot = json_integer_value(json_object_get(reply, "boot"));
	error = picod_copy_string(reply, "output", &result->output,
	    &result->output_len);
	if (error == 0)
		error = picod_copy_string(reply, "status", &result->status,
		    NULL);
	if (error == 0)
		error = picod_copy_string(reply, "traceback",
		    &result->traceback, NULL);
	if (error == 0)
		error = picod_copy_string(reply, "notice", &result->notice,
		    NULL);
	if (error == 0 && json_is_string(data))
		error = text_base64_decode(json_string_value(data),
		    json_string_length(data), &result->data, &result->data_len);
	return error == -EINVAL ? -EBADMSG : error;
}

static json_t *
picod_send_parameters(const char *board, const char *text, int timeout_ms)
{
	json_t	*parameters = picod_json_parameters(board, true);

	if (parameters == NULL)
		return NULL;
	if (json_object_set_new(parameters, "text", json_string(text)) < 0 ||
	    (timeout_ms >= 0 && json_object_set_new(parameters, "timeout",
	    json_integer(timeout_ms)) < 0)) {
		json_decref(parameters);
		return NULL;
	}
	return parameters;
}

int
picod_send(struct picod *p, const char *board, const char *text, int timeout_ms,
    struct picod_result *result)
{
	json_t	*parameters, *reply = NULL;
	int	 error, filled;

	*result = (struct picod_result){ 0 };
	parameters = picod_send_parameters(board, text, timeout_ms);
	error = picod_json_call(p, "io.picod.Send", parameters, &reply);
	if (error < 0)
		return error;
	filled = picod_result_fill(result,
	    error == 0 ? reply : picod_json_error(p));
	json_decref(reply);
	return filled < 0 ? connection_fail(p, filled) : error;
}

void
picod_result_finish(struct picod_result *result)
{
	free(result->output);
	free(result->data);
	free(result->status);
	free(result->traceback);
	free(result->notice);
	*result = (struct picod_result){ 0 };
}
