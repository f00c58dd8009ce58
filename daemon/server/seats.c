/* SPDX-License-Identifier: MIT */
/*
 * systemd-logind keeps a file for each seat, and sd-login watches them.
 */
#include "seats.h"

#include <event2/event.h>
#include <stdlib.h>
#include <systemd/sd-login.h>

#include "daemon/base/memory.h"

struct seats {
	sd_login_monitor	*monitor;
	struct event		*event;
	void			(*changed)(void *);
	void			*arg;
};

static void
seats_cb(evutil_socket_t fd, short what, void *arg)
{
	struct seats	*seats = arg;

	(void)fd, (void)what;
	sd_login_monitor_flush(seats->monitor);
	seats->changed(seats->arg);
}

struct seats *
seats_create(struct event_base *base, void (*changed)(void *), void *arg)
{
	struct seats	*seats = xcalloc(1, sizeof *seats);

	seats->changed = changed;
	seats->arg = arg;
	if (sd_login_monitor_new("seat", &seats->monitor) >= 0)
		seats->event = event_new(base,
		    sd_login_monitor_get_fd(seats->monitor),
		    EV_READ | EV_PERSIST, seats_cb, seats);
	if (seats->event == NULL) {
		seats_destroy(seats);
		return NULL;
	}
	event_add(seats->event, NULL);
	return seats;
}

void
seats_destroy(struct seats *seats)
{
	if (seats == NULL)
		return;
	if (seats->event != NULL)
		event_free(seats->event);
	sd_login_monitor_unref(seats->monitor);
	free(seats);
}
