/* SPDX-License-Identifier: MIT */
/*
 * A board: its state, its queue of requests, its driver and the policy between
 * them.  It decides, does no I/O and calls nobody.  Bytes, time and requests come
 * in through calls that change it; bytes for the port come out through
 * board_output(), as a driver's, and all else it wants through board_event_next().
 *
 * After each such call the events are to be taken until there are none, before
 * bytes or time come in again.  When an event is acted upon nothing of the board
 * is on the stack, so any call is allowed right there.
 */
#ifndef PICOD_BOARD_H
#define PICOD_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history.h"
#include "protocol/driver.h"
#include "protocol/files.h"
#include "request.h"
#include "tape.h"

/* In the order of the type State in io.picod.varlink. */
enum board_state {
	BOARD_ABSENT, BOARD_UNCLAIMED, BOARD_LISTENING, BOARD_OVER, BOARD_READY, BOARD_BUSY,
	BOARD_RECOVERING, BOARD_SILENT, BOARD_LENT, BOARD_CONSOLE,
	BOARD_FLASHING, BOARD_BOOTLOADER, BOARD_STATE_COUNT
};

/* In the order of the type EventKind there. */
enum board_notice_kind {
	NOTICE_STATE, NOTICE_OUTPUT, NOTICE_RECOVERY, NOTICE_BOOT, NOTICE_TRACE,
	NOTICE_WILL, NOTICE_LOST, NOTICE_KIND_COUNT
};

/* Something watchers may want to know. */
struct board_notice {
	enum board_notice_kind	 kind;
	enum board_state	 was, state;	/* of NOTICE_STATE */
	const char		*reason;	/* or NULL */
	const void		*bytes;		/* of output and trace */
	size_t			 len;
	bool			 to_board;	/* of trace */
	/* When it is put on the tape, by whoever does so: */
	uint64_t		 number;	/* in the order of all boards' */
	uint64_t		 time_us;	/* of the realtime clock */
	uint64_t		 boot;
	const struct client	*client;	/* whose bytes, of trace; or NULL */
	uint64_t		 request;	/* of his */
};

struct board;

/* Who a board is on the USB bus. */
struct board_usb {
	uint16_t	 vendor, product;	/* 0: it is on no bus */
	char		 serial[128];	/* or "" */
	char		 path[64];	/* where it is plugged in: "1-2.3" */
	char		 place[96];	/* likewise, for good: usb_place() */
	unsigned	 interface;	/* of its port */
};

/* Who has a board's raw bytes, while it is a console. */
struct board_console {
	/* The board said something. */
	void	(*bytes)(void *arg, const uint8_t *, size_t);
	/* The port took all that was typed. */
	void	(*room)(void *arg);
	/* The board is gone, and the console with it. */
	void	(*ended)(void *arg);
};

enum board_event_type {
	BOARD_CLOSE_PORT,	/* close the port and leave it closed */
	BOARD_OPEN_PORT,	/* keep it open again: board_opened() or
				 * board_failed() follows; but not the port of
				 * a boot loader */
	BOARD_RESET_PORT,	/* reset the board through it (DTR, or close and
				 * open); answer with board_resetting() */
	BOARD_CHANGE_SPEED,	/* the port's speed is baud from now on */
	BOARD_DROP_UNSENT,	/* forget what the port took and the board did not:
				 * it is not piled up for later */
	BOARD_NOTICE,		/* tell the watchers */
	BOARD_OUTPUT,		/* a request that streams has output */
	BOARD_FED,		/* the port took all input of a request's job:
				 * request_fed() */
	BOARD_ENDED,		/* a job of a request did: ask its maker, and call
				 * board_proceed() or board_dismiss() */
	BOARD_FINISHED,		/* request_finish() it, which is yours now */
	BOARD_HEARD,		/* the console gets bytes */
	BOARD_ROOM,		/* the port took all that was typed there */
	BOARD_HUNG_UP,		/* the console is over */
	BOARD_LEFT,		/* see board_leave() */
};

