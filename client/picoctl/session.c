/* SPDX-License-Identifier: MIT */
/*
 * Where a conversation ends badly, its user needs three things: a sentence that
 * says what to do, an exit status that says the same to a script, and, with
 * --json, the error as picod sent it.
 */
#include "session.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "protocol/error.h"

static int
session_no_daemon(const char *path, int error)
{
	switch (error) {
	case -ENOENT:
		picoctl_complain("picod is not running (there is no socket %s): "
		    "start it with \"systemctl start picod\"", path);
		return STATUS_NO_DAEMON;
	case -ECONNREFUSED:
		picoctl_complain("picod is not running (nothing listens at %s): "
		    "start it with \"systemctl start picod\"", path);
		return STATUS_NO_DAEMON;
	case -EACCES:
	case -EPERM:
		picoctl_complain("you may not use the socket %s: have yourself "
		    "added to the group picod (\"sudo adduser YOU picod\"), "
		    "and log in anew", path);
		return STATUS_PERMISSION;
	default:
		picoctl_complain("cannot connect to picod at %s: %s", path,
		    strerror(-error));
		return STATUS_NO_DAEMON;
	}
}

int
session_open(struct picoctl *ctl)
{
	const char	*path = ctl->options.value[OPTION_SOCKET];
	char		 buf[PATH_MAX];
	int		 error = picod_connect(path, &ctl->picod);

	if (error == 0)
		return STATUS_OK;
	if (picod_socket_path(path, buf, sizeof buf) == 0)
		path = buf;
	return session_no_daemon(path, error);
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

/* The exit status for a failure of the library, after a complaint. */
static int
session_failed(struct picoctl *ctl, int failure)
{
	const char	*name = picod_error_name(ctl->picod);

	if (failure < 0) {
		picoctl_complain("%s", picod_message(ctl->picod));
		return STATUS_NO_DAEMON;
	}
	ctl->output.ops->error(&ctl->output, name,
	    picod_json_error(ctl->picod), picod_message(ctl->picod));
	if (error_find(name) != ERROR_NONE)
		return error_status(error_find(name));
	/* Varlink's own are about the call, thus about how we were called. */
	return strncmp(name, "org.varlink.", 12) == 0 ? STATUS_USAGE :
	    STATUS_FAILED;
}

int
session_call(struct picoctl *ctl, const char *method, json_t *parameters,
    json_t **reply)
{
	int	failure;

	if (parameters == NULL)
		return STATUS_USAGE;
	failure = picod_json_call(ctl->picod, method, parameters, reply);
	return failure == 0 ? STATUS_OK : session_failed(ctl, failure);
}

int
session_upgrade(struct picoctl *ctl, const char *method, json_t *parameters,
    const void **bytes, size_t *len)
{
	json_t	*reply;
	int	 failure;

	if (parameters == NULL)
		return STATUS_USAGE;
	failure = picod_json_upgrade(ctl->picod, method, parameters, &reply,
	    bytes, len);
	if (failure != 0)
		return session_failed(ctl, failure);
	json_decref(reply);
	return STATUS_OK;
}

int
session_stream(struct picoctl *ctl, const char *method, json_t *parameters,
    bool more, void (*show)(struct output *, const json_t *))
{
	json_t	*reply;
	bool	 continues = true;
	int	 failure;

	if (parameters == NULL)
		return STATUS_USAGE;
	failure = picod_json_begin(ctl->picod, method, parameters, more);
	while (failure == 0 && continues) {
		failure = picod_json_next(ctl->picod, &reply, &continues);
		if (failure != 0)
			break;
		show(&ctl->output, reply);
		json_decref(reply);
		if (ctl->output.error < 0)
			return STATUS_FILE;	/* told in the end */
	}
	return failure == 0 ? STATUS_OK : session_failed(ctl, failure);
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
