/* SPDX-License-Identifier: MIT */
/*
 * What a port is made of: for the files port*.c only, of which port_try.c stands
 * on port_act.c, and port.c on both.
 */
#ifndef PICOD_PORT_PRIVATE_H
#define PICOD_PORT_PRIVATE_H

#include <event2/util.h>

#include "holder.h"
#include "link.h"
#include "path_watch.h"
#include "port.h"

struct event;

struct port {
	struct wanted		 wanted;
	struct link		 link;
	char			*address;	/* NULL: nowhere yet */
	struct event_base	*base;
	struct path_watcher	*watcher;
	const struct port_handler *handler;
	void			*arg;
	struct event		*readable, *writable;
	struct event		*retry, *reset, *rest;
	struct path_watch	*watch;		/* NULL where it is no path */
	struct holder		 holder;	/* pid 0: nobody is known */
	unsigned		 baud;
	unsigned		 small_reads;	/* with nothing written between */
	bool			 drop_dtr;
};

void	port_add_timer(struct event *, int ms);

/* Reads from it, and has it ready to be written to. */
void	port_listen(struct port *);

/* What it is told now, it answers at once: no rest from reading it. */
void	port_wake(struct port *);

/* There is something to read, or such a rest is over. */
void	port_readable_cb(evutil_socket_t, short, void *);

/* Closes it, or gives up opening it. */
void	port_close(struct port *);

/* The same, and stops trying. */
void	port_shut(struct port *);

/* Tells what happened, and does what is to be done then. */
void	port_tell(struct port *, enum wanted_input);

/*
 * It went away, for a reason.  What the handler does then, to close it for good,
 * say, holds.
 */
void	port_lose(struct port *, const char *reason);

/*
 * Looks who uses it while it is open: was_opened, if somebody opened it and has
 * not closed it since.
 */
void	port_look(struct port *, bool was_opened);

/* Tries to open it, and sees to the next try if that fails. */
void	port_try(struct port *);

/* Its link was opened, or was not: the end of a try. */
void	port_opened(struct link *, int error);

#endif
