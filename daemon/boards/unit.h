/* SPDX-License-Identifier: MIT */
/*
 * A board with its port and its timer.
 */
#ifndef PICOD_UNIT_H
#define PICOD_UNIT_H

#include "daemon/board/board.h"

struct event_base;
struct path_watcher;
struct unit;

struct board_config {
	const char	*name;
	bool		 configured;	/* and not only plugged in */
	const char	*port;		/* configured; NULL: unit_plug() will tell */
	const struct driver_ops *driver;
	unsigned	 baud;
	bool		 find_baud;	/* that is a guess */
	bool		 may_interrupt;
	const char	*reports;
	bool		 drop_dtr;	/* see port_create() */
	bool		 boot_greedy;	/* see struct known */
	struct board_flash flash;
};

struct unit_handler {
	/* Something that watchers may want to know. */
	void	(*notice)(void *arg, struct board *, const struct board_notice *);
	/* It was left, see board_leave(). */
	void	(*left)(void *arg);
};

/* A board, with that number of struct board_options; nothing happens there yet. */
struct unit	*unit_create(struct event_base *, struct path_watcher *,
    const struct board_config *, uint64_t number, const struct unit_handler *,
    void *arg);

/*
 * It has a port if one is configured, and begins to open it.  -EINVAL: no such
 * kind of port.
 */
int		 unit_start(struct unit *, const struct board_config *);

/* Its board's requests are finished, and nothing happens there any more. */
void		 unit_end(struct unit *);

/* It is ended first. */
void		 unit_destroy(struct unit *);

/*
 * Its port is there, at that address unless another is configured, and is opened
 * as long as its board wants it.  -EINVAL: no such kind of port.
 */
int		 unit_plug(struct unit *, const char *address,
    const struct board_usb *);

/*
 * Its configuration from now on, but for its name.  If that makes a difference to
 * how it is opened, it is closed and opened anew, and what runs on it is told;
 * all else of the board stays, holds, loans and queue.  -EINVAL: no such kind of
 * port.
 */
int		 unit_change(struct unit *, const struct board_config *);

/* The speed of its port from now on; of a board that is away. */
void		 unit_set_baud(struct unit *, unsigned baud);

/* Its port is gone. */
void		 unit_unplug(struct unit *, const char *reason);

struct board	*unit_board(const struct unit *);

/* Whether it is at its port: plugged in, or always there, or nobody's. */
bool		 unit_is_there(const struct unit *);

/*
 * While somebody keeps it, and as often as he does, it is neither forgotten nor
 * remade.
 */
void		 unit_keep(struct unit *);
void		 unit_unkeep(struct unit *);
bool		 unit_is_kept(const struct unit *);

/* Whether the configuration that it is served by names it. */
bool		 unit_is_configured(const struct unit *);

/*
 * Whether nobody would miss it: it is not there, not configured, and nobody keeps
 * it, holds it or waits for it.
 */
bool		 unit_is_forgettable(const struct unit *);

/* When it was there last. */
uint64_t	 unit_seen(const struct unit *);

/*
 * Whether what comes to its place is it: it is flashed, or in its boot loader, or was so a
 * moment ago.
 */
bool		 unit_is_becoming(const struct unit *);

/*
 * What others want of its board: as board_submit() and so on have it, now, and
 * followed by all that the board wants then.  So a request may be finished, and
 * its askers be told, before these return.
 */
void		 unit_submit(struct board *, struct request *);
void		 unit_withdraw(struct board *, struct asker *);
void		 unit_abandon(struct board *, struct asker *);
void		 unit_input(struct board *, const struct request *, const void *,
    size_t len);
int		 unit_interrupt(struct board *);
int		 unit_cancel(struct board *, uint64_t id);
int		 unit_release(struct board *, const char *token, bool lost);
void		 unit_return(struct board *);
size_t		 unit_type(struct board *, const uint8_t *, size_t);
void		 unit_set_loader(struct board *, const char *problem);
void		 unit_disown(struct board *, const char *problem);
void		 unit_leave(struct board *);

/* Whether bytes that its port took are still on their way: port_is_sending(). */
bool		 unit_is_sending(struct board *);

#endif
