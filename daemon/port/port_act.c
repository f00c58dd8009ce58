/* SPDX-License-Identifier: MIT */
/*
 * What a port does when wanted.c says so: reads, closes, waits for the next try.
 */
#include "port_private.h"

#include <errno.h>
#include <event2/event.h>
#include <unistd.h>

#include "daemon/base/clock.h"

/* Bytes read at once: what a tty keeps. */
#define READ_SIZE	4096

/*
 * Each read wakes up whoever listens to the board.  One that says much without being
 * told anything, a little at a time, is read once in a millisecond, as often as USB
 * asks it; one that is fast enough to have said much by then, at once.
 */
#define REST_AFTER	64		/* reads like that, with nothing written */
#define REST_MS		1
#define REST_BELOW	(READ_SIZE / 4)

void
port_add_timer(struct event *timer, int ms)
{
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(timer, &tv);
}

void
port_close(struct port *p)
{
	if (p->readable != NULL)
		event_free(p->readable);
	if (p->writable != NULL)
		event_free(p->writable);
	p->readable = p->writable = NULL;
	event_del(p->reset);
	event_del(p->rest);
	link_close(&p->link);
}

void
port_shut(struct port *p)
{
	if (p->address == NULL)
		return;
	port_close(p);
	event_del(p->retry);
	if (p->watch != NULL)
		path_watch_stop(p->watch);
}

/*
 * Not at once: hot-plug may be about to say that it is gone.  What happens at its
 * path in a pause is worth a try before that is over.
 */
static void
port_act(struct port *p, enum wanted_act act)
{
	if (act == WANTED_REST)
		return;
	port_shut(p);
	if (act != WANTED_TRY)
		return;
	port_add_timer(p->retry, p->wanted.pause_ms);
	if (p->wanted.pause_ms > 0 && p->watch != NULL)
		path_watch_start(p->watch);
}

void
port_tell(struct port *p, enum wanted_input input)
{
	port_act(p, wanted_tell(&p->wanted, input, clock_now()));
}

void
port_lose(struct port *p, const char *reason)
{
	port_tell(p, WANTED_LOST);
	p->handler->closed(p->arg, reason);
}

/* Reads once; true: in a while is soon enough for the next time. */
static bool
port_read(struct port *p)
{
	uint8_t		 buf[READ_SIZE];
	ssize_t		 n = read(p->link.fd, buf, sizeof buf);

	if (n > 0) {
		p->small_reads = n < REST_BELOW ? p->small_reads + 1 : 0;
		p->handler->bytes(p->arg, buf, (size_t)n);
		return p->small_reads > REST_AFTER;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		port_lose(p, "its port went away");
	return false;
}

void
port_readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct port	*p = arg;
	bool		 rest = port_read(p);

	(void)fd, (void)what;
	if (p->readable == NULL)	/* it was closed as it was read */
		return;
	if (rest) {
		event_del(p->readable);
		port_add_timer(p->rest, REST_MS);
	} else
		event_add(p->readable, NULL);
}

void
port_wake(struct port *p)
{
	p->small_reads = 0;
	event_del(p->rest);
	event_add(p->readable, NULL);
}

static void
port_writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct port	*p = arg;

	(void)fd, (void)what;
	p->handler->writable(p->arg);
}

void
port_listen(struct port *p)
{
	p->readable = event_new(p->base, p->link.fd, EV_READ | EV_PERSIST,
	    port_readable_cb, p);
	p->writable = event_new(p->base, p->link.fd, EV_WRITE, port_writable_cb,
	    p);
	port_wake(p);
}
