/* SPDX-License-Identifier: MIT */
/*
 * A handful of numbers, asked for when a port is opened.
 */
#include "own.h"

#include <stddef.h>

static LIST_HEAD(, own_port)	ports = LIST_HEAD_INITIALIZER(ports);

void
own_add(struct own_port *p)
{
	LIST_INSERT_HEAD(&ports, p, entry);
}

void
own_remove(struct own_port *p)
{
	LIST_REMOVE(p, entry);
}

bool
own_is(dev_t number)
{
	const struct own_port	*p;

	LIST_FOREACH(p, &ports, entry)
		if (p->number == number)
			return true;
	return false;
}
