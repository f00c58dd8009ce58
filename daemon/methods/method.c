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

#include "daemon/base/memory.h"
#include "daemon/server/access.h"
#include "daemon/boards/boards.h"
#include "protocol/limits.h"
#include "protocol/schema.h"
#include "protocol/text.h"
#include "target.h"

const struct method methods[] = {
	{ .name = "org.varlink.service.GetInfo", .run = method_get_info,
	    .target = TARGET_NONE },
	{ .name = "org.varlink.service.GetInterfaceDescription",
	    .run = method_get_interface_description, .target = TARGET_NONE },
	{ .name = "io.picod.ListBoards", .run = method_list_boards,
	    .target = TARGET_ANY },
	{ .name = "io.picod.Send", .run = method_send,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.Watch", .run = method_watch,
	    .target = TARGET_ANY, .needs_more = true },
	{ .name = "io.picod.Hold", .run = method_hold,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.Drop", .run = method_drop,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.Interrupt", .run = method_interrupt,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.Cancel", .run = method_cancel,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.Input", .run = method_input,
	    .target = TARGET_BOARD, .also = { "Send" } },
	{ .name = "io.picod.Reset", .run = method_reset,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.Lend", .run = method_lend,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.Console", .run = method_console,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.ListFirmware", .run = method_list_firmware,
	    .target = TARGET_ANY },
	{ .name = "io.picod.Upload", .run = method_upload,
	    .target = TARGET_ANY, .also = { "Flash", "WriteFile" } },
	{ .name = "io.picod.Flash", .run = method_flash,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.ListFiles", .run = method_list_files,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.Stat", .run = method_stat,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.ReadFile", .run = method_read_file,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.WriteFile", .run = method_write_file,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.RemoveFile", .run = method_remove_file,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.MakeDirectory", .run = method_make_directory,
	    .target = TARGET_BOARD },
	{ .name = "io.picod.RenameFile", .run = method_rename_file,
	    .target = TARGET_BOARD },
	{ 0 }
};

static struct schema	*schema_picod;
static struct schema	*schema_service;

void
method_init(void)
{
	unsigned	line;

	schema_picod = xhave(schema_parse(interface_picod, &line));
	schema_service = xhave(schema_parse(interface_service, &line));
}

void
method_finish(void)
{
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
		text_clean(interface);	/* it may be cut */
		method_fail(call, "InterfaceNotFound", "interface", interface);
	} else if (m == NULL) {
		method_fail(call, "MethodNotFound", "method", name);
		schema = NULL;
	}
	return schema;
}

static void
method_dispatch(struct call *call)
{
	const struct method	*m = method_find(call->in.method);
	const struct schema	*schema = method_check_name(call, m);
	const char		*bad;

	if (schema == NULL)
		return;
	if (schema == schema_picod && !call_is_allowed(call))
		call_fail(call, ERROR_PERMISSION_DENIED, NULL, ACCESS_DENIED);
	else if (schema_check(schema, SCHEMA_METHOD, strrchr(m->name, '.') + 1,
	    SCHEMA_IN, call->in.parameters, &bad) < 0)
		method_fail(call, "InvalidParameter", "parameter", bad);
	else if (m->needs_more && (!call->in.more || call->in.oneway))
		call_fail_name(call, "org.varlink.service.ExpectedMore", NULL);
	else if (target_find(call, m))
		m->run(call);
}

static bool
method_is_permitted(struct call *call)
{
	return target_is_permitted(call, method_find(call->in.method));
}

const struct call_handler method_handler = {
	method_dispatch, method_is_permitted
};

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
