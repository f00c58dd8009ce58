/* SPDX-License-Identifier: MIT */
/*
 * A port is not looked for, nor is a flasher: it is said what may stand there.
 */
#include "protocol/setting.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/driver.h"

/* HOST:PORT */
static bool
setting_is_tcp(const char *value)
{
	const char	*colon = strrchr(value, ':');
	char		*end;
	long		 n;

	if (colon == NULL || colon == value)
		return false;
	n = strtol(colon + 1, &end, 10);
	return isdigit((unsigned char)colon[1]) && *end == '\0' && n > 0 &&
	    n < 65536;
}

const char *
setting_port(const char *value)
{
	if (value[0] == '/' || strncmp(value, "unix:/", 6) == 0 ||
	    (strncmp(value, "tcp:", 4) == 0 && setting_is_tcp(value + 4)))
		return NULL;
	return "a port is a path such as /dev/ttyACM0, unix:/PATH or "
	    "tcp:HOST:PORT";
}

const char *
setting_driver(const char *value)
{
	return driver_find(value) == NULL ? "a driver is repl, piserial or auto" :
	    NULL;
}

const char *
setting_baud(const char *value)
{
	char	*end;
	long	 n = strtol(value, &end, 10);

	if (strcmp(value, "auto") == 0 || (isdigit((unsigned char)value[0]) &&
	    *end == '\0' && n >= SETTING_BAUD_MIN && n <= SETTING_BAUD_MAX))
		return NULL;
	return "baud is auto, or a number from 50 to 4000000";
}

/* Whether a list with ", " between its words has that one. */
static bool
setting_is_of(const char *list, const char *value)
{
	size_t	len;

	for (;; list += len + 2) {
		len = strcspn(list, ",");
		if (strlen(value) == len && memcmp(list, value, len) == 0)
			return true;
		if (list[len] == '\0')
			return false;
	}
}

const char *
setting_flasher(const char *value)
{
	return setting_is_of(SETTING_FLASHERS ", avrdude", value) ? NULL :
	    "a flasher is one of " SETTING_FLASHERS ", or avrdude";
}
