/* SPDX-License-Identifier: MIT */
/*
 * A board: its state, its queue of requests, its driver and the policy between
 * them.  It decides and does no I/O: bytes, time and requests come in through
 * calls, bytes go out through board_output(), and its host does the rest.
 */
#ifndef PICOD_BOARD_H
#define PICOD_BOARD_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"
#include "protocol/driver.h"
#include "request.h"

/* In the order of the type State in io.picod.varlink. */
enum board_state {
	BOARD_ABSENT, BOARD_UNCLAIMED, BOARD_LISTENING, BOARD_READY, BOARD_BUSY,
	BOARD_RECOVERING, BOARD_SILENT, BOARD_LENT, BOARD_CONSOLE,
	BOARD_FLASHING, BOARD_BOOTSEL, BOARD_STATE_COUNT
};

/* In the order of the type EventKind there. */
enum board_notice_kind {
	NOTICE_STATE, NOTICE_OUTPUT, NOTICE_RECOVERY, NOTICE_BOOT, NOTICE_TRACE,
	NOTICE_WILL, NOTICE_LOST, NOTICE_KIND_COUNT
};

/* Something watchers may want to know. */
struct board_notice {
	enum board_notice_kind	 kind;
	const char		*reason;	/* or NULL */
	const void		*bytes;		/* of output and trace */
	size_t			 len;
	bool			 to_board;	/* of trace */
};

struct board;

/* Who a board is on the USB bus. */
struct board_usb {
	uint16_t	 vendor, product;	/* 0: it is on no bus */
	char		 serial[128];	/* or "" */
	char		 path[64];	/* where it is plugged in: "1-2.3" */
};

/* What a board asks of the world.  Called with the board in a sane state. */
struct board_host {
	/* board_output() or board_deadline() may have changed. */
	void	(*wake)(struct board *, void *host);
	void	(*notice)(struct board *, const struct board_notice *, void *host);
	/*
	 * Reset the board through its port (DTR, or close and open): 0, and
	 * board_opened() or board_closed() follows later; or -ENOTSUP.
	 */
	int	(*restart)(struct board *, void *host);
	/* The port's other speed from now on; called only if it has two. */
	void	(*change_speed)(struct board *, void *host);
	/* Stop reading from the port, or go on. */
	void	(*pause)(struct board *, bool pause, void *host);
	/* Close the port and leave it closed, or keep it open again. */
	void	(*release)(struct board *, bool release, void *host);
};

/* Who has a board's raw bytes, while it is a console. */
struct board_console {
	/* The board said something.  false: no more before board_resume(). */
	bool	(*bytes)(void *arg, const uint8_t *, size_t);
	/* The board is gone, and the console with it. */
	void	(*ended)(void *arg);
};

/* How it is flashed, where its USB identity does not say; see picod.conf(5). */
struct board_flash {
	const char	*flasher;	/* NULL: by its identity */
	const char	*part;		/* NULL: as is usual for it, and so on */
	const char	*programmer;
	unsigned	 baud;		/* 0: likewise */
};

/* What the configuration says of a board.  Strings are copied. */
struct board_options {
	const char	*name;
	const char	*port;		/* for people to read; NULL: not known */
	const struct driver_ops *driver;
	struct driver_options	 driver_options;
	struct board_flash	 flash;
};

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

/*
 * An absent board.  boot: where its boot count begins.  NULL when memory is
 * short.  Destroying one finishes its requests with Disconnected.
 */
struct board	*board_create(const struct board_options *,
    const struct board_host *, void *host_data, uint64_t boot);
void		 board_destroy(struct board *, uint64_t now);

const char	*board_state_name(enum board_state);
const char	*board_notice_name(enum board_notice_kind);

/*
 * The port: it was opened, or the board was reset through it (settle_ms and
 * ask: see driver_open()); it is gone; it is not there, for a reason.
 */
void	board_opened(struct board *, uint64_t settle_ms, bool ask, uint64_t now);
void	board_closed(struct board *, const char *reason, uint64_t now);
void	board_problem(struct board *, const char *reason);

/* Its language from now on; of a board whose port is not open.  -ENOMEM. */
int	board_set_driver(struct board *, const struct driver_ops *,
    const struct driver_options *);

/* It is nobody's: listed with what to do about it, and refused. */
void	board_disown(struct board *, const char *problem);

/* Where it is reached from now on, and who it is; -ENOMEM. */
int	board_set_port(struct board *, const char *port, const struct board_usb *);

/* Bytes and time. */
void	board_feed(struct board *, const uint8_t *, size_t, uint64_t now);
void	board_tick(struct board *, uint64_t now);
uint64_t board_deadline(const struct board *);
size_t	board_output(const struct board *, const uint8_t **);
void	board_sent(struct board *, size_t, uint64_t now);

/*
 * Takes a request over.  It is finished exactly once, perhaps before this
 * returns.
 */
void	board_submit(struct board *, struct request *, uint64_t now);

/*
 * The asker is gone: a waiting request is dropped, a running one interrupted.
 */
void	board_withdraw(struct board *, struct request *, uint64_t now);

/* The asker of the running request takes output again. */
void	board_resume(struct board *);

/*
 * Interrupts whatever runs.  -ENOTSUP where nothing runs and the language has
 * no way, or the board's own program must not be stopped.
 */
int	board_interrupt(struct board *, uint64_t now);

/* Takes the request with that id out, or interrupts it; -ENOENT. */
int	board_cancel(struct board *, uint64_t id, uint64_t now);

/* Whether a client with that token ("" for none) may use the board now. */
bool	board_admits(const struct board *, const char *token);

/*
 * Ends the hold with that token; lost: once its last will has run, has failed or
 * has waited too long for the board.  -ENOENT.
 */
int	board_release(struct board *, const char *token, bool lost, uint64_t now);

/*
 * A request of kind REQUEST_LEND, REQUEST_CONSOLE or REQUEST_FLASH takes the
 * board out of service in its turn: the board is left as a person would find it,
 * and then its port is closed (but for a console).  When the request is finished
 * without an error the board is its asker's, until board_return().  Requests
 * that wait go on waiting.
 */
void	board_return(struct board *, uint64_t now);

/*
 * A board without a port is in its BOOTSEL boot loader, or no longer.  There it
 * can only be flashed.
 */
void	board_set_bootsel(struct board *, bool bootsel, uint64_t now);

/* Connects the raw bytes of a board that was taken for a console. */
void	board_set_console(struct board *, const struct board_console *, void *arg);

/* Bytes for the port; false if so many wait already that no more should come. */
bool	board_type(struct board *, const uint8_t *, size_t, uint64_t now);

/*
 * picod ends: interrupts what runs and leaves the board as a person would find
 * it.  Done when board_left().
 */
void	board_leave(struct board *, uint64_t now);
bool	board_left(const struct board *);

/* For the files board*.c only. */

/* Enters a state for a reason, the only place where it changes. */
void	board_enter(struct board *, enum board_state, const char *reason);
void	board_notify(struct board *, const struct board_notice *);
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
