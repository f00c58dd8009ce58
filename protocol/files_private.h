/* SPDX-License-Identifier: MIT */
/*
 * The inside of an order about files, shared by, from the top down: files_hear.c
 * (what the board says of a step), files_write.c (what it is given, to write a
 * file) and files_next.c (which step comes next); files.c (a step); files_text.c
 * (what the board is to carry out) and files_result.c (how it ended).
 */
#ifndef PICOD_FILES_PRIVATE_H
#define PICOD_FILES_PRIVATE_H

#include "files.h"
#include "files_code.h"
#include "files_ear.h"
#include "files_frame.h"
#include "limits.h"

#define FILES_TEMPORARY	".~"		/* behind a name, while it is written */
#define FILES_UART_NAME	"~"		/* the same where names are short */
#define FILES_PIECE	256		/* bytes of a literal */
#define FILES_UART_WINDOW 56		/* and 4 more: less than its ring of 63 */
#define FILES_LITTLE_MEMORY (24 * 1024)	/* free, in bytes */
#define FILES_TEXT	8192		/* all functions and a piece fit */

enum files_step {
	FILES_STEP_PROBE,	/* what has the board? */
	FILES_STEP_SWEEP,	/* away with what others have left */
	FILES_STEP_ASK,		/* what is there already? */
	FILES_STEP_TAKE,	/* it receives */
	FILES_STEP_PIECE,	/* likewise, a literal at a time */
	FILES_STEP_SEEK,	/* how much arrived before the line was lost? */
	FILES_STEP_PLACE,	/* check, and the name */
	FILES_STEP_GIVE,	/* it sends */
	FILES_STEP_ONE,		/* a statement, and that is all */
	FILES_STEP_CLEAN,	/* remove what is left of it */
	FILES_STEP_OVER
};

/* Where a running FILES_STEP_TAKE is. */
enum files_phase {
	FILES_OPENING,		/* until it says that it listens */
	FILES_TAKING,		/* until the frame has arrived */
	FILES_WRITING,		/* until it is written, nothing else under way */
	FILES_ALL_SENT		/* until it has its name */
};

struct files {
	enum files_op		 op;
	char			 path[LIMIT_PATH + 1];
	char			 to[LIMIT_PATH + 1];
	char			 temporary[LIMIT_PATH + sizeof FILES_TEMPORARY];
	const uint8_t		*content;
	size_t			 len;
	bool			 recursive, hash, lossless;
	struct files_board	*board;
	struct files_result	 result;
	char			 message[256];

	enum files_step		 step;
	unsigned		 defining;	/* functions that come before the step */
	bool			 stopping;	/* we asked for the job's end */
	uint64_t		 deadline;
	struct files_ear	 ear;
	char			 number[80];	/* of the job's OSError, or "" */
	bool			 no_memory;	/* its MemoryError */
	bool			 begun_anew;	/* once is enough */
	unsigned		 defined_anew;	/* times */
	char			 digest[65];	/* of content, as the board has it */

	/* what the board said of the path, and of its volume */
	bool			 exists, is_directory, same, read_only;
	uint64_t		 size, block, blocks_free, blocks, done;

	/* writing */
	bool			 replaces;	/* a file that was there before */
	enum files_phase	 phase;
	struct files_way	 way;
	unsigned		 level;		/* of memory it may take */
	bool			 plain;		/* not deflated */
	bool			 opened;	/* this attempt writes the temporary */
	bool			 touched;	/* it may be there still */
	size_t			 start;		/* where this attempt began */
	size_t			 written;	/* on the board for all we know */
	size_t			 covers;	/* and this much is on its way */
	unsigned		 refused;	/* times the same frame was */
	unsigned		 attempts;	/* without progress */
	struct files_sender	 sender;
	const uint8_t		*say;
	size_t			 say_len;
	bool			 complete;	/* reading: it said so */

	char			 text[FILES_TEXT];
	size_t			 text_len;
};

#define FILES_ATTEMPTS	8	/* without progress */
#define FILES_ANEW	3	/* times that functions are put on it again, at most */
/* From when a board was last heard of: the longest erase, the slowest digest. */
#define FILES_SILENT_MS	30000

/* Whether the board has one of those things, FILES_HAS_. */
static inline bool
files_has(const struct files *f, unsigned what)
{
	return (f->board->has & what) != 0;
}

/* files.c */
void	files_enter(struct files *, enum files_step);
/* The board is known: the order can begin. */
void	files_begin(struct files *);
/* Nothing is left of earlier ones. */
void	files_begin_swept(struct files *);
/* Whether files go to it in frames, through a stream of its own. */
bool	files_way_is_stream(const struct files *);
/* Less of the board's memory from now on; false: it is the least already. */
bool	files_take_less(struct files *);
/* Asks for the job's end, once. */
void	files_stop(struct files *, struct files_event *);

/* files_write.c: the board listens; a frame arrived, was written, was damaged. */
void	files_write_begin(struct files *, uint64_t now, struct files_event *);
void	files_write_arrived(struct files *, uint64_t now, struct files_event *);
void	files_write_written(struct files *, uint64_t now, struct files_event *);
void	files_write_refused(struct files *, uint64_t now, struct files_event *);

/* files_text.c: what the board is to carry out now, in text[]. */
void	files_make_text(struct files *);

/* files_result.c */
/* It failed like that; with a sentence, unless there was one before. */
void	files_fail(struct files *, enum files_kind, const char *format, ...)
	    __attribute__((format(printf, 3, 4)));
/* By the number that the board's OSError had, or its words. */
void	files_fail_number(struct files *, const char *number);

#endif