struct board_event {
	enum board_event_type	 type;
	struct request		*request;	/* of output, fed, ended, finished */
	struct board_notice	 notice;	/* the board's until the next event */
	const struct board_console *console;	/* of what is its affair */
	void			*console_arg;
	const uint8_t		*bytes;		/* of heard: in what was fed */
	size_t			 len;
	unsigned		 baud;
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
	void		*owner;		/* see board_owner() */
};

/* An absent board.  boot: where its boot count begins. */
struct board	*board_create(const struct board_options *, uint64_t boot);

/*
 * Its last events: nothing starts any more, and its requests are finished with
 * Disconnected.  Once those have been taken it may be destroyed.
 */
void		 board_end(struct board *);
void		 board_destroy(struct board *);

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

/* Who takes its events, as its options said. */
void		*board_owner(const struct board *);

/* What is known of its files: it is forgotten when the board restarts. */
struct files_board *board_files(struct board *);

/* Whether it could be sent, as far as that can be known: driver_check(). */
int		 board_check(const struct board *, const char *text, size_t len,
    const char **why);

/*
 * Whether it was asked in vain in every language that it may have: it may print,
 * and answers nothing.
 */
bool		 board_is_foreign(const struct board *);

/* How it is.  Open: its port is.  Away: lent, flashing, or a console. */
enum board_state board_state(const struct board *);
bool		 board_is_open(const struct board *);
bool		 board_is_away(const struct board *);
const char	*board_problem(const struct board *);	/* "" if it has none */
uint64_t	 board_boot(const struct board *);
const struct history *board_history(const struct board *);

/* What happens on it, for those who read that. */
struct tape	*board_tape(struct board *);

/*
 * Who has it for himself, or NULL: whoever it is lent to, has its console or
 * flashes it, or else who holds it; and in words with its name, "board pico0 is
 * lent to thonny (pid 7, user ben)", or its state if nobody has it.
 */
#define BOARD_USE_SIZE	224
const struct client *board_holder(const struct board *);
void		 board_describe_use(const struct board *, char text[BOARD_USE_SIZE]);

/* The last will, or NULL; whether a client with that token may use it now. */
const char	*board_will(const struct board *, size_t *len);
bool		 board_admits(const struct board *, const char *token);

/* The request runs in its turn as if it were the holder's. */
void		 board_overrule_hold(const struct board *, struct request *);

/*
 * The request that runs, or NULL; how many wait; and all of them in their order,
 * the one after that, or the first: NULL past the last.
 */
const struct request *board_running(const struct board *);
size_t		 board_waiting(const struct board *);
const struct request *board_request(const struct board *,
    const struct request *);

/* An answer that is kept for who asks the same. */
struct reading {
	TAILQ_ENTRY(reading)	 entry;
	char			*text, *output;
	size_t			 len, output_len;
	const char		*status;	/* as in struct request_result */
	uint64_t		 at;		/* when its statement started */
	uint64_t		 boot;
};

/*
 * The answer to a request like this, if it is no older than that, the board has not
 * restarted, and nobody else has it for himself; or NULL.  The board's, until its
 * next call.
 */
const struct reading *board_reading(const struct board *,
    const struct request *like, uint64_t max_age_ms, uint64_t now);

/*
 * A request that waits, or runs for no longer than that, and that whoever made one
 * like this may join instead: both are marked as shared.  NULL for none.
 */
struct request *board_shared(struct board *, const struct request *like,
    uint64_t max_age_ms, uint64_t now);

/*
 * Flashed, or in its boot loader: what comes to its place is it.  That remains so
 * in its boot loader.
 */
bool		 board_is_becoming(const struct board *);

/* Whether it was given back and is about to open again, as far as is known. */
bool		 board_is_expected(const struct board *);

void		 board_set_becoming(struct board *, bool becoming);

/*
 * The port: it was opened, or the board was reset through it (settle_ms and
 * ask: see driver_open()); it is gone; it is closed, and for a reason cannot be
 * opened or is not there.
 *
 * Before it is said to be gone, board_tick() is to be called: above all a job may
 * have begun.
 */
void	board_opened(struct board *, uint64_t settle_ms, bool ask, uint64_t now);
void	board_closed(struct board *, const char *reason, uint64_t now);
void	board_failed(struct board *, const char *reason);

/*
 * Its port was closed, if it was open, and is being opened in another way: what
 * runs is told for which reason, and all others keep their places.
 */
