/* SPDX-License-Identifier: MIT */
/*
 * The last bytes a board said unasked, for those who come late.  Bounded: the
 * oldest give way.
 */
#ifndef PICOD_HISTORY_H
#define PICOD_HISTORY_H

#include <stddef.h>

struct history {
	char	*bytes;		/* a ring of size bytes, allocated when needed */
	size_t	 size;
	size_t	 start, len;
};

void	history_init(struct history *, size_t size);
void	history_finish(struct history *);

/* Forgets everything. */
void	history_clear(struct history *);

/* Adds bytes.  Without memory they are not kept. */
void	history_add(struct history *, const void *bytes, size_t len);

/* Copies what is kept, oldest first, into a buffer of at least len bytes. */
void	history_copy(const struct history *, char *buf);

#endif
