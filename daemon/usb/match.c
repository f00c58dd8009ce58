/* SPDX-License-Identifier: MIT */
/*
 * Patterns of picod.conf(5): words that each look at another property of a
 * port.  The shape of a word tells which, so that no keyword is needed for the
 * two that people know by heart, a path and a USB id.
 */
#include "match.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

static bool
match_one(const char *pattern, const struct hotplug_tty *tty)
{
	char	id[16];

	if (pattern[0] == '/')
		return fnmatch(pattern, tty->node, 0) == 0;
	if (strncmp(pattern, "serial:", 7) == 0)
		return tty->serial[0] != '\0' &&
		    fnmatch(pattern + 7, tty->serial, 0) == 0;
	if (strncmp(pattern, "path:", 5) == 0)
		return fnmatch(pattern + 5, tty->path, 0) == 0 ||
		    fnmatch(pattern + 5, tty->place, 0) == 0;
	if (strncmp(pattern, "if:", 3) == 0) {
		snprintf(id, sizeof id, "%02x", tty->interface);
		return fnmatch(pattern + 3, id, FNM_CASEFOLD) == 0;
	}
	snprintf(id, sizeof id, "%04x:%04x", tty->vendor, tty->product);
	return fnmatch(pattern, id, FNM_CASEFOLD) == 0;
}

/* The next word of a list, in a buffer; NULL at its end. */
static const char *
match_word(const char **list, char *word, size_t size)
{
	size_t	len;

	*list += strspn(*list, " \t");
	len = strcspn(*list, " \t");
	if (len == 0 || len >= size)
		return NULL;
	memcpy(word, *list, len);
	word[len] = '\0';
	*list += len;
	return word;
}

bool
match_tty(const char *patterns, const struct hotplug_tty *tty)
{
	char	word[256];
	bool	any = false;

	while (match_word(&patterns, word, sizeof word) != NULL) {
		if (!match_one(word, tty))
			return false;
		any = true;
	}
	return any;
}

const char *
match_check(const char *patterns)
{
	char	word[256];
	bool	any = false;

	while (match_word(&patterns, word, sizeof word) != NULL) {
		any = true;
		if (word[0] != '/' && strncmp(word, "serial:", 7) != 0 &&
		    strncmp(word, "path:", 5) != 0 &&
		    strncmp(word, "if:", 3) != 0 &&
		    (strchr(word, ':') == NULL ||
		    word[strspn(word, "0123456789abcdefABCDEF?*[]-:")] != '\0'))
			return "a pattern is a path, VENDOR:PRODUCT, "
			    "serial:GLOB, path:GLOB or if:NN";
	}
	return any ? NULL : "there is no pattern";
}

bool
match_names_interface(const char *patterns)
{
	char	word[256];

	while (match_word(&patterns, word, sizeof word) != NULL)
		if (strncmp(word, "if:", 3) == 0)
			return true;
	return false;
}
