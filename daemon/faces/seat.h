/* SPDX-License-Identifier: MIT */
/*
 * A seat at a board: a tool that believes to have the board's port for itself, and
 * is one asker among others.  What it says is understood by protocol/face.h.
 */
#ifndef PICOD_SEAT_H
#define PICOD_SEAT_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/boards/boards.h"

struct seat;

struct seat_ops {
	/* Bytes for the tool. */
	void	(*bytes)(void *arg, const void *, size_t);
	/* Whether it is better given no more of them; NULL: it never is. */
	bool	(*full)(void *arg);
	/* seat_typed() takes more again. */
	void	(*room)(void *arg);
	/* Nothing that was typed is still to be done. */
	void	(*idle)(void *arg);
	/* picod serves the board no more; the seat is to be destroyed. */
	void	(*gone)(void *arg);
	/* The tool wants to flash the board, which it cannot do here; or NULL. */
	void	(*flash)(void *arg);
};

/*
 * For a client, who is copied, with the token of his hold or "".
 */
struct seat	*seat_create(struct boards *, struct board *,
    const struct client *, const char *token, const struct seat_ops *,
    void *arg);

/* From now on for another. */
void		 seat_set_client(struct seat *, const struct client *);

/* Its board, or NULL: picod serves it no more. */
const struct board *seat_board(const struct seat *);

/* The tool may do no more: what it asked for is dropped, and stopped if it runs. */
void		 seat_withdraw(struct seat *);

/*
 * The tool is gone.  What waits for it is dropped; a job of its that runs goes on,
 * as it would at a real port, until it ends or somebody else wants the board.
 */
void		 seat_destroy(struct seat *);

/* The tool said so: how much of it was taken, perhaps nothing for now. */
size_t		 seat_typed(struct seat *, const void *, size_t len);

/* Bytes in memory for what was typed and is still to be done. */
size_t		 seat_kept(const struct seat *);

/* Whether all that was typed has been done. */
bool		 seat_is_idle(const struct seat *);

#endif
