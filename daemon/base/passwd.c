/* SPDX-License-Identifier: MIT */
/*
 * getpwuid() may ask a directory over the network, and picod would stand still
 * while that is dead.
 */
#include "passwd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
passwd_find(const char *text, size_t len, uid_t uid, char *name,
    size_t size)
{
	const char	*line, *next, *end = text + len, *colon;
	char		*after;

	for (line = text; line < end; line = next) {
		next = memchr(line, '\n', (size_t)(end - line));
		next = next == NULL ? end : next + 1;
		/* NAME:x:UID:... */
		colon = memchr(line, ':', (size_t)(next - line));
		if (colon == NULL || colon == line)
			continue;
		after = memchr(colon + 1, ':', (size_t)(next - colon - 1));
		if (after == NULL || after + 1 == next || after[1] < '0' ||
		    after[1] > '9' ||
		    strtoull(after + 1, &after, 10) != uid || *after != ':')
			continue;
		snprintf(name, size, "%.*s", (int)(colon - line), line);
		return 0;
	}
	return -ENOENT;
}
