/* SPDX-License-Identifier: MIT */
/*
 * What a board is made of, and what its files offer each other: for the files of
 * this folder only.  From below:
 *
 *	history.c	what was said unasked
 *	tape.c		what happened, for watchers
 *	board_tell.c	its state, and what it wants of the world
 *	board_run.c	the request whose turn it is
 *	board_away.c	out of service
 *	board_job.c	what a request is to the driver
 *	board_turn.c	whose turn it is next; what its driver says
 *	board_port.c, board_ask.c, board.c	what its port does to it, and
 *			clients, and what comes and goes there
 */
#ifndef PICOD_BOARD_STATE_H
#define PICOD_BOARD_STATE_H

#include "board.h"
#include "board_hold.h"
#include "board_news.h"
#include "board_queue.h"

/* For a port to open again. */
#define BOARD_OPEN_MS	5000

/* Whose turn it is. */
enum turn_phase {
	TURN_FREE,		/* nobody's: the next request may start */
	TURN_SET_OUT,		/* a request's, which has not begun */
	TURN_BEGUN,		/* a request's, which may have had effects */
	TURN_ENDED,		/* a request's, whose maker may have another job */
	TURN_PROBE,		/* picod's: does a silent board answer again? */
	TURN_LEAVE,		/* picod's, which ends */
};

/* Why a running request was stopped. */
enum turn_stop {
	STOP_NONE, STOP_TIMEOUT, STOP_INTERRUPT, STOP_LEFT, STOP_OVERFLOW
};

struct turn {
	enum turn_phase		 phase;
	struct request		*request;	/* whose it is, or NULL */
	enum turn_stop		 stop;
	uint64_t		 timeout_at;
	bool			 printed;	/* output is to be told, */
	bool			 fed;		/* and that all input was taken */
	bool			 midline;	/* its last line has no end */
};

/* Who has a board that is away, and what a console has of it. */
struct away {
	struct client		 client;
	const struct board_console *console;	/* NULL: it is not connected */
	void			*console_arg;
	bool			 room;		/* it is to be told of, */
	bool			 hung_up;	/* and that it is over */
	const uint8_t		*bytes;		/* it is to be told, in what was fed */
	size_t			 len;
	struct evbuffer		*typed;		/* for the port */
};

/* What the port is to do, if anything: what was last decided counts. */
enum port_wish {
	WISH_NONE, WISH_CLOSED, WISH_OPEN, WISH_RESET
};

struct told;

/* What is to be told, in board_event_next(). */
struct tell {
	enum port_wish		 port;
	unsigned		 baud;		/* the port's */
	bool			 new_baud;	/* from now on */
	bool			 drop_unsent;	/* the port shall, of what it took */
	TAILQ_HEAD(, told)	 notices;
	struct told		*last;		/* the one that was taken last */
	struct request_queue	 over;
	bool			 left;
};

/* Whether picod goes on. */
enum board_stay {
	BOARD_STAYS, BOARD_LEAVES, BOARD_HAS_LEFT, BOARD_ENDS
};

/* Answers that others may share, see board_share.c; the newest is the last. */
struct readings {
	TAILQ_HEAD(, reading)	 list;
	size_t			 count;
};

struct board {
	char			*name;
	uint64_t		 number;
	char			*port;		/* "" until it is known */
	struct board_usb	 usb;
	struct board_flash	 flash;		/* its strings are the board's */
	void			*owner;
	struct driver		*driver;
	const struct driver_ops	*driver_ops;
	bool			 may_interrupt;

	enum board_state	 state;
	char			 problem[384];
	char			 beside[320];	/* who uses its open port, too */
	uint64_t		 boot;
	struct history		 history;
	struct tape		 tape;
	uint64_t		 coming_at;	/* until when its port is expected to
						 * open again; or DRIVER_NEVER */
	bool			 resetting;	/* its port is: nobody starts */
	bool			 foreign;	/* so says its driver */
	char			 loader[200];	/* "", or it is in its boot loader */
	bool			 becoming;	/* what comes to its place is it */
	enum board_stay		 stay;

	struct turn		 turn;
	struct evbuffer		*input;		/* for what runs in it */
	struct board_queue	 queue;
	struct hold		 hold;
	char			*will_failed;	/* for whoever sends next; or NULL */
	struct news		 news;
	struct away		 away;
	struct tell		 tell;
	struct readings		 readings;
	uint64_t		 next_id;
	struct files_board	 files;		/* what was put on it, as of */
	uint64_t		 files_boot;	/* that boot */

	bool			 was_reset;	/* to get an answer, in vain so far */
	uint64_t		 probe_at;	/* of a silent board */
	uint64_t		 probe_delay_ms;
};

