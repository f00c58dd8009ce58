/* SPDX-License-Identifier: MIT */
/*
 * A descriptor that is not read, and whose other side may leave all the same.
 */
#ifndef PICOD_HANGUP_H
#define PICOD_HANGUP_H

#include <stdbool.h>

struct event_base;
struct hangup;

/*
 * Of a descriptor that stays the caller's and open.  hung_up() is told from the
 * loop, while it is watched; it may come again.  NULL with errno where there are no
 * more descriptors.
 */
struct hangup	*hangup_create(struct event_base *, int fd,
    void (*hung_up)(void *arg), void *arg);
void		 hangup_destroy(struct hangup *);

/* It is watched from now on; it is not, and NULL never is. */
void		 hangup_watch(struct hangup *);
void		 hangup_rest(struct hangup *);

/* Whether the other side of a descriptor has left. */
bool		 hangup_is_there(int fd);

#endif
