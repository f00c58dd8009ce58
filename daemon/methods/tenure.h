/* SPDX-License-Identifier: MIT */
/*
 * A board in the hands of one connection: held, lent, its console, being flashed.
 * Asked for by a request in the board's queue, and tied by a lease to the
 * connection, so that it ends however that ends.
 */
#ifndef PICOD_TENURE_H
#define PICOD_TENURE_H

#include "daemon/server/call.h"
#include "protocol/limits.h"
#include "daemon/board/request.h"

struct board;
struct boards;
struct tenure;

struct tenure_ops {
	const char	*method;	/* that it came by */
	/*
	 * The board is the connection's: the call may be ended, or go on.
	 * Without this the call ends with an answer that has only the board.
	 */
	void	(*granted)(struct tenure *, struct call *,
		    const struct request *, const struct request_result *);
	/*
	 * It is over; lost: because the connection ended.  board is NULL if it
	 * is served no more.  The tenure is freed right afterwards.
	 */
	void	(*ended)(struct tenure *, struct board *board, bool lost);
	/* It was never granted: what becomes of its state.  NULL: nothing. */
	void	(*refused)(void *state);
};

struct tenure {
	struct lease	 lease;		/* must be first */
	const struct tenure_ops *ops;
	struct call	*call;		/* while it waits */
	struct asker	*asker;		/* likewise */
	struct board	*board;		/* likewise: later it may be gone */
	struct boards	*boards;
	uint64_t	 number;	/* board_number() */
	char		 token[REQUEST_TOKEN_SIZE];	/* of a hold */
	void		*state;		/* the method's */
};

/* Submits a request on a board for it, on behalf of a call. */
void		 tenure_begin(struct call *, struct board *, struct request *,
    const struct tenure_ops *, void *state);

/* The tenure of that kind that a call's connection has of a board, or NULL. */
struct tenure	*tenure_find(struct call *, const struct board *,
    const struct tenure_ops *);

/* Ends it; lost: as if the connection had ended. */
void		 tenure_end(struct tenure *, bool lost);

#endif
