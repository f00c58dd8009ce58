/* SPDX-License-Identifier: MIT */
/*
 * What happened on a board and went over its wire, kept once for all who want to
 * know.  Each of them is a reader with a place of its own; one that is too slow
 * is overtaken, and told exactly how much it lost.
 *
 * Nothing is kept where nobody reads.  Who always takes at once what happens
 * needs no place, and is no reader: see struct watcher.
 */
#ifndef PICOD_TAPE_H
#define PICOD_TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct board_notice;
struct tape_piece;
struct tape_reader;

struct tape_count {
	uint64_t	events, bytes;
};

/* For whom a piece is: the wire's bytes are for those who want every byte. */
enum tape_view {
	TAPE_NEWS, TAPE_ALL, TAPE_VIEWS
};

struct tape {
	TAILQ_HEAD(tape_pieces, tape_piece) pieces;
	LIST_HEAD(, tape_reader)	 readers;
	unsigned			 reading[TAPE_VIEWS];
	size_t				 size, limit;	/* in memory */
	uint64_t			 dropped;	/* number of the last that was */
	struct tape_count		 added[TAPE_VIEWS], gone[TAPE_VIEWS];
};

/* Embedded in its owner's structure. */
struct tape_reader {
	LIST_ENTRY(tape_reader)		 entry;
	struct tape			*tape;		/* NULL: of none */
	struct tape_piece		*last;		/* read; if it is there still, */
	uint64_t			 number;	/* which this one tells */
	struct tape_count		 seen;
	enum tape_view			 view;
};

/* limit: bytes of memory that its pieces may take. */
void	tape_init(struct tape *, size_t limit);

/* Its readers have none from now on. */
void	tape_finish(struct tape *);

/* Whether anybody would read such a piece: a notice's kind. */
bool	tape_is_read(const struct tape *, unsigned kind);

/*
 * Adds a piece, of which all is copied, if it is read; the oldest give way.
 * Numbers, of whatever tapes, go up: they tell in which order things happened.
 */
void	tape_add(struct tape *, const struct board_notice *);

/* Reads what is added from now on, or no more: also of no tape. */
void	tape_join(struct tape *, struct tape_reader *, enum tape_view);
void	tape_leave(struct tape_reader *);

/* What was dropped before it was read, since this was last asked. */
struct tape_count tape_lost(struct tape_reader *);

/* All that is there is taken as read: how much that was, with what was lost. */
struct tape_count tape_skip(struct tape_reader *);

/*
 * The next piece, or NULL, after tape_lost() was asked; and on to the one after
 * that.  It is the tape's, until more is added.
 */
const struct board_notice *tape_peek(struct tape_reader *);
void	tape_pass(struct tape_reader *);

#endif
