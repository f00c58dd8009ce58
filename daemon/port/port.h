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

struct event_base;
struct path_watcher;
struct port;

struct port_handler {
	void	(*opened)(void *arg, enum link_reset);	/* by opening it */
	void	(*closed)(void *arg, const char *reason);
	/* It cannot be opened, for a reason in words; picod goes on trying. */
	void	(*failed)(void *arg, const char *reason);
	void	(*bytes)(void *arg, const uint8_t *, size_t);
	void	(*writable)(void *arg);		/* after a short write */
	void	(*reset_done)(void *arg);	/* after port_reset() */
};

/*
 * A closed port.  drop_dtr: DTR falls when it is closed, so that the board sees
 * that nobody reads; otherwise it stays, so that the board is not reset.  NULL
 * with errno: EINVAL for a strange address, ENOMEM.
 */
struct port	*port_create(struct event_base *, struct path_watcher *,
    const char *address, unsigned baud, bool drop_dtr,
    const struct port_handler *, void *arg);
void		 port_destroy(struct port *);

/* Opens it soon, and again whenever it was lost. */
void		 port_start(struct port *);

/* Closes it and leaves it closed, until port_start(). */
void		 port_stop(struct port *);

/*
 * Writes what the port takes: the number of bytes, possibly 0; then writable()
 * is called when it takes more.
 */
size_t		 port_write(struct port *, const uint8_t *, size_t);

/* Stops reading, or goes on. */
void		 port_pause(struct port *, bool pause);

/* Its speed from now on, also when it is opened again. */
void		 port_set_baud(struct port *, unsigned baud);

/* Pulses the board's reset line; reset_done() follows.  -ENOTSUP. */
int		 port_reset(struct port *);

#endif
