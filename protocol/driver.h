/* SPDX-License-Identifier: MIT */
/*
 * A driver is one side of a conversation with a board, and nothing else.
 *
 * It owns no descriptor, reads no clock and calls nobody back.  Bytes from
 * the board go in through driver_feed(), bytes for the board come out through
 * driver_output() and driver_sent(), and time is an argument.  Each call
 * yields at most one event, and by the time the caller sees it the driver is
 * off the stack: starting the next job, closing or destroying is safe there.
 *
 * One job at a time.  A job that was accepted ends in exactly one DRIVER_DONE
 * or DRIVER_LOST, or with driver_close(), which is silent because the caller
 * knows.  Between jobs the driver listens; it says nothing to the board of its
 * own accord, so a program that runs there is left alone.
 */
#ifndef PICOD_DRIVER_H
#define PICOD_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRIVER_NEVER UINT64_MAX

/*
 * What a marked text writes at its very end: ASCII's record separator, which
 * neither a REPL nor XON/XOFF uses, and no job prints by accident before its end.
 */
#define DRIVER_MARK	0x1e

struct driver;

enum driver_event_type {
	DRIVER_NONE,
	DRIVER_STEP,		/* a step of getting into step; data says which */
	DRIVER_SPEED,		/* the port shall have the speed baud from now on */
	DRIVER_STARTED,		/* all of the job was handed to the port: from
				 * here on it may have effects.  Once a job */
	DRIVER_OUTPUT,		/* the running job printed data[0..len) */
	DRIVER_UNASKED,		/* the board said data[0..len) by itself */
	DRIVER_RESTARTED,	/* the board began anew: its variables are gone */
	DRIVER_PROGRAM,		/* driver_program() may say something else now */
	DRIVER_DONE,		/* the job ended; outcome says how */
	DRIVER_LOST,		/* the job, if any, is over: the board does not
				 * answer as it should; data says what was missing */
};

enum driver_outcome {
	DRIVER_OK,
	DRIVER_RAISED,		/* a traceback; it is in data */
	DRIVER_REJECTED,	/* PiSerial RR */
	DRIVER_INTERRUPTED,	/* ended by driver_interrupt(); traceback in data */
	DRIVER_BOARD_RESTARTED,	/* the board began anew in the middle of the job */
	DRIVER_FOREIGN,		/* of DRIVER_LOST: the board is alive, but speaks
				 * another language; data says what to do */
	DRIVER_FULL,		/* it has no memory to take the text; in data, what
				 * it said of that.  Nothing was carried out */
	DRIVER_FORBIDDEN,	/* its own program runs, and may not be stopped */
};

struct driver_event {
	enum driver_event_type	 type;
	enum driver_outcome	 outcome;	/* of DRIVER_DONE and DRIVER_LOST */
	unsigned		 baud;		/* of DRIVER_SPEED */
	const uint8_t		*data;	/* in the fed buffer or in the driver; */
	size_t			 len;	/* valid until the next call */
};

enum driver_task {
	DRIVER_RUN,		/* a statement, a program or a command */
	DRIVER_SYNC,		/* only get into step: the probe of a silent board */
	DRIVER_SOFT_RESET,	/* restart the board's own program (Ctrl-D) */
	DRIVER_LEAVE,		/* leave the board as a person would find it */
};

struct driver_job {
	enum driver_task	 task;
	const char		*text;	/* of DRIVER_RUN: the caller's, untouched */
	size_t			 len;	/* until the job is over; may contain NUL */
	bool			 marked;	/* a program of picod's own, which is
				 * carried out as it is and writes DRIVER_MARK
				 * at its end, also when it fails */
	bool			 reads_all;	/* when it ends well, it has read
				 * what it was fed */
	bool			 forced;	/* it may stop the board's own program,
				 * whatever the options say */
	bool			 restarts;	/* it ends by a restart, of which the
				 * board may say nothing */
};

/* What the board does by itself, as far as it tells. */
enum driver_program {
	DRIVER_PROGRAM_UNKNOWN,
	DRIVER_PROGRAM_RUNS,
	DRIVER_PROGRAM_OVER,	/* it has ended: nothing runs before a key */
};

struct driver_options {
	bool	 may_interrupt;	/* Ctrl-C may stop the board's own program */
	unsigned baud;		/* of the port; 0 where it has no speed */
	bool	 find_baud;	/* that is a guess: another one may be asked for */
	const char *reports;	/* PiSerial letters that never belong to an
				 * answer; NULL for none; copied */
};

