/* SPDX-License-Identifier: MIT */
/*
 * Lookup in the table of errors.  The table stands in the header, because the
 * codes are made from it too.
 */
#include "error.h"

#include <string.h>

static const struct {
	const char	*name;
	int		 status;
	const char	*sentence;
} errors[] = {
	[ERROR_NONE] = { "", 0, "no error" },
#define X(code, name, status, sentence) \
	[ERROR_##code] = { name, status, sentence },
	ERROR_TABLE(X)
#undef X
};

const char *
error_name(enum error_code code)
{
	return errors[code].name;
}

int
error_status(enum error_code code)
{
	return errors[code].status;
}

const char *
error_sentence(enum error_code code)
{
	return errors[code].sentence;
}

enum error_code
error_find(const char *name)
{
	static const char	prefix[] = "io.picod.";
	int			code;

	if (strncmp(name, prefix, sizeof prefix - 1) != 0)
		return ERROR_NONE;
	name += sizeof prefix - 1;
	for (code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
		if (strcmp(errors[code].name, name) == 0)
			return code;
	return ERROR_NONE;
}
