/* SPDX-License-Identifier: MIT */
/*
 * A unit from the inside: for the files unit*.c only.
 */
#ifndef PICOD_UNIT_PRIVATE_H
#define PICOD_UNIT_PRIVATE_H

#include <event2/event.h>

#include "daemon/base/seldom.h"
#include "daemon/port/port.h"
#include "served.h"
#include "unit.h"

struct unit {
	const struct unit_handler *handler;
	void		*arg;
	struct board	*board;
	struct port	*port;
	struct served	 served;
	bool		 boot_greedy;
	bool		 configured;
	unsigned	 kept;		/* by how many */
	uint64_t	 seen_at;	/* when it was there last */
	struct seldom	 said;
	bool		 pumping;	/* unit_pump() is on the stack */
	struct event	*timer;
	uint64_t	 timer_at;
};

/* What was fed or sent, for those who want to know every byte. */
void	unit_trace(struct unit *, const uint8_t *, size_t, bool to_board);

/* A port that comes and goes by itself is not told of each time. */
bool	unit_may_say(struct unit *, const char *what);

/* Does what the board wants, until it wants nothing. */
void	unit_pump(struct unit *);

/*
 * Nobody has its port but, perhaps, its boot loader, which would take what is
 * said for the start of an upload.
 */
void	unit_see_loader(struct unit *);

/* Time passed: what is due is done. */
void	unit_tick(struct unit *);

/* The end of each change: the pump, what is due by now, and the timer. */
void	unit_settle(struct unit *);

/* What its port tells: the argument is the unit. */
extern const struct port_handler unit_port_handler;

/* Its port was closed. */
void	unit_closed(void *unit, const char *reason);

/* The timer's callback. */
void	unit_timer_cb(evutil_socket_t, short, void *unit);

#endif