struct driver_ops {
	const char	*name;
	struct driver	*(*create)(const struct driver_options *);
	void		 (*destroy)(struct driver *);
	int		 (*check)(const char *text, size_t len, const char **why);
	void		 (*open)(struct driver *, uint64_t settle_ms, bool ask,
			    uint64_t now);
	void		 (*close)(struct driver *);
	int		 (*run)(struct driver *, const struct driver_job *,
			    uint64_t now);
	void		 (*interrupt)(struct driver *, uint64_t now);
	size_t		 (*feed)(struct driver *, const uint8_t *, size_t,
			    uint64_t now, struct driver_event *);
	void		 (*tick)(struct driver *, uint64_t now,
			    struct driver_event *);
	uint64_t	 (*deadline)(const struct driver *);
	size_t		 (*output)(const struct driver *, const uint8_t **);
	void		 (*sent)(struct driver *, size_t, uint64_t now);
	const char	*(*about)(const struct driver *);
	bool		 (*in_step)(const struct driver *);
	bool		 (*hears)(const struct driver *);
	void		 (*fed)(struct driver *);
	enum driver_program (*program)(const struct driver *);
	const char	*(*language)(const struct driver *);
	unsigned	 (*baud)(const struct driver *);	/* or NULL */
	void		 (*set_baud)(struct driver *, unsigned baud);	/* or NULL */
};

/* Every struct driver begins with this. */
struct driver {
	const struct driver_ops	*ops;
};

extern const struct driver_ops driver_repl, driver_piserial, driver_auto;

/* The driver of that name ("repl", "piserial", "auto"), or NULL. */
const struct driver_ops *driver_find(const char *name);

/*
 * A driver for a port that is not open yet.  NULL when memory is short; the
 * caller destroys it.  Options are copied.
 */
struct driver *driver_create(const struct driver_ops *,
    const struct driver_options *);
void	driver_destroy(struct driver *);

/*
 * Whether text can be sent at all, asked before anything is queued.  0, or
 * -EINVAL or -E2BIG with a sentence in *why (static) that says what is wrong.
 */
int	driver_check(const struct driver_ops *, const char *text, size_t len,
    const char **why);

/*
 * The port was opened; nothing is known of the board's state.  settle_ms is
 * how long the board may be deaf at first (a bootloader after a reset): no
 * byte is offered before, and jobs wait.  ask: it may as well be awake, so the
 * first job may ask it at once, by bytes that harm no bootloader.  close: the port
 * is gone; a running job is over without an event.
 */
void	driver_open(struct driver *, uint64_t settle_ms, bool ask, uint64_t now);
void	driver_close(struct driver *);

/*
 * Starts a job.  It gets into step with the board first where that is needed.
 * -EBUSY until the end of the last one was told, -ENOTCONN while closed,
 * -ENOTSUP for a task this language has not, -EINVAL or -E2BIG for a text it
 * has not (where driver_check() could not know), -EACCES where it would have
 * to stop the board's own program and may not, -ENOMEM.
 */
int	driver_run(struct driver *, const struct driver_job *, uint64_t now);

/*
 * Stops the running job: DRIVER_DONE follows (DRIVER_INTERRUPTED if the board
 * stopped because of it), or DRIVER_LOST if the board cannot be stopped.
 * Without a job, a Ctrl-C all the same where the language has one.
 */
void	driver_interrupt(struct driver *, uint64_t now);

/*
 * Eats at least one byte of buf[0..len), len > 0, returns how many, and sets
 * *event.  Call again with the rest.
 */
size_t	driver_feed(struct driver *, const uint8_t *buf, size_t len,
    uint64_t now, struct driver_event *event);

/*
 * Time passed: to be called at driver_deadline() or later.  A call may leave
 * the deadline in the past; then there is more to tell, so call it again.
 */
void	driver_tick(struct driver *, uint64_t now, struct driver_event *event);

/*
 * When to call driver_tick() next, in ms of the caller's clock: DRIVER_NEVER,
 * or a time that may have passed.  Any other call may change it.
 */
uint64_t driver_deadline(const struct driver *);

/*
 * What may be sent now: a peek at *bytes, and how many.  0: nothing at the
 * moment (a window or pacing may offer more after feed or tick).  driver_sent
 * says how many of them were taken by the port, right after they were taken,
 * before anything else is fed.
 */
size_t	driver_output(const struct driver *, const uint8_t **bytes);
void	driver_sent(struct driver *, size_t, uint64_t now);

/*
 * What the board says of itself ("MicroPython v1.25.0 on ...; ..."), or NULL
 * while unknown; the driver's, until the next call.
 */
const char *driver_about(const struct driver *);

/* Whether the next job can start at once: false while only listening. */
bool	driver_in_step(const struct driver *);

/*
 * Whether the running job hears: bytes that the port gets now, while there is no
 * output of the driver's own, are on its standard input.
 */
bool	driver_hears(const struct driver *);

/* Some were sent.  Those that the job leaves unread are nobody's. */
void	driver_fed(struct driver *);

/*
 * The speed that the port is to have, or 0: as it is.  A driver that was closed tells
 * nothing more, so that its caller asks: a try is over then, what was found stays.
 */
unsigned driver_baud(const struct driver *);

/* The speed of the port, which is closed, was changed by somebody else. */
void	driver_set_baud(struct driver *, unsigned baud);

/* What its own program does, while no job of ours is on the board. */
enum driver_program driver_program(const struct driver *);

/* The name of the language found: "repl" also where "auto" has settled. */
const char *driver_name(const struct driver *);

#endif
