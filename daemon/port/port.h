/* SPDX-License-Identifier: MIT */
/*
 * A port that is kept open: bytes in and out while it is there, and another try
 * whenever it may be there again.
 */
#ifndef PICOD_PORT_H
#define PICOD_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "link.h"
#include "wanted.h"

struct event_base;
struct path_watcher;
struct port;

struct port_handler {
	void	(*opened)(void *arg, enum link_reset);	/* by opening it */
	/* By itself; it is tried again, unless told otherwise. */
	void	(*closed)(void *arg, const char *reason);
	/* It cannot be opened, for a reason in words; picod goes on trying. */
	void	(*failed)(void *arg, const char *reason);
	void	(*bytes)(void *arg, const uint8_t *, size_t);
	void	(*writable)(void *arg);		/* after a short write */
	void	(*reset_done)(void *arg);	/* after port_reset() */
	/* Who else uses it while it is open, and what to do; "": nobody. */
	void	(*beside)(void *arg, const char *who);
};

/* A port that is nowhere yet. */
struct port	*port_create(struct event_base *, struct path_watcher *,
    const struct port_handler *, void *arg);
void		 port_destroy(struct port *);

/*
 * Where it is from now on.  always: that is configured, and it is tried from now
 * on; otherwise once it is plugged in.  One that is open elsewhere is closed
 * without a word.  -EINVAL: a strange address; then it is nowhere.
 */
int		 port_set_address(struct port *, const char *address,
    bool always);

/*
 * What happened to it: it is opened or closed accordingly, soon, and without
 * closed() being called.
 */
void		 port_tell(struct port *, enum wanted_input);

/* Whether its address is configured; whether it is there, as far as is known. */
bool		 port_is_configured(const struct port *);
bool		 port_is_there(const struct port *);

/* Whether it is being opened, and nothing better is known yet. */
bool		 port_is_tried(const struct port *);

/* Whether it comes and goes all the time, by itself. */
bool		 port_is_unsteady(const struct port *);

/*
 * Writes what the port takes: the number of bytes, possibly 0; then writable()
 * is called when it takes more.
 */
size_t		 port_write(struct port *, const uint8_t *, size_t);

/* Whether bytes that it took are still on their way to the board. */
bool		 port_is_sending(const struct port *);

/* Forgets those, where that can be done: not what went into a network. */
void		 port_drop_unsent(struct port *);

/* Its speed from now on, also when it is opened again. */
void		 port_set_baud(struct port *, unsigned baud);

/*
 * Whether DTR falls when it is closed, so that the board sees that nobody reads;
 * otherwise it stays, so that the board is not reset.  From the next opening on.
 */
void		 port_set_drop_dtr(struct port *, bool drop_dtr);

/* Pulses the board's reset line; reset_done() follows.  -ENOTSUP. */
int		 port_reset(struct port *);

#endif
