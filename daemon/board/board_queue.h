/* SPDX-License-Identifier: MIT */
/*
 * The requests that wait for a board.  It calls nobody: it says which may start,
 * whose time is up and who is to be turned away.
 */
#ifndef PICOD_BOARD_QUEUE_H
#define PICOD_BOARD_QUEUE_H

#include "request.h"

struct board_queue {
	struct request_queue	 list;
	size_t			 count;
};

/* Which of those that wait. */
enum board_flush {
	FLUSH_IMPATIENT,	/* those that do not wait for an absent board */
	FLUSH_TRIED,		/* all but a last will, which has a try of its own */
	FLUSH_ALL
};

void		 queue_init(struct board_queue *);

/* Puts one in behind those of its rank, or, back again, before them. */
void		 queue_add(struct board_queue *, struct request *);
void		 queue_return(struct board_queue *, struct request *);
void		 queue_remove(struct board_queue *, struct request *);

/*
 * The first that may start, or NULL.  token: only those with it, NULL: everybody.
 * in_loader: only what can be done with a board in its boot loader.
 */
struct request	*queue_startable(const struct board_queue *, const char *token,
    bool in_loader);

/* One that is to be turned away, whose time is up, that has this id; or NULL. */
struct request	*queue_flushable(const struct board_queue *, enum board_flush);
struct request	*queue_expired(const struct board_queue *, uint64_t now);
struct request	*queue_find(const struct board_queue *, uint64_t id);

/* How many of them are a user's. */
size_t		 queue_count_of(const struct board_queue *, uid_t);

/* When the next one's time is up. */
uint64_t	 queue_deadline(const struct board_queue *);

#endif
