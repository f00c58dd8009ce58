/* SPDX-License-Identifier: MIT */
/*
 * A board: its state, its queue of requests, its driver and the policy between
 * them.  It decides and does no I/O: bytes, time and requests come in through
 * calls, bytes go out through board_output(), and its host does the rest.
 */
#ifndef PICOD_BOARD_H
#define PICOD_BOARD_H

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
	/*
	 * Close the port and leave it closed, or keep it open again: then
	 * board_opened() or board_failed() follows.
	 */
	void	(*release)(struct board *, bool release, void *host);
};

/* Who has a board's raw bytes, while it is a console. */
struct board_console {
	/* The board said something.  false: no more before board_resume(). */
	bool	(*bytes)(void *arg, const uint8_t *, size_t);
	/* The port took all that was typed. */
	void	(*room)(void *arg);
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
	uint64_t	 number;	/* no other board ever has the same */
	const char	*port;		/* for people to read; NULL: not known */
	const struct driver_ops *driver;
	struct driver_options	 driver_options;
	struct board_flash	 flash;
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

/* What it is.  Strings are the board's, until it is changed. */
const char	*board_name(const struct board *);
uint64_t	 board_number(const struct board *);
const char	*board_port(const struct board *);	/* "" while unknown */
const struct board_usb *board_usb(const struct board *);
const struct board_flash *board_flash(const struct board *);
const struct driver_ops *board_driver(const struct board *);
const char	*board_language(const struct board *);	/* driver_name() */
const char	*board_about(const struct board *);	/* driver_about() */

/* Whether it could be sent, as far as that can be known: driver_check(). */
int		 board_check(const struct board *, const char *text, size_t len,
    const char **why);

/* How it is.  Open: its port is.  Away: lent, flashing, or a console. */
enum board_state board_state(const struct board *);
bool		 board_is_open(const struct board *);
bool		 board_is_away(const struct board *);
const char	*board_problem(const struct board *);	/* "" if it has none */
uint64_t	 board_boot(const struct board *);
const struct history *board_history(const struct board *);

/* Who holds it, or NULL. */
const struct client *board_holder(const struct board *);

/*
 * The request that runs, or NULL; how many wait; and all of them in their order,
 * the one after that, or the first: NULL past the last.
 */
const struct request *board_running(const struct board *);
size_t		 board_waiting(const struct board *);
const struct request *board_request(const struct board *,
    const struct request *);

/*
 * Flashed, or in BOOTSEL: what comes to its place is it.  That remains so in
 * BOOTSEL.
 */
bool		 board_is_becoming(const struct board *);
void		 board_set_becoming(struct board *, bool becoming);

/*
 * The port: it was opened, or the board was reset through it (settle_ms and
 * ask: see driver_open()); it is gone; it is closed, and for a reason cannot be
 * opened or is not there.
 */
void	board_opened(struct board *, uint64_t settle_ms, bool ask, uint64_t now);
void	board_closed(struct board *, const char *reason, uint64_t now);
void	board_failed(struct board *, const char *reason);

/*
 * Its port was closed, if it was open, and is being opened in another way: what
 * runs is told for which reason, and all others keep their places.
 */
void	board_reopens(struct board *, const char *reason, uint64_t now);

/* How it is flashed from now on; strings are copied.  -ENOMEM. */
int	board_set_flash(struct board *, const struct board_flash *);

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

/*
 * Bytes for the port: how many of them were taken, since only some may wait for
 * it; room() tells when there is room again.
 */
size_t	board_type(struct board *, const uint8_t *, size_t, uint64_t now);

/*
 * picod ends: interrupts what runs and leaves the board as a person would find
 * it.  Done when board_left().
 */
void	board_leave(struct board *, uint64_t now);
bool	board_left(const struct board *);

#endif
