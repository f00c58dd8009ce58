/* SPDX-License-Identifier: MIT */
/*
 * From a call to its method.  What may be called and with which parameters is
 * read from the descriptions of the interfaces; a method sees only calls that
 * fit, so none of them checks a type.
 */
#include "method.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server/access.h"
#include "daemon/boards/boards.h"
#include "daemon/base/log.h"
#include "protocol/limits.h"
#include "protocol/schema.h"
#include "protocol/text.h"
#include "daemon/server/server.h"

/* What names of boards take in a message, which has 511 bytes. */
#define METHOD_NAMES	300

const struct method methods[] = {
	{ "org.varlink.service.GetInfo", method_get_info, false },
	{ "org.varlink.service.GetInterfaceDescription",
	    method_get_interface_description, false },
	{ "io.picod.ListBoards", method_list_boards, false },
	{ "io.picod.Send", method_send, false },
	{ "io.picod.Watch", method_watch, true },
	{ "io.picod.Hold", method_hold, false },
	{ "io.picod.Drop", method_drop, false },
	{ "io.picod.Interrupt", method_interrupt, false },
	{ "io.picod.Cancel", method_cancel, false },
	{ "io.picod.Reset", method_reset, false },
	{ "io.picod.Lend", method_lend, false },
	{ "io.picod.Console", method_console, false },
	{ "io.picod.ListFirmware", method_list_firmware, false },
	{ "io.picod.Upload", method_upload, false },
	{ "io.picod.Flash", method_flash, false },
	{ 0 }
};

static struct schema	*schema_picod;
static struct schema	*schema_service;

int
method_init(void)
{
	unsigned	line;

	schema_picod = schema_parse(interface_picod, &line);
	schema_service = schema_parse(interface_service, &line);
	return schema_picod == NULL || schema_service == NULL ? -EINVAL : 0;
}

void
method_finish(void)
{
	method_flash_finish();
	schema_destroy(schema_picod);
	schema_destroy(schema_service);
}

static void
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

