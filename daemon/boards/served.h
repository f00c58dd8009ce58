/* SPDX-License-Identifier: MIT */
/*
 * How a board is served: its language, its speeds, its port's ways.
 */
#ifndef PICOD_SERVED_H
#define PICOD_SERVED_H

#include <stdbool.h>

#include "protocol/driver.h"

struct board_config;

/* Zeroed: in no way yet. */
struct served {
	const struct driver_ops	*driver;
	unsigned		 baud;
	bool			 find_baud;
	bool			 may_interrupt;
	bool			 drop_dtr;
	char			*reports;	/* or NULL */
};

/* As the configuration has it; strings are copied. */
void	served_set(struct served *, const struct board_config *);
void	served_finish(struct served *);

/* Whether the configuration says otherwise, so that it must be opened anew. */
bool	served_differs(const struct served *, const struct board_config *);

#endif
