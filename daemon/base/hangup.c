/* SPDX-License-Identifier: MIT */
/*
 * A hang-up is EPOLLHUP, and EPOLLERR, which is what a peer that left with replies
 * unread gives.  A duplicate of the descriptor is watched for that, edge-triggered,
 * since libevent cannot mix edges and levels on one; poll(2) then tells a hang-up
 * from input and from its end.
 */
#include "hangup.h"

#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "memory.h"

struct hangup {
	int		 fd;		/* the duplicate */
	struct event	*event;
	void		(*hung_up)(void *);
	void		*arg;
};

bool
hangup_is_there(int fd)
{
	struct pollfd	p = { .fd = fd };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

static void
hangup_event_cb(evutil_socket_t fd, short what, void *arg)
{
	const struct hangup	*h = arg;

	(void)what;
	if (hangup_is_there(fd))
		h->hung_up(h->arg);
}

struct hangup *
hangup_create(struct event_base *base, int fd, void (*hung_up)(void *), void *arg)
{
	struct hangup	*h;
	int		 twin = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (twin < 0)
		return NULL;
	h = xcalloc(1, sizeof *h);
	h->fd = twin;
	h->hung_up = hung_up;
	h->arg = arg;
	h->event = event_new(base, twin, EV_READ | EV_ET | EV_PERSIST,
	    hangup_event_cb, h);
	return h;
}

void
hangup_destroy(struct hangup *h)
{
	if (h == NULL)
		return;
	event_free(h->event);
	close(h->fd);
	free(h);
}

void
hangup_watch(struct hangup *h)
{
	event_add(h->event, NULL);
}

void
hangup_rest(struct hangup *h)
{
	if (h != NULL)
		event_del(h->event);
}
