/* SPDX-License-Identifier: MIT */
/*
 * Where a conversation ends badly, its user needs three things: a sentence that
 * says what to do, an exit status that says the same to a script, and, with
 * --json, the error as picod sent it.
 */
#include "session.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "typing.h"
#include "waiting.h"

/* systemd's, if its socket is meant; any other picod is somebody's own. */
static const char *
session_start_hint(const char *path, int error)
{
	if (strcmp(path, SESSION_SYSTEM_SOCKET) == 0)
		return "\"sudo systemctl start picod\" starts it; if it ends "
		    "again, \"sudo journalctl -u picod\" says why";
	if (error == -ECONNREFUSED)
		return "the picod that made it is gone; start it again, or "
		    "remove the socket";
	return "start one there with \"picod -s\", or name another by -s or "
	    "$PICOD_SOCKET";
}

int
session_explain(const char *path, int error, char *text, size_t size)
{
	switch (error) {
	case -ENOENT:
	case -ECONNREFUSED:
		snprintf(text, size, "picod is not running (%s %s): %s",
		    error == -ENOENT ? "there is no socket" :
		    "nothing listens at", path, session_start_hint(path, error));
		return STATUS_NO_DAEMON;
	case -EACCES:
	case -EPERM:
		snprintf(text, size, "you may not use the socket %s: sudo "
		    "usermod -aG picod \"$USER\", then log in again", path);
		return STATUS_PERMISSION;
	case -ECONNRESET:
		snprintf(text, size, "picod ended the connection before it "
		    "answered: %s", strcmp(path, SESSION_SYSTEM_SOCKET) == 0 ?
		    "\"sudo journalctl -u picod\" says why" :
		    "it says why where it was started");
		return STATUS_NO_DAEMON;
	default:
		snprintf(text, size, "cannot connect to picod at %s: %s", path,
		    strerror(-error));
		return STATUS_NO_DAEMON;
	}
}

/* The same as a complaint. */
static int
session_unreachable(const struct picoctl *ctl, int error)
{
	const char	*path = ctl->options.value[OPTION_SOCKET];
	char		 buf[PATH_MAX], text[PATH_MAX + 300];
	int		 status;

	if (picod_socket_path(path, buf, sizeof buf) == 0)
		path = buf;
	status = session_explain(path, error, text, sizeof text);
	picoctl_complain("%s", text);
	return status;
}

int
session_open(struct picoctl *ctl)
{
	int	error = picod_connect(ctl->options.value[OPTION_SOCKET],
		    &ctl->picod);

	return error == 0 ? STATUS_OK : session_unreachable(ctl, error);
}

json_t *
session_parameters(struct picoctl *ctl, bool with_hold)
{
	json_t	*parameters = picod_json_parameters(
		    ctl->options.value[OPTION_BOARD], with_hold);

	if (parameters == NULL)
		picoctl_complain("the name of the board is not UTF-8");
	return parameters;
}

void
session_add_time(const struct picoctl *ctl, json_t *parameters,
    enum option_id id, const char *name)
{
	if (ctl->options.ms[id] >= 0)
		json_object_set_new(parameters, name,
		    json_integer(ctl->options.ms[id]));
}

/* Tells picod's error in these words. */
static int
session_error(struct picoctl *ctl, const char *sentence)
{
	const char	*name = picod_error_name(ctl->picod);

	ctl->output.ops->error(&ctl->output, name,
	    picod_json_error(ctl->picod), sentence);
	if (error_find(name) != ERROR_NONE)
		return error_status(error_find(name));
	/* Varlink's own are about the call, thus about how we were called. */
	return strncmp(name, "org.varlink.", 12) == 0 ? STATUS_USAGE :
	    STATUS_FAILED;
}

int
session_refused(struct picoctl *ctl, const char *about)
{
	char	*text;
	int	 status;

	if (asprintf(&text, "%s: %s", about, picod_message(ctl->picod)) < 0)
		abort();
	status = session_error(ctl, text);
	free(text);
	return status;
}

int
session_failed(struct picoctl *ctl, int failure, bool replied)
{
	const char	*name = picod_error_name(ctl->picod);
	int		 status;

	output_end_bar(&ctl->output);
	if (name == NULL && failure == -ECONNRESET && !replied)
		return session_unreachable(ctl, failure);
	if (name == NULL) {
		picoctl_complain("%s", picod_message(ctl->picod));
		return STATUS_NO_DAEMON;
	}
	status = session_error(ctl, picod_message(ctl->picod));
	return failure < 0 ? STATUS_NO_DAEMON : status;	/* it said good-bye */
}

int
session_ask(struct picoctl *ctl, const char *method, json_t *parameters,
    json_t **reply)
{
	bool	continues;
	int	failure = picod_json_begin(ctl->picod, method, parameters, false);

	if (failure != 0)
		return failure;
	waiting_tell(ctl);
	return picod_json_next(ctl->picod, reply, &continues);
}

int
session_call(struct picoctl *ctl, const char *method, json_t *parameters,
    json_t **reply)
{
	int	failure;

	if (parameters == NULL)
		return STATUS_USAGE;
	failure = session_ask(ctl, method, parameters, reply);
	return failure == 0 ? STATUS_OK : session_failed(ctl, failure, false);
}

int
session_upgrade(struct picoctl *ctl, const char *method, json_t *parameters,
    json_t **reply, const void **bytes, size_t *len)
{
	int	failure;

	if (parameters == NULL)
		return STATUS_USAGE;
	failure = picod_json_upgrade(ctl->picod, method, parameters, reply,
	    bytes, len);
	return failure == 0 ? STATUS_OK : session_failed(ctl, failure, false);
}

int
session_stream(struct picoctl *ctl, const char *method, json_t *parameters,
    bool more, void (*show)(struct output *, const json_t *))
{
	json_t	*reply, *waiting;
	bool	 continues = true, replied = false;
	int	 failure;

	if (parameters == NULL)
		return STATUS_USAGE;
	failure = picod_json_begin(ctl->picod, method, parameters, more);
	/* Of Send, replies tell what it waits for. */
	if (failure == 0 && !(more && strcmp(method, "io.picod.Send") == 0))
		waiting_tell(ctl);
	while (failure == 0 && continues) {
		failure = ctl->typing != NULL ?
		    typing_next(ctl->typing, &reply, &continues) :
		    picod_json_next(ctl->picod, &reply, &continues);
		waiting = failure == 0 ? json_object_get(reply, "waiting") :
		    NULL;
		if (json_is_object(waiting)) {
			waiting_show(ctl, waiting);
			json_decref(reply);
			continue;
		}
		waiting_end(ctl);
		if (failure != 0)
			break;
		replied = true;
		show(&ctl->output, reply);
		json_decref(reply);
		if (ctl->output.error < 0)
			return STATUS_FILE;	/* told in the end */
	}
	return failure == 0 ? STATUS_OK :
	    session_failed(ctl, failure, replied);
}

int
session_do(struct picoctl *ctl, const char *method, json_t *parameters)
{
	json_t	*reply;
	int	 status = session_call(ctl, method, parameters, &reply);

	if (status != STATUS_OK)
		return status;
	ctl->output.ops->done(&ctl->output, reply);
	json_decref(reply);
	return STATUS_OK;
}

size_t
session_select(json_t *boards, const char *name)
{
	size_t	i = json_array_size(boards);

	while (i-- > 0)
		if (strcmp(output_string(json_array_get(boards, i), "name"),
		    name) != 0)
			json_array_remove(boards, i);
	return json_array_size(boards);
}
