/* SPDX-License-Identifier: MIT */
/*
 * One flash as a client asked for it: for method_flash.c and flashing*.c only.
 */
#ifndef PICOD_FLASHING_H
#define PICOD_FLASHING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "daemon/boards/boards.h"
#include "daemon/flash/flash.h"
#include "daemon/flash/flash_image.h"
#include "method.h"
#include "tenure.h"

struct flashing {
	LIST_ENTRY(flashing)	 entry;
	struct call		*call;		/* NULL: the client is gone */
	struct tenure		*tenure;	/* NULL: not any more */
	bool			 began;		/* the board was given to it */
	bool			 keeps;		/* boards_keep() */
	struct boards		*boards;
	struct event_base	*base;
	char			 board[LIMIT_BOARD_NAME + 1];
	uint64_t		 number;	/* of the board */
	char			 token[REQUEST_TOKEN_SIZE];
	struct client		 client;
	struct flash_recipe	 recipe;
	struct flash_image	 image;
	struct flash_reading	*reading;	/* NULL: it was read */
	char			 program[PATH_MAX];	/* see flash_options */
	struct flash		*flash;		/* NULL: ended */
	enum flash_stage	 stage;
	bool			 copied;	/* to its drive, by whoever */
	char			*script;	/* a program that is to be put on a
						 * REPL as main.py, or NULL */
	bool			 kept;		/* it has another, which stays */
	struct asker		*asker;		/* for what follows, while it waits */
	unsigned		 step;		/* of what follows the flash */
	unsigned		 tries;		/* to have its firmware answer */
	struct watcher		 watcher;	/* to what a foreign image says */
	struct event		*timer;		/* of it; NULL: not listening */
	bool			 back;
	char			 heard[1024];
	size_t			 heard_len;
};

/* One that waits for its board; it ends with flashing_fail() or _succeed(). */
struct flashing	*flashing_create(struct call *, const struct board *,
    const struct flash_recipe *);

/* Has the board stay as it is, or not any more. */
void		 flashing_keep(struct flashing *, bool keep);

/* Silently, before it has begun. */
void		 flashing_destroy(struct flashing *);

/* Ends all of them, but not those that wait for their board: picod ends. */
void		 flashing_finish(void);

/* The board, or NULL if it is served no more. */
struct board	*flashing_board(const struct flashing *);

/* Tells the client, if he wants to know: the handler of a flash. */
void		 flashing_progress(void *flashing, enum flash_stage,
    unsigned percent, const char *message);

/* Asks the client to copy the image to the board's drive. */
void		 flashing_drive(void *flashing, const char *label);

/* The end, badly or well.  answer: what the board said, or NULL. */
void		 flashing_fail(struct flashing *, enum flash_stage,
    const char *log, const char *message);
void		 flashing_succeed(struct flashing *, const char *answer,
    const char *message);

/* The image was written: gives the board back, and hears what it says. */
void		 flashing_follow(struct flashing *, struct board *);

#endif
