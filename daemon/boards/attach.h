/* SPDX-License-Identifier: MIT */
/*
 * Boards that come and go by themselves: from a port that appeared to a board
 * that is served.
 */
#ifndef PICOD_ATTACH_H
#define PICOD_ATTACH_H

#include <sys/queue.h>

#include "boards.h"
#include "claim.h"
#include "daemon/config/config.h"
#include "daemon/usb/hotplug.h"

struct attach;
struct event_base;

/*
 * Adds the boards of the configuration, and from then on those that are plugged
 * in.  names_path: where their names are kept, or NULL.  The configuration must
 * outlive it.  NULL with errno on failure.
 */
struct attach	*attach_create(struct event_base *, struct boards *,
    const struct config *, const char *names_path);
void		 attach_destroy(struct attach *);

/*
 * The configuration has changed, in its place; this is what it was.  Boards of
 * which it says the same as before notice nothing.
 */
void		 attach_reload(struct attach *);

/* For the files attach*.c only. */

/* A port that is there, or a board in BOOTSEL. */
struct attached {
	LIST_ENTRY(attached)	 entry;
	struct hotplug_tty	 tty;		/* its strings are its own */
	struct board_usb	 usb;
	struct board		*board;		/* NULL: ignored */
	enum claim_verdict	 verdict;
};

LIST_HEAD(attached_list, attached);

struct attach {
	struct boards		*boards;
	const struct config	*config;
	struct hotplug		*hotplug;
	struct names		*names;
	struct attached_list	 ports;
	struct event		*again;		/* attach_reload() */
};

/* With a copy of what was told. */
struct attached	*attached_create(const struct hotplug_tty *);
void		 attached_destroy(struct attached *);

/* The one with that id, or NULL. */
struct attached	*attach_find_port(const struct attach *, const char *id);

/* One that has that board, or NULL. */
const struct attached *attach_find_board(const struct attach *,
    const struct board *);

/*
 * One that is nobody's because that board is elsewhere, or NULL; none of the
 * device at that place, which is going.
 */
struct attached	*attach_find_spare(const struct attach *, const struct board *,
    const char *path);

/* Another one that has the same serial number, or NULL. */
const struct attached *attach_find_twin(const struct attach *,
    const struct hotplug_tty *);

/* A port of the same USB device that has a board, or NULL. */
struct attached	*attach_find_sibling(const struct attach *,
    const struct hotplug_tty *);

/* What the configuration says of the board of that name, or NULL. */
const struct config_board *attach_configuration(const struct attach *,
    const char *name);

/* The board of that name; boards_find() takes ports for names, too. */
struct board	*attach_named(struct attach *, const char *name);

/* Adds the boards of the configuration that are not there yet. */
int		 attach_configured(struct attach *);

/* How a board is served: by what is known of it, and what is configured. */
struct board_config attach_config(const struct config_board *,
    const struct claim *);

/* The board of a section, added if it is new; NULL with the reason logged. */
struct board	*attach_section(struct attach *, const struct claim *);

/* What the board at a port is known by. */
void		 attach_key(struct attach *, const struct hotplug_tty *, char *key,
    size_t size);

/* The board at the place of a port that is flashed, or was in BOOTSEL, or NULL. */
struct board	*attach_becoming(struct attach *, const struct claim *,
    const struct hotplug_tty *);

/*
 * The board that is in BOOTSEL, without a port: one that the configuration means,
 * the one that was plugged in there, or a new one.  NULL with the reason logged.
 */
struct board	*attach_bootsel(struct attach *, const struct claim *,
    const struct hotplug_tty *);

/*
 * The board whose boot loader, with a port, that is: one that the configuration
 * means, or the one that was there last; or NULL.
 */
struct board	*attach_loader(struct attach *, const struct claim *,
    const struct hotplug_tty *);

/* It is in its boot loader, of that kind and at that place. */
void		 attach_enter_loader(struct board *, const struct claim *,
    const struct board_usb *);

/*
 * The board of a key, with a name of that kind, added if it is new.  One that is
 * plugged in elsewhere is another: this one gets a new name.
 */
struct board	*attach_keyed(struct attach *, const struct claim *,
    const struct hotplug_tty *, const char *key);

/* Likewise of what is known by its USB identity, by the key of what is there. */
struct board	*attach_known(struct attach *, const struct claim *,
    const struct hotplug_tty *);

/*
 * A port that is nobody's, or fits a board that is there already, or is another
 * one of the same device.  Listed under the name of the port, with the lines that
 * would claim it.
 */
struct board	*attach_unclaimed(struct attach *, const struct claim *,
    const struct hotplug_tty *);
struct board	*attach_spare(struct attach *, const struct board *,
    const struct hotplug_tty *);
struct board	*attach_beside(struct attach *, const struct board *,
    const struct hotplug_tty *);

/* The board of that name, added if it is new; NULL with the reason logged. */
struct board	*attach_board(struct attach *, const struct board_config *);

/* It is that port's, in the language of what came there; or NULL. */
struct board	*attach_become(struct attach *, struct board *,
    const struct claim *, const struct hotplug_tty *);

/* Claims a port that appeared, names it, and plugs it into its board. */
void		 attach_port(struct attach *, const struct hotplug_tty *);

/* The port with that id vanished: another may take its board over. */
void		 attach_gone(struct attach *, const char *id);

/* Looks at what is there: some may have come or gone that were not told. */
void		 attach_anew(struct attach *);

/* Takes a port out of its board and out of the list, into another list. */
void		 attach_take_out(struct attach *, struct attached *,
    struct attached_list *again, const char *reason);

/* Treats those of that list as if they had just appeared. */
void		 attach_again(struct attach *, struct attached_list *);

#endif
