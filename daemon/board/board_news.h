/* SPDX-License-Identifier: MIT */
/*
 * A board has restarted, and what users had put on it is gone: each of them who
 * sends something soon afterwards is told once.
 */
#ifndef PICOD_BOARD_NEWS_H
#define PICOD_BOARD_NEWS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* So many users are remembered; one more may hear it twice. */
#define NEWS_USERS	16
#define NEWS_MS		60000

struct news {
	bool		 used;		/* there may be something to lose */
	bool		 expected;	/* by this user, who asked for it */
	uid_t		 by;
	uint64_t	 until;		/* it is news; 0 for none */
	uid_t		 told[NEWS_USERS];
	unsigned	 count;
};

/* Something of a user's was carried out. */
void	news_use(struct news *);

/* That user has the board restarted, and need not be told. */
void	news_expect(struct news *, uid_t);

/* That failed: the next restart is another one. */
void	news_expect_none(struct news *);

/* The board restarted. */
void	news_restart(struct news *, uint64_t now);

/* Whether that user is to be told of it; true once. */
bool	news_tell(struct news *, uid_t, uint64_t now);

#endif
