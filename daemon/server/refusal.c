/* SPDX-License-Identifier: MIT */
/*
 * Each error carries a sentence that says what to do next, beside the parameters
 * that a program needs.
 */
#include "refusal.h"

#include <stdio.h>

#include "protocol/limits.h"
#include "protocol/text.h"
#include "protocol/varlink.h"

json_t *
refusal_va(enum error_code code, json_t *parameters, const char *format,
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
refusal(enum error_code code, json_t *parameters, const char *format, ...)
{
	json_t	*message;
	va_list	 args;

	va_start(args, format);
	message = refusal_va(code, parameters, format, args);
	va_end(args);
	return message;
}

json_t *
refusal_laden(void)
{
	return refusal(ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}", "limit",
	    "memory", "value", LIMIT_KEPT_PER_USER), REFUSAL_LADEN);
}
