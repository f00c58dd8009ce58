/* SPDX-License-Identifier: MIT */
/*
 * What counts as a number is what strtod(3) reads, but for words such as "nan",
 * which a board means as words.  A user's are stricter: digits, and nothing else.
 */
#include "numbers.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Up to here each whole number is a double. */
#define NUMBER_WHOLE	9007199254740992.

static bool
number_starts(const char *p)
{
	if (*p == '-' || *p == '+')
		p++;
	if (*p == '.')
		p++;
	return isdigit((unsigned char)*p);
}

/* One letter and hexadecimal digits, as PiSerial has them. */
static bool
number_command(const char *text, double *value)
{
	char	*end;

	if (!islower((unsigned char)text[0]) ||
	    strspn(text + 1, "0123456789ABCDEF") == 0)
		return false;
	*value = (double)strtoull(text + 1, &end, 16);
	return *end == '\0' || *end == '\n';
}

bool
number_value(const char *text, double *value)
{
	char	*end;

	while (isspace((unsigned char)*text))
		text++;
	if (strncmp(text, "True", 4) == 0 || strncmp(text, "False", 5) == 0) {
		*value = *text == 'T';
		return true;
	}
	if (!number_starts(text))
		return number_command(text, value);
	*value = strtod(text, &end);
	while (isspace((unsigned char)*end))
		end++;
	return *end == '\0';
}

bool
number_count(const char *text, long long most, long long *count)
{
	char	*end;

	errno = 0;
	*count = strtoll(text, &end, 10);
	return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0 &&
	    *count <= most;
}

void
number_text(double value, char text[NUMBER_TEXT])
{
	int	digits = 14;

	if (fabs(value) <= NUMBER_WHOLE && value == (double)(long long)value) {
		snprintf(text, NUMBER_TEXT, "%.0f", value);
		return;
	}
	do
		snprintf(text, NUMBER_TEXT, "%.*g", ++digits, value);
	while (digits < 17 && strtod(text, NULL) != value);
}

/* Letters and digits, of any language, name a number. */
static bool
number_is_name(unsigned char c)
{
	return isalnum(c) || c == '_' || c == '.' || c >= 0x80;
}

bool
number_next(const char **p, char *name, size_t size, double *value)
{
	const char	*s = *p, *word = NULL;
	size_t		 len = 0;
	char		*end;

	while (*s != '\0' && !(number_starts(s) && (s == *p ||
	    !number_is_name((unsigned char)s[-1])))) {
		if (number_is_name((unsigned char)*s)) {
			if (word == NULL || word + len != s)
				word = s, len = 0;
			len++;
		}
		s++;
	}
	if (*s == '\0')
		return false;
	*value = strtod(s, &end);
	if (word == NULL || len >= size)
		len = 0;
	memcpy(name, word == NULL ? "" : word, len);
	name[len] = '\0';
	*p = end;
	return true;
}
