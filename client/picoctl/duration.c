/* SPDX-License-Identifier: MIT */
/*
 * strtod() would take "inf", "0x1p3" and, depending on the locale, a comma; none
 * of that belongs into a time.  So digits are read one by one, in whole
 * nanoseconds of the unit, which leaves no rounding to think about.
 */
#include "duration.h"

#include <errno.h>
#include <stdint.h>
#include <stddef.h>
#include <string.h>

#include "protocol/limits.h"

#define DURATION_SCALE	1000000000	/* a unit's parts: nine decimals */

/* The milliseconds of a unit, 0 if there is none of that name. */
static uint64_t
duration_unit(const char *name)
{
	static const struct {
		const char	*name;
		uint64_t	 ms;
	} units[] = {
		{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 },
		{ "h", 60 * 60 * 1000 },
	};
	size_t	i;

	for (i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(name, units[i].name) == 0)
			return units[i].ms;
	return 0;
}

/*
 * Adds a digit of that weight.  What is over the limit whatever the unit stays
 * there, so that a long row of digits cannot overflow.
 */
static uint64_t
duration_add(uint64_t whole, char digit)
{
	if (whole > LIMIT_TIME_MS)
		return whole;
	return whole * 10 + (uint64_t)(digit - '0');
}

static int
duration_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int
duration_parse(const char *text, int *ms)
{
	uint64_t	 whole = 0, part = 0, weight = DURATION_SCALE, unit;
	const char	*p = text;

	for (; duration_is_digit(*p); p++)
		whole = duration_add(whole, *p);
	if (p == text)
		return -EINVAL;
	if (*p == '.') {
		if (!duration_is_digit(*++p))
			return -EINVAL;
		for (; duration_is_digit(*p); p++) {
			weight /= 10;	/* 0 after nine: the rest is dust */
			part += weight * (uint64_t)(*p - '0');
		}
	}
	unit = duration_unit(p);
	if (unit == 0)
		return -EINVAL;
	whole = whole * unit + (part * unit + DURATION_SCALE - 1) /
	    DURATION_SCALE;
	if (whole > LIMIT_TIME_MS)
		return -ERANGE;
	*ms = (int)whole;
	return 0;
}
