/* SPDX-License-Identifier: MIT */
/*
 * Memory, or the end: nobody checks what these return.
 */
#ifndef PICOD_MEMORY_H
#define PICOD_MEMORY_H

#include <stddef.h>

/* libevent and jansson take theirs here, too: before either is used. */
void	 memory_init(void);

/* As malloc(3), calloc(3) and strdup(3), to be freed likewise. */
void	*xmalloc(size_t);
void	*xcalloc(size_t n, size_t size);
char	*xstrdup(const char *);

#endif
