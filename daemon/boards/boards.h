/* SPDX-License-Identifier: MIT */
/*
 * All boards: each with its port and its timer, and those who watch them.
 */
#ifndef PICOD_BOARDS_H
#define PICOD_BOARDS_H

#include <sys/queue.h>

#include "daemon/board/board.h"
#include "unit.h"

struct event_base;
struct boards;

/* Somebody who wants to know what happens; embedded in his own structure. */
struct watcher {
	LIST_ENTRY(watcher)	 entry;
	struct board		*board;		/* NULL: all boards */
	bool			 trace;		/* traces too, if they are read at all */
	uint64_t		 lost;		/* the boards': which was removed last */
	/* Something happened: it is on the board_tape(), if that is read. */
	void	(*notice)(struct watcher *, struct board *,
		    const struct board_notice *);
	/*
	 * There is one more, on which nothing has happened yet, for who watches
	 * all; or NULL.
	 */
	void	(*added)(struct watcher *, struct board *);
	/*
	 * The board has ended and is about to be destroyed.  Who watches no other
	 * hears nothing more.
	 */
	void	(*removed)(struct watcher *, struct board *);
};

struct boards	*boards_create(struct event_base *);

/* The loop that they live in. */
struct event_base *boards_base(const struct boards *);
void		 boards_destroy(struct boards *);

/*
 * Adds a board, and begins to open its port, if it has one yet.  Where there is
 * no room, the board that nobody would miss and that was seen longest ago is
 * removed.  A negative errno on failure: -EEXIST, -ENOSPC (all of them would be
 * missed), -EINVAL (no such kind of port).
 */
int		 boards_add(struct boards *, const struct board_config *);

/*
 * Removes a board.  Its requests are finished, its watchers told.
 */
void		 boards_remove(struct boards *, struct board *);

/*
 * While it is kept, a board is not remade by a new configuration, nor forgotten:
 * it is being flashed.  Counted; the board is there until boards_unkeep().
 */
void		 boards_keep(struct boards *, struct board *);
void		 boards_unkeep(struct boards *, struct board *);
bool		 boards_is_kept(const struct boards *, const struct board *);

/* Whether it has a section in the configuration it was made from. */
bool		 boards_is_configured(const struct boards *,
    const struct board *);

/* Whether nobody would miss it: unit_is_forgettable(). */
bool		 boards_is_forgettable(const struct boards *,
    const struct board *);

/* Who is told when one is not kept any more: one, or NULL. */
void		 boards_tell_unkept(struct boards *, void (*unkept)(void *),
    void *arg);

/* The board's port is there: unit_plug(). */
int		 boards_plug(struct boards *, struct board *, const char *port,
    const struct board_usb *usb);

/* The board's configuration from now on: unit_change(). */
int		 boards_change(struct boards *, struct board *,
    const struct board_config *);

/* The speed of its port from now on, if it has one; of a board that is away. */
void		 boards_set_baud(struct boards *, struct board *, unsigned baud);

/* When the board was there last, and whether what comes to its place is it. */
uint64_t	 boards_seen(const struct boards *, const struct board *);
bool		 boards_is_becoming(const struct boards *, const struct board *);

/* The board's port is gone. */
void		 boards_unplug(struct boards *, struct board *, const char *reason);

/* The i-th board, or NULL past the last. */
struct board	*boards_get(struct boards *, size_t i);
size_t		 boards_count(const struct boards *);

/*
 * The board of that name, or NULL; name may also be a port: then the board that has
 * it now, or if none has, one that had it.
 */
struct board	*boards_find(struct boards *, const char *name);

/*
 * The board with that board_number(), or NULL: it is served no more, whatever has
 * its name now.
 */
struct board	*boards_numbered(struct boards *, uint64_t number);

/*
 * Until boards_unwatch(), which may come after the boards are destroyed, or the one
 * that is watched was removed.
 */
void		 boards_watch(struct boards *, struct watcher *);
void		 boards_unwatch(struct watcher *);

/*
 * Leaves every board as a person would find it, in bounded time, and calls back
 * when all are left.
 */
void		 boards_leave(struct boards *, void (*left)(void *), void *arg);

#endif
