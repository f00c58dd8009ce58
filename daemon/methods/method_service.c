/* SPDX-License-Identifier: MIT */
/*
 * org.varlink.service: what every Varlink service answers about itself.
 */
#include <string.h>

#include "method.h"
#include "protocol/schema.h"

static void
get_info_run(struct call *call)
{
	call_reply(call, json_pack("{s:s, s:s, s:s, s:s, s:[s, s]}",
	    "vendor", "picod", "product", "picod", "version", PICOD_VERSION,
	    "url", "man:picod(8)", "interfaces", "org.varlink.service",
	    "io.picod"));
}

const struct method method_get_info = {
	.name = "org.varlink.service.GetInfo",
	.run = get_info_run,
	.target = TARGET_NONE,
};

static void
get_interface_description_run(struct call *call)
{
	const char	*name = method_string(call, "interface");
	const char	*text = NULL;

	if (strcmp(name, "io.picod") == 0)
		text = interface_picod;
	else if (strcmp(name, "org.varlink.service") == 0)
		text = interface_service;
	if (text == NULL)
		call_fail_name(call, "org.varlink.service.InterfaceNotFound",
		    json_pack("{s:s}", "interface", name));
	else
		call_reply(call, json_pack("{s:s}", "description", text));
}

const struct method method_get_interface_description = {
	.name = "org.varlink.service.GetInterfaceDescription",
	.run = get_interface_description_run,
	.target = TARGET_NONE,
};
