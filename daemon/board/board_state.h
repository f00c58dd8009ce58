/* SPDX-License-Identifier: MIT */
/*
 * What a board is made of, and what its files offer each other: for the files of
 * this folder only.
 */
#ifndef PICOD_BOARD_STATE_H
#define PICOD_BOARD_STATE_H

#include "board.h"

/* For a port to open again. */
#define BOARD_OPEN_MS	5000

struct hold {
	bool		 on;
	uint64_t	 will_id;	/* its request, once under way; 0 before */
	char		 token[REQUEST_TOKEN_SIZE];
	struct client	 client;
	uint64_t	 deadline;
	char		*will;		/* or NULL */
	size_t		 will_len;
};

/* Why a running request was stopped. */
enum board_stop {
	STOP_NONE, STOP_TIMEOUT, STOP_INTERRUPT, STOP_LEFT, STOP_OVERFLOW
};

struct board {
	char			*name;
	uint64_t		 number;
	char			*port;		/* "" until it is known */
	struct board_usb	 usb;
	struct board_flash	 flash;		/* its strings are the board's */
	enum board_state	 state;
	struct driver		*driver;
	const struct driver_ops	*driver_ops;
	bool			 may_interrupt;
	const struct board_host	*host;
	void			*host_data;

	struct request_queue	 waiting;
	size_t			 waiting_count;
	struct request		*running;
	bool			 started;	/* the board took it */
	enum board_stop		 stop;
	uint64_t		 timeout_at;	/* of the running request */
	bool			 paused;	/* its client is too slow */

	bool			 open;		/* the port is */
	bool			 away;		/* taken: lent, flashing, console */
	uint64_t		 coming_at;	/* until when it is expected to
						 * open again; or DRIVER_NEVER */
	bool			 bootsel;	/* it is in BOOTSEL, and has no port */
	bool			 becoming;	/* flashed, or in BOOTSEL: what comes to
						 * its place is it */
	const struct board_console *console;	/* who has the bytes, or NULL */
	void			*console_arg;
	struct evbuffer		*typed;		/* for the port, from the console */
	bool			 leaving;	/* picod ends */
	bool			 left;
	bool			 restarted;	/* tried since the last answer */
	bool			 probing;	/* picod's own question is out */
	uint64_t		 probe_at;	/* of a silent board */
	uint64_t		 probe_delay_ms;
	uint64_t		 boot;
	uint64_t		 next_id;
	struct hold		 hold;
	struct history		 history;
	char			 problem[256];
};

/* Enters a state for a reason, the only place where it changes. */
void	board_enter(struct board *, enum board_state, const char *reason);
void	board_notify(struct board *, const struct board_notice *);
/* Why it cannot be used, in words. */
void	board_set_problem(struct board *, const char *reason);
/* Starts the first request that may run, if none does. */
void	board_next(struct board *, uint64_t now);
/* Finishes a request that is in no queue any more. */
void	board_finish(struct board *, struct request *, enum error_code,
    struct request_result *, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Finishes the running request and starts the next one. */
void	board_conclude(struct board *, enum error_code, struct request_result *,
    uint64_t now, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void	board_stop(struct board *, enum board_stop, uint64_t now);
void	board_event(struct board *, const struct driver_event *, uint64_t now);
/*
 * The board went away or began anew while a request runs.  again: if that has
 * not begun, it keeps its place.
 */
void	board_vanish(struct board *, const char *reason, bool again, uint64_t now);
/* Tries whether a silent board answers again. */
void	board_probe(struct board *, uint64_t now);
/* Which waiting requests: those that do not wait for an absent board; all but a
 * last will, which has a try of its own; all. */
enum board_flush { FLUSH_IMPATIENT, FLUSH_TRIED, FLUSH_ALL };
void	board_flush(struct board *, enum board_flush, enum error_code,
    const char *why);
void	board_queue_tick(struct board *, uint64_t now);
uint64_t board_queue_deadline(const struct board *);
/* Grants a hold: the request becomes the holder. */
void	board_grant(struct board *, struct request *, uint64_t now);
/* The board was left: it is the asker's of the running request. */
void	board_take(struct board *, uint64_t now);
/* The board is nobody's any more, nor what was typed for it. */
void	board_end_away(struct board *);
/* Ends the hold without a word; or with one, if its will has not run. */
void	board_clear_hold(struct board *);
void	board_end_hold(struct board *);

#endif
