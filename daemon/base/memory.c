/* SPDX-License-Identifier: MIT */
/*
 * A daemon that goes on without memory is wrong in a hundred places that nobody
 * can test: an answer without its error, a rule without its letters.  So it says
 * so and ends, and systemd starts it again; clients see Disconnected, boards
 * notice nothing.  What one client can ask for is bounded elsewhere, in limits.h.
 */
#include "memory.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

void *
xhave(void *p)
{
	if (p == NULL) {
		log_error("out of memory");
		abort();
	}
	return p;
}

/* Room for nothing may be NULL, and is there all the same. */
void *
xmalloc(size_t size)
{
	return xhave(malloc(size == 0 ? 1 : size));
}

void *
xcalloc(size_t n, size_t size)
{
	return xhave(calloc(n == 0 ? 1 : n, size));
}

static void *
xrealloc(void *p, size_t size)
{
	return xhave(realloc(p, size == 0 ? 1 : size));
}

char *
xstrdup(const char *s)
{
	return xhave(strdup(s));
}

char *
xvasprintf(const char *format, va_list args)
{
	char	*s = NULL;

	return vasprintf(&s, format, args) < 0 ? xhave(NULL) : s;
}

void
memory_init(void)
{
	event_set_mem_functions(xmalloc, xrealloc, free);
	json_set_alloc_funcs(xmalloc, free);
}
