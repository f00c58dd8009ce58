/* SPDX-License-Identifier: MIT */
/*
 * Calls and their replies.
 *
 * The library is for programs that have nothing to do until the board has
 * answered, so it blocks, and needs neither threads nor an event loop.  A call
 * is one send(), a reply usually one recv(): both are made of large pieces.
 * One call is in work at a time.  Since replies come in the order of the calls,
 * a connection that failed in the middle of one cannot be mended: it remembers
 * that, and every further call fails in the same way.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "picod_private.h"
#include "protocol/error.h"

/* A code that is missing here or in picod.h does not compile. */
static const enum picod_error	picod_errors[ERROR_COUNT] = {
	[ERROR_NONE] = PICOD_OTHER_ERROR,
#define X(code, name, status, sentence) [ERROR_##code] = PICOD_##code,
	ERROR_TABLE(X)
#undef X
};

json_t *
picod_json_parameters(const char *board, bool with_hold)
{
	json_t		*parameters = json_object();
	const char	*hold = with_hold ? getenv("PICOD_HOLD") : NULL;
	int		 error = 0;

	if (board == NULL)
		board = getenv("PICOD_BOARD");
	if (board != NULL && board[0] != '\0')
		error |= json_object_set_new(parameters, "board",
		    json_string(board));
	if (hold != NULL && hold[0] != '\0')
		error |= json_object_set_new(parameters, "hold",
		    json_string(hold));
	if (error != 0) {
		json_decref(parameters);
		return NULL;
	}
	return parameters;
}