void	board_reopens(struct board *, const char *reason, uint64_t now);

/* How it is flashed from now on; strings are copied. */
void	board_set_flash(struct board *, const struct board_flash *);

/*
 * The answer to BOARD_RESET_PORT: board_opened() or board_closed() will follow, or
 * it cannot be done.
 */
void	board_resetting(struct board *, bool resetting, uint64_t now);

/* Its language from now on; of a board whose port is not open. */
void	board_set_driver(struct board *, const struct driver_ops *,
    const struct driver_options *);

/* The speed of its port, in baud: the one that was found, if any was. */
unsigned board_baud(const struct board *);

/* The same from now on; of a board whose port is not open. */
void	board_set_baud(struct board *, unsigned baud);

/*
 * Who uses its port beside picod while that is open, or "": its problem where there
 * is no worse one.  Whether that is news.
 */
bool	board_set_beside(struct board *, const char *who);

/* It is nobody's: listed with what to do about it, and refused. */
void	board_disown(struct board *, const char *problem);

/* Where it is reached from now on, and who it is. */
void	board_set_port(struct board *, const char *port, const struct board_usb *);

/*
 * Bytes from the port: eats at least one of len > 0 and returns how many.  Call
 * again with the rest, once the events were taken.
 */
size_t	board_feed(struct board *, const uint8_t *, size_t len, uint64_t now);

/*
 * Time passed: to be called at board_deadline() or later.  True: there may be
 * more to do, so call it again once the events were taken.
 */
bool	board_tick(struct board *, uint64_t now);
uint64_t board_deadline(const struct board *);

/*
 * What the port may be sent now: a peek at *bytes, and how many; and how many of
 * them it took.
 */
size_t	board_output(const struct board *, const uint8_t **bytes);
void	board_sent(struct board *, size_t, uint64_t now);

/* The next thing it wants, or false. */
bool	board_event_next(struct board *, struct board_event *);

/* Takes a request over.  It is finished exactly once. */
void	board_submit(struct board *, struct request *, uint64_t now);

/*
 * An asker is gone, and is told nothing more.  When nobody else asks for the
 * request it is dropped, or interrupted if it runs; what it was granted and not
 * told of is given back.
 */
void	board_withdraw(struct board *, struct asker *, uint64_t now);

/*
 * The same, but what runs for nobody else goes on as the board's own program
 * would: until it ends or somebody waits for the board.
 */
void	board_abandon(struct board *, struct asker *, uint64_t now);

/*
 * Bytes for the standard input of that request's job; forgotten where it does
 * not run.
 */
void	board_input(struct board *, const struct request *, const void *,
    size_t len);

/* How many of them the port has not taken yet. */
size_t	board_input_waiting(const struct board *);

/* The maker of the request whose job ended gave it another, or has none. */
void	board_proceed(struct board *, uint64_t now);
void	board_dismiss(struct board *, uint64_t now);

/*
 * The asker of the request that runs can keep no more of what it prints: it is
 * stopped, and says why.
 */
void	board_overflow(struct board *, uint64_t now);

/*
 * Interrupts whatever runs.  -ENOTSUP where nothing runs and the language has
 * no way, or the board's own program must not be stopped.
 */
int	board_interrupt(struct board *, uint64_t now);

/* Takes the request with that id out, or interrupts it; -ENOENT. */
int	board_cancel(struct board *, uint64_t id, uint64_t now);

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
 * A board is in its boot loader, for that problem, or no longer: NULL.  There it
 * has no port that is opened, and can only be flashed.
 */
void	board_set_loader(struct board *, const char *problem, uint64_t now);

/* Connects the raw bytes of a board that was taken for a console. */
void	board_set_console(struct board *, const struct board_console *, void *arg);

/*
 * Bytes for the port: how many of them were taken, since only some may wait for
 * it; room() tells when there is room again.
 */
size_t	board_type(struct board *, const uint8_t *, size_t);

/*
 * picod ends: interrupts what runs and leaves the board as a person would find
 * it.  Done with BOARD_LEFT, or when board_left().
 */
void	board_leave(struct board *, uint64_t now);
bool	board_left(const struct board *);

#endif