static const struct method *
method_find(const char *name)
{
	const struct method	*m;

	for (m = methods; m->name != NULL; m++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

/* The interface of a method's name, if it is one of ours. */
static const struct schema *
method_schema(const char *name, size_t len)
{
	const struct schema	*schemas[] = { schema_picod, schema_service };
	size_t			 i;

	for (i = 0; i < 2; i++)
		if (strlen(schema_name(schemas[i])) == len &&
		    memcmp(schema_name(schemas[i]), name, len) == 0)
			return schemas[i];
	return NULL;
}

/* Ends the call if its name means nothing here. */
static const struct schema *
method_check_name(struct call *call, const struct method *m)
{
	const char		*name = call->in.method;
	const char		*dot = strrchr(name, '.');
	size_t			 len = dot == NULL ? 0 : (size_t)(dot - name);
	const struct schema	*schema = method_schema(name, len);
	char			 interface[256];

	if (schema == NULL) {
		snprintf(interface, sizeof interface, "%.*s", (int)len, name);
		method_fail(call, "InterfaceNotFound", "interface", interface);
	} else if (m == NULL) {
		method_fail(call, "MethodNotFound", "method", name);
		schema = NULL;
	}
	return schema;
}

void
method_dispatch(struct call *call)
{
	const struct method	*m = method_find(call->in.method);
	const struct schema	*schema = method_check_name(call, m);
	const char		*bad;

	if (schema == NULL)
		return;
	if (schema_check(schema, SCHEMA_METHOD, strrchr(m->name, '.') + 1,
	    SCHEMA_IN, call->in.parameters, &bad) < 0)
		method_fail(call, "InvalidParameter", "parameter", bad);
	else if (m->needs_more && (!call->in.more || call->in.oneway))
		call_fail_name(call, "org.varlink.service.ExpectedMore", NULL);
	else if (schema == schema_picod && !call_is_allowed(call))
		call_fail(call, ERROR_PERMISSION_DENIED, NULL, ACCESS_DENIED);
	else
		m->run(call);
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

/* "pico0, uno0, ..." in a text of METHOD_NAMES bytes. */
static const char *
method_names(struct boards *boards, char *text)
{
	struct board	*b;
	size_t		 i, len = 0;

	text[0] = '\0';
	for (i = 0; (b = boards_get(boards, i)) != NULL; i++) {
		if (len + strlen(board_name(b)) + sizeof ", , ..." >
		    METHOD_NAMES) {
			strcpy(text + len, ", ...");
			break;
		}
		len += (size_t)sprintf(text + len, "%s%s", i > 0 ? ", " : "",
		    board_name(b));
	}
	return text;
}

static void
method_ambiguous(struct call *call, struct boards *boards)
{
	json_t		*names = json_array();
	char		 text[METHOD_NAMES];
	struct board	*b;
	size_t		 i;

	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		json_array_append_new(names, json_string(board_name(b)));
	call_fail(call, ERROR_AMBIGUOUS_BOARD, json_pack("{s:o}", "boards", names),
	    "there are %zu boards; name one of them (picoctl -b NAME): %s",
	    boards_count(boards), method_names(boards, text));
}

/* What a call would send to a board, or NULL. */
static const char *
method_text(struct call *call)
{
	const char	*text = method_string(call, "text");
	const char	*will = method_string(call, "will");

	return text[0] != '\0' ? text : will[0] != '\0' ? will : NULL;
}

/* Whether the rules of access let this call through; if not, it has ended. */
static bool
method_permit(struct call *call, const struct board *b)
{
	const char	*method = strrchr(call->in.method, '.') + 1;
	const char	*text = method_text(call);
	struct client	*client = call_client(call);

	if (call_is_permitted(call, board_name(b), method, text) &&
	    (strcmp(method, "Hold") != 0 || text == NULL ||
	    call_is_permitted(call, board_name(b), "Send", text)))
		return true;
	log_warn_about(&(struct log_about){ board_name(b), client->pid,
	    LOG_OTHER }, "%s (pid %d, user %s) was refused %s on board %s", client->program,
	    (int)client->pid, client->user, method, board_name(b));
	call_fail(call, ERROR_PERMISSION_DENIED, NULL, "the rules of access do "
	    "not grant user %s %s on board %s; an administrator can, under "
	    "[access] in /etc/picod/picod.conf", client->user, method,
	    board_name(b));
	return false;
}

struct board *
method_board(struct call *call)
{
	struct boards	*boards = server_boards(call_server(call));
	const char	*name = method_string(call, "board");
	char		 text[METHOD_NAMES];
	struct board	*b = NULL;

	if (name[0] != '\0')
		b = boards_find(boards, name);
	else if (boards_count(boards) == 1)
		b = boards_get(boards, 0);
	else if (boards_count(boards) > 1) {
		method_ambiguous(call, boards);
		return NULL;
	}
	if (b != NULL)
		return method_permit(call, b) ? b : NULL;
	call_fail(call, ERROR_NO_SUCH_BOARD,
	    json_pack("{s:s}", "board", name), boards_count(boards) == 0 ?
	    "picod knows no board: plug one in, or name one in "
	    "/etc/picod/picod.conf" : "there is no board %s; there are: %s",
	    name, method_names(boards, text));
	return NULL;
}

bool
method_admits(struct call *call, struct board *b)
{
	const struct client	*holder = board_holder(b);

	if (call_client(call)->uid == 0 ||
	    board_admits(b, method_string(call, "hold")))
		return true;
	call_fail(call, ERROR_BOARD_BUSY, json_pack("{s:s, s:o}", "board",
	    board_name(b), "holder", method_client_json(holder)),
	    "board %s is held by %s (pid %d, user %s)", board_name(b),
	    holder->program, (int)holder->pid, holder->user);
	return false;
}

json_t *
method_clean_json(const char *s)
{
	char	*copy = strdup(s);
	json_t	*json;

	if (copy == NULL)
		return NULL;
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
