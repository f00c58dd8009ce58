/* SPDX-License-Identifier: MIT */
/*
 * What a method does with its call.  Ending it is always the last thing: the
 * connection goes on with the next call from there.
 */
#include "call.h"

#include <stdarg.h>
#include <stdio.h>

#include "access.h"
#include "protocol/limits.h"
#include "protocol/text.h"
#include "server.h"

struct server *
call_server(struct call *call)
{
	return conn_server(call->conn);
}

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

static json_t *call_error_va(enum error_code, json_t *, const char *, va_list)
    __attribute__((format(printf, 3, 0)));

static json_t *
call_error_va(enum error_code code, json_t *parameters, const char *format,
    va_list args)
{
	char	name[64], message[512];

	vsnprintf(message, sizeof message, format, args);
	text_clean(message);	/* it may be cut within a character, too */
	if (parameters == NULL)
		parameters = json_object();
	json_object_set_new(parameters, "message", json_string(message));
	snprintf(name, sizeof name, "io.picod.%s", error_name(code));
	return varlink_error_new(name, parameters);
}

json_t *
call_error(enum error_code code, json_t *parameters, const char *format, ...)
{
	json_t	*message;
	va_list	 args;

	va_start(args, format);
	message = call_error_va(code, parameters, format, args);
	va_end(args);
	return message;
}

json_t *
call_laden(void)
{
	return call_error(ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}", "limit",
	    "memory", "value", LIMIT_KEPT_PER_USER),
	    "picod keeps too much for your programs already: end those that do "
	    "not read their answers, and try again");
}

static void
call_end(struct call *call, json_t *message)
{
	struct conn	*c = call->conn;

	if (call->in.oneway)
		json_decref(message);
	else if (!conn_offer(c, message))
		conn_send(c, call_laden());
	call->active = false;
	varlink_call_finish(&call->in);
	conn_run(c);
}

void
call_reply(struct call *call, json_t *parameters)
{
	call_end(call, varlink_reply_new(parameters, false));
}

void
call_upgrade(struct call *call, json_t *parameters, const struct conn_raw *raw,
    void *arg)
{
	conn_set_raw(call->conn, raw, arg);
	call_end(call, varlink_reply_new(parameters, false));
}

void
call_continue(struct call *call, json_t *parameters)
{
	if (call->in.oneway)
		json_decref(parameters);
	else
		conn_send(call->conn, varlink_reply_new(parameters, true));
}

void
call_continue_text(struct call *call, const char *text, size_t len)
{
	conn_write(call->conn, text, len);
}

bool
call_keep(struct call *call, size_t len)
{
	call->kept = len;
	return conn_may_keep(call->conn, 0);
}

void
call_fail_name(struct call *call, const char *name, json_t *parameters)
{
	call_end(call, varlink_error_new(name, parameters));
}

void
call_fail(struct call *call, enum error_code code, json_t *parameters,
    const char *format, ...)
{
	json_t	*message;
	va_list	 args;

	va_start(args, format);
	message = call_error_va(code, parameters, format, args);
	va_end(args);
	call_end(call, message);
}

void
call_fail_laden(struct call *call)
{
	call_end(call, call_laden());
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
