/* SPDX-License-Identifier: MIT */
/*
 * Who sits at the machine may use picod (access_may_connect()), as long as he does.
 */
#ifndef PICOD_SEATS_H
#define PICOD_SEATS_H

struct event_base;
struct seats;

/*
 * Calls back whenever somebody else may have taken a seat.  NULL where nobody tells
 * (there is no systemd-logind).
 */
struct seats	*seats_create(struct event_base *, void (*changed)(void *),
    void *arg);
void		 seats_destroy(struct seats *);

#endif
