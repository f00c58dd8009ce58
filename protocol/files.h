/* SPDX-License-Identifier: MIT */
/*
 * One order about a board's files (read one, write one, list, ...), as a
 * conversation: it has no descriptor, no clock and no board.  It says which text
 * the board is to carry out next, hears what that prints, says what it is to be
 * given on its standard input, and is told how it ended; until it is over.
 *
 *	while ((text = files_job(f, &len)) != NULL)
 *		carry it out as it is; meanwhile files_hear(), files_say();
 *		files_ended()
 *	files_result()
 *
 * A file is written under another name, read back on the board, and then gets
 * its own: whatever happens in between, the name has the old content or the new
 * one.  (A micro:bit cannot rename: there the checked copy is copied.)
 */
#ifndef PICOD_FILES_H
#define PICOD_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILES_NEVER	UINT64_MAX

enum files_op {
	FILES_READ,
	FILES_WRITE,
	FILES_LIST,
	FILES_STAT,
	FILES_REMOVE,
	FILES_MAKE_DIRECTORY,
	FILES_RENAME,
};

struct files_order {
	enum files_op	 op;
	const char	*path;		/* on the board; copied; "" of FILES_LIST: */
					/* its own directory */
	const char	*to;		/* of FILES_RENAME; copied */
	const uint8_t	*content;	/* of FILES_WRITE: the caller's until it */
	size_t		 len;		/* is over */
	bool		 recursive;	/* LIST, REMOVE; MAKE: those above too */
	bool		 hash;		/* LIST, STAT */
	bool		 lossless;	/* the port loses nothing: not a UART */
};

/*
 * What is known of a board and was put on it: the caller keeps it from one order
 * to the next, and zeroes it whenever the board restarts.
 */
struct files_board {
	bool		known;
	bool		swept;		/* nothing is left of half a file */
	unsigned	has;
	unsigned	defined;
	unsigned long	memory;		/* free, in bytes */
	char		home[16];	/* where main.py is; "": it has but one */
};					/* directory */

/* What went wrong, in the terms of the type FileErrorKind of io.picod. */
enum files_kind {
	FILES_OK,
	FILES_NOT_FOUND,
	FILES_EXISTS,
	FILES_NO_SPACE,
	FILES_READ_ONLY,
	FILES_IS_DIRECTORY,
	FILES_NOT_DIRECTORY,
	FILES_NOT_EMPTY,
	FILES_NO_MEMORY,
	FILES_DAMAGED,		/* what arrived was not what was sent */
	FILES_UNSUPPORTED,
	FILES_INTERRUPTED,	/* by somebody else */
	FILES_RESTARTED,	/* the board did, in the middle */
	FILES_OTHER,		/* a number or a traceback says what */
	FILES_KIND_COUNT
};

enum files_event_type {
	FILES_NONE,
	FILES_CONTENT,		/* of READ: data[0..len) */
	FILES_ENTRY,		/* of LIST and STAT: entry */
	FILES_PROGRESS,		/* done of total bytes */
	FILES_STOP,		/* interrupt the job; files_ended() follows */
};

struct files_entry {
	const char	*path;
	bool		 is_directory;
	uint64_t	 size;
	const char	*hash;		/* SHA-256 in hexadecimal, or NULL */
};

struct files_event {
	enum files_event_type	 type;
	const uint8_t		*data;		/* valid until the next call */
	size_t			 len;
	struct files_entry	 entry;
	uint64_t		 done, total;
};

enum files_end {
	FILES_ENDED,		/* as a statement does */
	FILES_ENDED_RAISED,
	FILES_ENDED_INTERRUPTED,
	FILES_ENDED_RESTARTED,	/* or the board went away, or is silent */
};

struct files_result {
	enum files_kind	 kind;
	const char	*message;	/* a sentence, if it is not FILES_OK */
	const char	*path;		/* the order's, that it is about */
	bool		 drive;		/* READ_ONLY: its drive is the computer's */
	bool		 unchanged;	/* WRITE: the board had it already */
	/* STAT: of the volume, in bytes; 0 where the board cannot tell */
	uint64_t	 capacity, available;
};

struct files;

/* NULL when memory is short.  board is the caller's and outlives it. */
struct files	*files_create(const struct files_order *, struct files_board *);
void		 files_destroy(struct files *);

/* The text to carry out next, valid until it has ended; NULL: it is over. */
const char	*files_job(struct files *, size_t *len);

/* All of the text was handed to the board's port. */
void		 files_started(struct files *, uint64_t now);

/* The job printed len > 0 bytes: eats at least one, returns how many. */
size_t		 files_hear(struct files *, const uint8_t *, size_t len,
    uint64_t now, struct files_event *);

/* What the job is to be given: a peek, and how much of it was taken. */
size_t		 files_say(const struct files *, const uint8_t **);
void		 files_said(struct files *, size_t, uint64_t now);

/* The job ended.  The traceback need not be NUL-terminated. */
void		 files_ended(struct files *, enum files_end,
    const char *traceback, size_t len);

/* When to call files_tick() next. */
uint64_t	 files_deadline(const struct files *);
void		 files_tick(struct files *, uint64_t now, struct files_event *);

/* Whether files_job() has no more. */
bool		 files_over(const struct files *);

/* Once that is so; valid until files_destroy(). */
const struct files_result *files_result(const struct files *);

/* "notFound", as FileErrorKind has it. */
const char	*files_kind_name(enum files_kind);

/* Why a path cannot be one on any board, a sentence; NULL if it can. */
const char	*files_path_wrong(const char *path);

#endif
