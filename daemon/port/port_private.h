/* SPDX-License-Identifier: MIT */
/*
 * What a port is made of: for the files port*.c only.
 */
#ifndef PICOD_PORT_PRIVATE_H
#define PICOD_PORT_PRIVATE_H

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
	struct event		*retry, *reset;
	struct path_watch	*watch;		/* NULL where it is no path */
	struct holder		 holder;	/* pid 0: nobody is known */
	unsigned		 baud;
	bool			 drop_dtr;
};

void	port_add_timer(struct event *, int ms);

/* Reads from it, and has it ready to be written to. */
void	port_listen(struct port *);

/* Closes it, or gives up opening it. */
void	port_close(struct port *);

/* Tries to open it, and sees to the next try if that fails. */
void	port_try(struct port *);

/* Its link was opened, or was not: the end of a try. */
void	port_opened(struct link *, int error);

#endif
