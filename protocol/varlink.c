/* SPDX-License-Identifier: MIT */
/*
 * Varlink frames are as simple as frames can be, and yet three things can go
 * wrong: a message cut by the reads, a message without end, and a frame that is
 * JSON but no message.  The decoder keeps only the beginning of a cut message;
 * one that lies whole in what was read is parsed where it lies.  Its limit is
 * checked before a byte is kept.
 */
#include "varlink.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void
varlink_decoder_init(struct varlink_decoder *d, size_t limit, size_t values)
{
	*d = (struct varlink_decoder){ .limit = limit, .values = values };
}

void
varlink_decoder_finish(struct varlink_decoder *d)
{
	free(d->partial);
	*d = (struct varlink_decoder){
		.limit = d->limit, .values = d->values
	};
}

static int
varlink_decoder_keep(struct varlink_decoder *d, const char *buf, size_t len)
{
	size_t	 size = d->size == 0 ? 4096 : d->size;
	char	*partial;

	while (size < d->len + len)
		size *= 2;
	if (size > d->size) {
		partial = realloc(d->partial, size);
		if (partial == NULL)
			return -ENOMEM;
		d->partial = partial;
		d->size = size;
	}
	memcpy(d->partial + d->len, buf, len);
	d->len += len;
	return 0;
}

/*
 * Whether a text that may be JSON has more values than that.  What stands
 * between them is counted, outside of strings, which takes a hundredth of the
 * time and none of the memory of parsing them.
 */
static bool
varlink_is_rich(const char *buf, size_t len, size_t values)
{
	const char	*end = buf + len;
	size_t		 count = 1;
	bool		 quoted = false;

	for (; buf < end && count <= values; buf++) {
		if (*buf == '"')
			quoted = !quoted;
		else if (quoted)
			buf += *buf == '\\';
		else
			count += *buf == ',' || *buf == ':' || *buf == '[' ||
			    *buf == '{';
	}
	return count > values;
}

/* JSON_ALLOW_NUL: a statement may well contain one, escaped. */
static int
varlink_parse(const struct varlink_decoder *d, const char *buf, size_t len,
    json_t **message)
{
	json_t	*json;

	if (len > d->values && varlink_is_rich(buf, len, d->values))
		return -EMSGSIZE;
	json = json_loadb(buf, len, JSON_ALLOW_NUL, NULL);
	if (!json_is_object(json)) {
		json_decref(json);
		return -EBADMSG;
	}
	*message = json;
	return 0;
}

ssize_t
varlink_decoder_feed(struct varlink_decoder *d, const char *buf, size_t len,
    json_t **message)
{
	const char	*end = memchr(buf, '\0', len);
	size_t		 n = end == NULL ? len : (size_t)(end - buf);
	int		 error;

	*message = NULL;
	if (n > d->limit - d->len)
		return -EMSGSIZE;
	if (end != NULL && d->len == 0) {
		error = varlink_parse(d, buf, n, message);
		return error < 0 ? error : (ssize_t)n + 1;
	}
	error = varlink_decoder_keep(d, buf, n);
	if (error < 0)
		return error;
	if (end == NULL)
		return (ssize_t)n;
	error = varlink_parse(d, d->partial, d->len, message);
	varlink_decoder_finish(d);
	return error < 0 ? error : (ssize_t)n + 1;
}

bool
varlink_decoder_pending(const struct varlink_decoder *d)
{
	return d->len > 0;
}

/* An optional member of that type: 0, 1 if there, -EBADMSG. */
static int
varlink_flag(const json_t *message, const char *name, bool *flag)
{
	const json_t	*json = json_object_get(message, name);

	if (json != NULL && !json_is_boolean(json) && !json_is_null(json))
		return -EBADMSG;
	*flag = json_is_true(json);
	return 0;
}

int
varlink_call_parse(json_t *message, struct varlink_call *call)
{
	struct varlink_call	 in = { .message = message };
	json_t			*method = json_object_get(message, "method");

	in.parameters = json_object_get(message, "parameters");
	if (in.parameters == NULL || json_is_null(in.parameters)) {
		json_object_set_new(message, "parameters", json_object());
		in.parameters = json_object_get(message, "parameters");
	}
	in.method = json_string_value(method);
	if (in.method == NULL || strlen(in.method) != json_string_length(method) ||
	    !json_is_object(in.parameters) ||
	    varlink_flag(message, "more", &in.more) < 0 ||
	    varlink_flag(message, "oneway", &in.oneway) < 0 ||
	    varlink_flag(message, "upgrade", &in.upgrade) < 0) {
		json_decref(message);
		return -EBADMSG;
	}
	*call = in;
	return 0;
}

void
varlink_call_finish(struct varlink_call *call)
{
	json_decref(call->message);
	*call = (struct varlink_call){ 0 };
}

/* {name: string, "parameters": parameters}; takes parameters over. */
static json_t *
varlink_message_new(const char *name, const char *string, json_t *parameters)
{
	json_t	*message = json_object();

	if (string != NULL)
		json_object_set_new(message, name, json_string(string));
	if (parameters == NULL)
		parameters = json_object();
	if (json_object_set_new(message, "parameters", parameters) < 0) {
		json_decref(message);
		return NULL;
	}
	return message;
}

json_t *
varlink_call_new(const char *method, json_t *parameters, bool more, bool oneway)
{
	json_t	*message = varlink_message_new("method", method, parameters);

	if (more)
		json_object_set_new(message, "more", json_true());
	if (oneway)
		json_object_set_new(message, "oneway", json_true());
	return message;
}

json_t *
varlink_reply_new(json_t *parameters, bool continues)
{
	json_t	*message = varlink_message_new(NULL, NULL, parameters);

	if (continues)
		json_object_set_new(message, "continues", json_true());
	return message;
}

json_t *
varlink_error_new(const char *name, json_t *parameters)
{
	return varlink_message_new("error", name, parameters);
}

char *
varlink_encode(const json_t *message, size_t *len)
{
	char	*text = json_dumps(message, JSON_COMPACT);

	if (text != NULL)
		*len = strlen(text) + 1;	/* jansson escapes any other NUL */
	return text;
}
