/* SPDX-License-Identifier: MIT */
/*
 * The inside of the face of a REPL, shared by face_repl.c (its modes, and how a job
 * ends), face_raw.c (the raw REPL), face_edit.c (the line that a person types),
 * face_complete.c (what a Tab makes of it), face_input.c (what is said while a job
 * runs), face_mount.c (a folder of the tool's machine) and face_greet.c (what a board
 * says that begins anew).
 */
#ifndef PICOD_FACE_REPL_H
#define PICOD_FACE_REPL_H

#include "face_private.h"

#define FACE_TRACEBACK	"Traceback (most recent call last):\r\n" \
			"  File \"<stdin>\", line 1, in <module>\r\n"

#define FACE_HISTORY	16
#define FACE_WINDOW	1024		/* of raw-paste */
#define FACE_FOUND	16384		/* of names, at a Tab */

enum face_mode {
	FACE_FRIENDLY,
	FACE_SHOWN_PASTE,	/* Ctrl-E: shown as it is typed */
	FACE_RAW,
	FACE_RAW_PASTE
};

/* What a board says that begins anew. */
#define FACE_WORDS	3

struct face_greeting {
	uint8_t	matched[FACE_WORDS];	/* so much of each word */
	bool	heard[FACE_WORDS];
	bool	owed;			/* its prompt is still to come */
};

/* How far an order of the board's was heard. */
enum mount_heard {
	MOUNT_NOTHING,
	MOUNT_KIND,		/* what is it? */
	MOUNT_BYTES,		/* bytes for the tool: the next digit is a first */
	MOUNT_LOW		/* or a second one */
};

/* A folder that is mounted. */
struct face_mount {
	bool		 on;
	bool		 ends;		/* the job unmounts it */
	bool		 asks;		/* the board wants an answer */
	bool		 answers;	/* and gets one */
	bool		 stops;		/* or there was a Ctrl-C */
	enum mount_heard heard;
	uint8_t		 high;		/* the digit that was heard */
	struct face_text answer;
};

struct repl_face {
	struct face	 base;
	enum face_mode	 mode;
	struct face_text text;		/* of raw, of paste: so far */
	size_t		 window;	/* of raw-paste: left of it */
	bool		 too_long;

	/* friendly */
	struct face_text block;		/* lines of a statement, so far */
	struct face_text line;		/* the one that is typed */
	size_t		 at;		/* the cursor in it */
	unsigned	 escape;	/* within ESC [ ... */
	uint8_t		 parameter;
	bool		 after_cr;	/* a line feed would be of the same Enter */
	char		*history[FACE_HISTORY];
	unsigned	 recalled;	/* how far back we are in it */
	struct face_greeting greeting;
	size_t		 part;		/* of the name that a Tab is behind: so much
					 * stands there */
	struct face_text found;		/* the names that it may become */

	/* the job */
	bool		 busy;
	bool		 resetting;	/* it is a reset */
	bool		 completing;	/* it asks what a name may become */
	bool		 started;
	bool		 fed;		/* it was given input */
	bool		 stopped;	/* it is to end */
	bool		 cut;		/* there was a Ctrl-C in its input */
	bool		 waited;	/* which did not end it */
	struct face_text ahead;		/* typed before it started */
	struct face_mount mount;
};

/* A byte at the friendly prompt that is no order: true if a statement is whole. */
bool	face_edit(struct repl_face *, uint8_t);

/* Drops what is typed. */
void	face_edit_drop(struct repl_face *);

/* Whether something is typed. */
bool	face_edit_is_empty(const struct repl_face *);

/* Another character at the cursor, and the whole line, with its prompt, anew. */
void	face_edit_insert(struct repl_face *, uint8_t);
void	face_edit_show(struct repl_face *);

/* Bytes in memory for it, and for the lines that were typed before. */
size_t	face_edit_kept(const struct repl_face *);

void	face_edit_finish(struct repl_face *);

/* A byte in the raw REPL, in raw-paste; and the way into it. */
void	face_raw(struct repl_face *, uint8_t, struct face_event *);
void	face_raw_paste(struct repl_face *, uint8_t, struct face_event *);
void	face_raw_enter(struct repl_face *);

/* Another byte of the text that is to be carried out at once. */
void	face_text_typed(struct repl_face *, uint8_t);

/* There is a job: that text. */
void	face_job_begin(struct repl_face *, enum face_event_type,
	    const struct face_text *, struct face_event *);

/* While there is a job: as face_feed() and face_started(), and that it is over. */
size_t	face_input(struct repl_face *, const uint8_t *, size_t len,
	    struct face_event *);
void	face_input_started(struct repl_face *, struct face_event *);
void	face_input_ended(struct repl_face *);

/* Whether what follows a Ctrl-C may be taken as input if the job goes on. */
bool	face_input_waits(const struct repl_face *);

/*
 * What is to be asked of the board about the name before the cursor is in text then;
 * false: there is no name.  Its answer is to be in found.
 */
bool	face_complete_ask(struct repl_face *);
void	face_complete_answer(struct repl_face *);

bool	face_is_circuitpython(const struct repl_face *);

/* The banner and the prompt. */
void	face_greet(struct repl_face *);

/* From now on; what the board said since; its reset, asked for here, is done. */
void	face_greet_begin(struct repl_face *);
void	face_greet_heard(struct repl_face *, const char *, size_t len);
void	face_greet_reset(struct repl_face *);

/* As face_restarted() and face_taken(). */
void	face_greet_restarted(struct repl_face *);
void	face_greet_taken(struct repl_face *);

/*
 * A raw text is about to be carried out: if it mounts a folder, another is in its
 * place; and it has ended.
 */
void	face_mount_job(struct repl_face *, struct face_event *);
void	face_mount_ended(struct repl_face *, enum face_end);

/* What a job prints while a folder is mounted. */
void	face_mount_print(struct repl_face *, const uint8_t *, size_t len);

/* As face_feed() of what is an answer to the board; 0: it is none. */
size_t	face_mount_answer(struct repl_face *, const uint8_t *, size_t len,
	    struct face_event *);

/* What unmounts it, or NULL. */
const char *face_mount_will(const struct repl_face *);

void	face_mount_finish(struct repl_face *);

#endif
