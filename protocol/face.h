/* SPDX-License-Identifier: MIT */
/*
 * A face: a board's language spoken *to* a tool that believes to have the board's
 * port for itself.  It is a driver turned round: the tool's bytes go in, bytes for
 * the tool and jobs for the board come out; it has no descriptor and no board.
 *
 * It answers control bytes at once, from what is known, and never asks the board
 * for them: tools wait for some of them for a tenth of a second only.  It has one
 * job at a time, from FACE_JOB until face_ended().
 */
#ifndef PICOD_FACE_H
#define PICOD_FACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum face_event_type {
	FACE_NONE,
	FACE_JOB,		/* text is to be carried out as it is: no value is
				 * shown, nothing of picod's is in it */
	FACE_STATEMENT,		/* text is to be carried out as at the prompt, or is
				 * a PiSerial command */
	FACE_INPUT,		/* data is for the standard input of the job */
	FACE_STOP,		/* the job is to be interrupted, or to wait no more */
	FACE_COMPLETE,		/* likewise, if the board is free at the moment; what
				 * is typed then stops it */
	FACE_RESET,		/* a person wants the board's program to start anew */
	FACE_FLASH,		/* the tool looks for a boot loader */
};

struct face_event {
	enum face_event_type	 type;
	const uint8_t		*data;	/* in what was fed, or the face's: valid */
	size_t			 len;	/* until the next call */
};

enum face_end {
	FACE_DONE,		/* it ended; of a command: OK */
	FACE_RAISED,		/* with a traceback, in the board's words */
	FACE_INTERRUPTED,	/* likewise if it ran; without one it never did */
	FACE_REJECTED,		/* of a command: RR */
	FACE_FAILED,		/* picod's own reason, in a sentence */
};

struct face;

/*
 * language: "repl", "piserial", or "text" of a board that only prints; any other is
 * "repl".  NULL when memory is short.
 */
struct face	*face_create(const char *language);
void		 face_destroy(struct face *);

/* What the board says of itself ("MicroPython v1.25.0 on ..."); copied. */
void		 face_set_about(struct face *, const char *about);

/*
 * The tool said len > 0 bytes: eats at least one and returns how many; at most one
 * event.  0: no more for now, until the job has ended; FACE_STOP may come with it.
 * Or until FACE_AHEAD_MS later, if face_waits(): then face_waited() says so, and it
 * is to be tried again.
 */
size_t		 face_feed(struct face *, const uint8_t *, size_t len,
    struct face_event *);
bool		 face_waits(const struct face *);
void		 face_waited(struct face *);

/*
 * Once a job is on the board, and may want input: what was typed ahead for it, in
 * FACE_INPUT.  Of a FACE_STATEMENT that is better told some FACE_AHEAD_MS late: what
 * was pasted behind it is the next statement, if it ends soon.
 */
#define FACE_AHEAD_MS	200
void		 face_started(struct face *, struct face_event *);

/* What the job prints. */
void		 face_print(struct face *, const void *, size_t len);

/* The job, or the reset, is over; text need not be NUL-terminated. */
void		 face_ended(struct face *, enum face_end, const char *text,
    size_t len);

/*
 * After face_ended(): what was said behind a Ctrl-C that ended the job, or behind a
 * statement that was not given it, and is to be fed again; bytes has room for
 * FACE_LATE.
 */
#define FACE_LATE	4096
size_t		 face_late(struct face *, uint8_t *bytes);

/* What the board says by itself, as far as the tool would see it there. */
void		 face_heard(struct face *, const void *, size_t len);

/* The board began anew, with no job of this face. */
void		 face_restarted(struct face *);

/* Others use the board, or it waits for who does: it says no more by itself. */
void		 face_taken(struct face *);

/*
 * A statement to be carried out once the tool has left, or NULL; static.  As long as
 * there is one, the tool is to have the board for itself: asked of before each job,
 * and after it.
 */
const char	*face_will(const struct face *);

/* Bytes in memory for what was said and is still to be done. */
size_t		 face_kept(const struct face *);

/* Bytes for the tool: a peek, and how many of them it took. */
size_t		 face_output(const struct face *, const uint8_t **);
void		 face_sent(struct face *, size_t);

#endif
