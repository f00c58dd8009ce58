/* SPDX-License-Identifier: MIT */
/*
 * What a method does with its call.  Ending it is always the last thing: the
 * connection goes on with the next call from there.
 */
#include "call.h"

#include <stdarg.h>

#include "conn_private.h"
#include "refusal.h"

struct client *
call_client(struct call *call)
{
	return conn_client(call->conn);
}

bool
call_is_allowed(struct call *call)
{
	return conn_is_allowed(call->conn);
}

bool
call_may_log(struct call *call, const char *what)
{
	return conn_may_log(call->conn, what);
}

json_t *
call_parameters(struct call *call)
{
	return call->in.parameters;
}

bool
call_is_permitted(struct call *call, const struct access_ask *ask)
{
	return conn_permits(call->conn, ask);
}

void
call_reply(struct call *call, json_t *parameters)
{
	conn_answer(call->conn, varlink_reply_new(parameters, false));
}

void
call_upgrade(struct call *call, json_t *parameters, const struct conn_raw *raw,
    void *arg)
{
	conn_set_raw(call->conn, raw, arg);
	conn_answer(call->conn, varlink_reply_new(parameters, false));
}

void
call_continue(struct call *call, json_t *parameters)
{
	if (call->in.oneway)
		json_decref(parameters);
	else
		conn_send(call->conn, varlink_reply_new(parameters, true));
}

bool
call_continue_text(struct call *call, const char *text, size_t len)
{
	return conn_write_all(call->conn, text, len);
}

bool
call_keep(struct call *call, size_t len)
{
	return conn_keep(call->conn, len);
}

void
call_fail_name(struct call *call, const char *name, json_t *parameters)
{
	conn_answer(call->conn, varlink_error_new(name, parameters));
}

void
call_fail(struct call *call, enum error_code code, json_t *parameters,
    const char *format, ...)
{
	json_t	*message;
	va_list	 args;

	va_start(args, format);
	message = refusal_va(code, parameters, format, args);
	va_end(args);
	conn_answer(call->conn, message);
}

size_t
call_unread(struct call *call)
{
	return stream_kept(call->conn->stream);
}

bool
call_is_full(struct call *call)
{
	return conn_is_full(call->conn);
}

void
call_add_lease(struct call *call, struct lease *lease)
{
	LIST_INSERT_HEAD(conn_leases(call->conn), lease, entry);
}

struct lease *
call_find_lease(struct call *call, bool (*match)(struct lease *, void *),
    void *arg)
{
	struct lease	*lease;

	LIST_FOREACH(lease, conn_leases(call->conn), entry)
		if (match(lease, arg))
			return lease;
	return NULL;
}
