/* SPDX-License-Identifier: MIT */
/*
 * From a call to its method.  What may be called and with which parameters is
 * read from the descriptions of the interfaces; a method sees only calls that
 * fit, so none of them checks a type.
 */
#include "methods.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "daemon/server/access.h"
#include "flashing.h"
#include "method.h"
#include "protocol/schema.h"
#include "protocol/text.h"
#include "target.h"

static const struct method *const methods[] = {
	&method_get_info, &method_get_interface_description,
	&method_list_boards, &method_send, &method_watch, &method_hold,
	&method_drop, &method_interrupt, &method_cancel, &method_input,
	&method_reset, &method_lend, &method_console, &method_list_firmware,
	&method_upload, &method_flash, &method_list_files, &method_stat,
	&method_read_file, &method_write_file, &method_remove_file,
	&method_make_directory, &method_rename_file,
};

static struct schema	*schema_picod;
static struct schema	*schema_service;

void
methods_init(void)
{
	unsigned	line;

	schema_picod = xhave(schema_parse(interface_picod, &line));
	schema_service = xhave(schema_parse(interface_service, &line));
}

void
methods_finish(void)
{
	schema_destroy(schema_picod);
	schema_destroy(schema_service);
}

static const struct method *
methods_find(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(methods[i]->name, name) == 0)
			return methods[i];
	return NULL;
}

/* The interface of a method's name, if it is one of ours. */
static const struct schema *
methods_schema(const char *name, size_t len)
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
methods_check_name(struct call *call, const struct method *m)
{
	const char		*name = call->in.method;
	const char		*dot = strrchr(name, '.');
	size_t			 len = dot == NULL ? 0 : (size_t)(dot - name);
	const struct schema	*schema = methods_schema(name, len);
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
methods_dispatch(struct call *call)
{
	const struct method	*m = methods_find(call->in.method);
	const struct schema	*schema = methods_check_name(call, m);
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
methods_is_permitted(struct call *call)
{
	return target_is_permitted(call, methods_find(call->in.method));
}

const struct call_handler methods_handler = {
	methods_dispatch, methods_is_permitted
};

void
methods_stop(void)
{
	flashing_finish();
}
