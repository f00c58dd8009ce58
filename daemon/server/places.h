/* SPDX-License-Identifier: MIT */
/*
 * The places at the socket: so many for all, so many of them for one user, some
 * that only root gets, and a few, for a moment, for strangers.  Who has places
 * has a share of memory with them.
 */
#ifndef PICOD_PLACES_H
#define PICOD_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <sys/types.h>

/* The place of one connection; its first member. */
struct place {
	LIST_ENTRY(place)	 entry;
	uid_t			 uid;
	bool			 stranger;	/* who may not use picod */
	bool			 evicted;
};

struct places {
	LIST_HEAD(, place)	 taken;		/* who came last is first */
	size_t			 count;		/* those of strangers not */
	size_t			 strangers;
	void			(*evict)(struct place *);
	size_t			(*kept)(const struct place *);
	/* Somebody came or went.  NULL: nobody wants to know. */
	void			(*changed)(void *);
	void			*changed_arg;
};

/*
 * Nobody is there.  evict: a stranger is to leave, soon.  kept: how many bytes are
 * in memory for that place.
 */
void	places_init(struct places *, void (*evict)(struct place *),
    size_t (*kept)(const struct place *));

/*
 * Gives a place; a stranger gets that of the stranger who came first.  NULL, or
 * the limit that is reached, in words.
 */
const char *places_take(struct places *, struct place *, uid_t, bool stranger);
void	places_give_back(struct places *, struct place *);

/* How many are taken. */
size_t	places_count(const struct places *);

/* Whether more is kept for a user than his share, or for all than there is. */
bool	places_are_laden(const struct places *, uid_t);

#endif