static int
picod_write(struct picod *p, const char *bytes, size_t len)
{
	ssize_t	n;

	while (len > 0) {
		n = send(p->fd, bytes, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/*
 * A picod that turns a client away answers before it closes, maybe before it has
 * read the call: so EPIPE is no failure yet, what there is to read is the reason.
 */
static int
picod_transmit(struct picod *p, const json_t *message)
{
	size_t	 len;
	char	*bytes = varlink_encode(message, &len);
	int	 error;

	if (bytes == NULL)
		return -ENOMEM;
	error = picod_write(p, bytes, len);
	free(bytes);
	return error == -EPIPE ? 0 : error;
}

static int
picod_start_call(struct picod *p, const char *method, json_t *parameters,
    bool more, bool upgrade)
{
	json_t	*message;
	int	 error;

	if (p->calling || p->broken < 0) {
		json_decref(parameters);
		return connection_fail(p, p->calling ? -EBUSY : p->broken);
	}
	if (parameters == NULL)
		return connection_fail(p, -EINVAL);
	connection_forget(p);
	message = varlink_call_new(method, parameters, more, false);
	if (message == NULL)
		return connection_fail(p, -ENOMEM);
	if (upgrade)
		json_object_set_new(message, "upgrade", json_true());
	error = picod_transmit(p, message);
	json_decref(message);
	if (error < 0)
		return connection_break(p, error);
	p->calling = true;
	return 0;
}

int
picod_json_begin(struct picod *p, const char *method, json_t *parameters,
    bool more)
{
	return picod_start_call(p, method, parameters, more, false);
}

int
picod_json_upgrade(struct picod *p, const char *method, json_t *parameters,
    json_t **reply, const void **bytes, size_t *len)
{
	bool	continues;
	int	error = picod_start_call(p, method, parameters, false, true);

	if (error == 0)
		error = picod_json_next(p, reply, &continues);
	if (error != 0)
		return error;
	*bytes = p->buf + p->start;
	*len = p->end - p->start;
	p->broken = -ECONNRESET;	/* no more calls */
	return 0;
}

static int
picod_fill(struct picod *p, int flags)
{
	ssize_t	n;

	do
		n = recv(p->fd, p->buf, sizeof p->buf, flags);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ECONNRESET;
	p->start = 0;
	p->end = (size_t)n;
	return 0;
}

/* flags: MSG_DONTWAIT, or 0 to wait. */
static int
picod_receive(struct picod *p, int flags, json_t **message)
{
	ssize_t	n;
	int	error;

	do {
		if (p->start == p->end) {
			error = picod_fill(p, flags);
			if (error < 0)
				return error;
		}
		n = varlink_decoder_feed(&p->decoder, p->buf + p->start,
		    p->end - p->start, message);
		if (n < 0)
			return (int)n;
		p->start += (size_t)n;
	} while (*message == NULL);
	return 0;
}

/* Of no board: picod itself has ended, in an orderly way. */
static bool
picod_is_good_bye(const struct picod *p, int error)
{
	const char	*board = json_string_value(json_object_get(
			    picod_json_error(p), "board"));

	return error == PICOD_DISCONNECTED && board != NULL && board[0] == '\0';
}

/* Varlink's error InvalidParameter says which one, but in no sentence. */
static char *
picod_refused(const json_t *error)
{
	const char	*parameter = json_string_value(json_object_get(
			    json_object_get(error, "parameters"), "parameter"));
	char		*text;

	if (parameter == NULL || asprintf(&text, "picod does not take the "
	    "parameter \"%s\" as it was given", parameter) < 0)
		return NULL;
	return text;
}

/* An error of picod ends the call; takes the message over. */
static int
picod_take_error(struct picod *p, json_t *message)
{
	const char	*name = json_string_value(
	    json_object_get(message, "error"));
	int		 error;

	if (name == NULL) {
		json_decref(message);
		return connection_break(p, -EBADMSG);
	}
	connection_forget(p);
	p->error = message;
	p->refused = picod_refused(message);
	error = (int)picod_errors[error_find(name)];
	if (picod_is_good_bye(p, error))
		error = p->broken = -ECONNRESET;
	p->calling = false;
	return p->failure = error;
}

/* Varlink allows a reply without parameters. */
static json_t *
picod_take_parameters(const json_t *message)
{
	json_t	*parameters = json_object_get(message, "parameters");

	if (parameters == NULL || json_is_null(parameters))
		return json_object();
	return json_is_object(parameters) ? json_incref(parameters) : NULL;
}

static int
picod_take_reply(struct picod *p, int flags, json_t **parameters,
    bool *continues)
{
	json_t	*message, *taken;
	int	 error;

	if (!p->calling)
		return connection_fail(p, p->broken < 0 ? p->broken : -EINVAL);
	error = picod_receive(p, flags, &message);
	if (error == -EAGAIN && flags != 0)
		return error;
	if (error < 0)
		return connection_break(p, error);
	if (json_object_get(message, "error") != NULL)
		return picod_take_error(p, message);
	taken = picod_take_parameters(message);
	*continues = json_is_true(json_object_get(message, "continues"));
	json_decref(message);
	if (taken == NULL)
		return connection_break(p, -EBADMSG);
	p->calling = *continues;
	*parameters = taken;
	return 0;
}

int
picod_json_next(struct picod *p, json_t **parameters, bool *continues)
{
	return picod_take_reply(p, 0, parameters, continues);
}

int
picod_json_try(struct picod *p, json_t **parameters, bool *continues)
{
	return picod_take_reply(p, MSG_DONTWAIT, parameters, continues);
}

/* Whoever ended a call has no replies to it any more, and no connection. */
static void
connection_end(struct picod *p)
{
	shutdown(p->fd, SHUT_RDWR);
	p->calling = false;
	p->broken = -ECONNRESET;
}

int
connection_replies(struct picod *p, bool wait, reply_fn *reply, void *arg)
{
	json_t	*json;
	bool	 continues = true;
	int	 error = 0;

	while (error == 0 && continues) {
		error = picod_take_reply(p, wait ? 0 : MSG_DONTWAIT, &json,
		    &continues);
		if (error == -EAGAIN && !wait)
			return 1;
		if (error != 0)
			return error;
		error = reply(json, continues, arg);
		json_decref(json);
		if (error != 0 && continues)
			connection_end(p);
	}
	return error == 1 && !wait ? connection_fail(p, -ECANCELED) : error;
}

int
picod_json_call(struct picod *p, const char *method, json_t *parameters,
    json_t **reply)
{
	json_t	*taken;
	bool	 continues;
	int	 error = picod_json_begin(p, method, parameters, false);

	if (error == 0)
		error = picod_json_next(p, &taken, &continues);
	if (error != 0)
		return error;
	if (continues) {
		json_decref(taken);
		return connection_break(p, -EBADMSG);
	}
	*reply = taken;
	return 0;
}

const json_t *
picod_json_error(const struct picod *p)
{
	return json_object_get(p->error, "parameters");
}

const char *
picod_error_name(const struct picod *p)
{
	return json_string_value(json_object_get(p->error, "error"));
}

const char *
picod_error_parameters(struct picod *p)
{
	if (p->error != NULL && p->error_text == NULL)
		p->error_text = json_dumps(picod_json_error(p), JSON_COMPACT);
	return p->error_text;
}

/* Of Varlink's own errors, which carry no sentence. */
static const char *
picod_varlink_message(const struct picod *p, const char *name)
{
	static const char	prefix[] = "org.varlink.service.";

	if (strncmp(name, prefix, sizeof prefix - 1) != 0)
		return "picod answered with an error that is not known here";
	name += sizeof prefix - 1;
	if (strcmp(name, "MethodNotFound") == 0 ||
	    strcmp(name, "MethodNotImplemented") == 0 ||
	    strcmp(name, "InterfaceNotFound") == 0)
		return "this picod is too old: it does not know that method";
	if (strcmp(name, "InvalidParameter") == 0)
		return p->refused != NULL ? p->refused :
		    "picod does not take these parameters";
	if (strcmp(name, "ExpectedMore") == 0)
		return "this method replies many times, which was not asked for";
	return "picod refused the call";
}

const char *
picod_message(const struct picod *p)
{
	const char	*name = picod_error_name(p), *message;

	if (name != NULL) {
		message = json_string_value(json_object_get(
		    picod_json_error(p), "message"));
		if (message == NULL && error_find(name) != ERROR_NONE)
			message = error_sentence(error_find(name));
		return message != NULL ? message :
		    picod_varlink_message(p, name);
	}
	switch (p->failure) {
	case 0:
		return "no error";
	case -ECONNRESET:
		return "picod ended the connection";
	case -EBADMSG:
	case -EMSGSIZE:
		return "what answers at the socket is not picod";
	case -EBUSY:
		return "the call before is not over yet";
	case -EINVAL:
		return "there is no call, or its parameters are no JSON object "
		    "in UTF-8";
	default:
		return strerror(-p->failure);
	}
}
