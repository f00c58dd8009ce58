/* SPDX-License-Identifier: MIT */
/*
 * Memory, or the end: nobody checks what these return.
 */
#ifndef PICOD_MEMORY_H
#define PICOD_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

/* libevent and jansson take theirs here, too: before either is used. */
void	 memory_init(void);

/* As malloc(3) and so on, to be freed likewise. */
void	*xmalloc(size_t);
void	*xcalloc(size_t n, size_t size);
char	*xstrdup(const char *);
char	*xvasprintf(const char *format, va_list)
    __attribute__((format(printf, 1, 0)));

/* What was made by somebody who returns NULL when memory is short. */
void	*xhave(void *);

#endif