/* ------------------------------------------------------------ board_tell.c */

void	tell_init(struct tell *);
void	tell_finish(struct tell *);

/* Enters a state for a reason, the only place where it changes. */
void	board_enter(struct board *, enum board_state, const char *reason);

/*
 * Likewise, for a client: "it is lent to", and what he is called.  It may be in that
 * state already, for another one.
 */
void	board_enter_for(struct board *, enum board_state, const char *what,
	    const struct client *who);

/* Why it cannot be used, in words. */
void	board_set_problem(struct board *, const char *reason);

/* The port shall have that speed from now on; 0: the one that it has. */
void	board_change_speed(struct board *, unsigned baud);

/* The driver is closed: the port gets the speed at which it would open it. */
void	board_close_driver(struct board *);

/* Tells the watchers; the reason and the bytes are copied. */
void	board_notify(struct board *, const struct board_notice *);

/* A request is over, and in no queue: sets how, and has its askers told. */
void	board_finish(struct board *, struct request *, enum error_code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same with the result that the request has already. */
void	board_finish_result(struct board *, struct request *);

/* Sets the result of a request whose askers are told later. */
void	board_set_result(struct board *, struct request *, enum error_code,
    const char *format, va_list) __attribute__((format(printf, 4, 0)));

/* Turns those that wait away. */
void	board_flush(struct board *, enum board_flush, enum error_code,
    const char *why);

/* Ends the hold, and says so if its will has not run. */
void	board_drop_hold(struct board *);

/* ------------------------------------------------------------- board_run.c */

/* Whether a request is for a restart of the board. */
bool	run_is_reset(const struct request *);

/* Whether the driver has a job of a request. */
bool	run_is_on(const struct board *);

/* The driver says that it began, that it printed. */
void	run_begun(struct board *, uint64_t now);
void	run_print(struct board *, const struct driver_event *, uint64_t now);

/* Stops it, for a reason. */
void	run_stop(struct board *, enum turn_stop, uint64_t now);

/* Its job is over: its maker is asked, if he may have another one. */
void	run_conclude(struct board *, enum error_code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The board has restarted before it or because of it: its asker may be told. */
void	run_tell_news(struct board *, uint64_t now);

/* The driver says that it is done. */
void	run_done(struct board *, const struct driver_event *);

/* It would have to stop the board's own program, and may not. */
void	run_forbidden(struct board *);

/* It could not be done: the driver is lost.  foreign: see DRIVER_FOREIGN. */
void	run_lost(struct board *, const char *reason, bool foreign);

/* It was stopped, and cannot go on.  lost: why it runs on all the same, or "". */
void	run_conclude_stopped(struct board *, const char *lost);

/*
 * The board went away or began anew meanwhile.  again: if it has not begun, it
 * keeps its place.
 */
void	run_vanish(struct board *, const char *reason, bool again);

/* The turn is nobody's any more; returns whose it was. */
struct request *run_give_up(struct board *);

/* ----------------------------------------------------------- board_share.c */

void	share_init(struct readings *);
void	share_finish(struct readings *);

/* A request is over: keeps its answer if others may want it. */
void	share_keep(struct board *, const struct request *);

/* ------------------------------------------------------------ board_away.c */

/* The board is the asker's of the running request. */
void	away_take(struct board *);

/* What was typed for it is forgotten, and its console is to be told. */
void	away_end(struct board *);

/* Out of its state of being away. */
void	away_return(struct board *, uint64_t now);

/* Into its boot loader, as the bus says. */
void	away_enter_loader(struct board *);

/* ------------------------------------------------------------- board_job.c */

/* Gives the driver the job of the request whose turn it is. */
void	board_start_job(struct board *, uint64_t now);

/* ------------------------------------------------------------ board_turn.c */

/* Starts whoever may start, if it is nobody's turn. */
void	board_advance(struct board *, uint64_t now);

/* Something the driver says. */
void	board_hear(struct board *, const struct driver_event *, uint64_t now);

/* The driver, or the port, gave up: nobody answers. */
void	board_silence(struct board *, const char *reason, uint64_t now);

/* Asks a silent board whether it answers again. */
void	board_probe(struct board *, uint64_t now);

/* After a turn: the next one, or none. */
void	board_pass_on(struct board *, uint64_t now);

/* ------------------------------------------------------------ board_port.c */

/* It is not expected any more: those who would wait no longer are told why. */
void	board_give_up(struct board *);

/* ------------------------------------------------------------- board_ask.c */

/* Turns away those whose time in the queue is up. */
void	board_expire(struct board *, uint64_t now);

#endif
