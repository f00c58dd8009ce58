/* SPDX-License-Identifier: MIT */
/*
 * The ports that picod itself makes for tools.  They are no ports of boards: what
 * goes in would come out again.
 */
#ifndef PICOD_OWN_H
#define PICOD_OWN_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

/* One of them, embedded in what its maker has of it. */
struct own_port {
	LIST_ENTRY(own_port)	 entry;
	dev_t			 number;	/* of the device */
};

void	own_add(struct own_port *);
void	own_remove(struct own_port *);
bool	own_is(dev_t);

#endif
