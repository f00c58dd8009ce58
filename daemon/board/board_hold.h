/* SPDX-License-Identifier: MIT */
/*
 * Exclusive use of a board.  It calls nobody: it says whom it admits, and hands
 * over the request that is its last will.
 */
#ifndef PICOD_BOARD_HOLD_H
#define PICOD_BOARD_HOLD_H

#include "request.h"

struct hold {
	bool		 on;
	uint64_t	 will_id;	/* its request, once under way; 0 before */
	char		 token[REQUEST_TOKEN_SIZE];
	struct client	 client;
	uint64_t	 deadline;
	char		*will;		/* or NULL */
	size_t		 will_len;
};

void		 hold_init(struct hold *);

/* The hold that a request wants, which gets its token, instead of the one there is. */
void		 hold_begin(struct hold *, struct request *, uint64_t now);

/* It is over. */
void		 hold_end(struct hold *);

/* Whether a client with that token ("" for none) may use the board. */
bool		 hold_admits(const struct hold *, const char *token);

/* The token that is wanted now, or NULL: everybody is admitted. */
const char	*hold_token(const struct hold *);

/*
 * The last will, as a request of that id for nobody; with it the hold is over.
 * NULL if there is none.
 */
struct request	*hold_execute(struct hold *, uint64_t id, uint64_t now);

/* Whether a request is its last will; whether it has one that has not run. */
bool		 hold_is_will(const struct hold *, const struct request *);
bool		 hold_has_will(const struct hold *);

/* The last line of a traceback, which names the exception, or "". */
void		 hold_exception(const struct request_result *, char *line,
    size_t size);

#endif
