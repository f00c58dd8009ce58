/* SPDX-License-Identifier: MIT */
/*
 * A port, as its board sees it.  It is kept open as long as it is wanted: wanted.c
 * says when, port_act.c does it, port_try.c opens it.
 */
#include "port_private.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/memory.h"

/* How long the reset line is pulled.  Boards couple it through a capacitor and
 * see only the edge; ESP32s want it low for a moment. */
#define RESET_PULL_MS	50

static void
port_retry_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	port_try(arg);
}

static void
port_watch_cb(void *arg)
{
	struct port	*p = arg;
	bool		 was_opened;

	if (p->wanted.phase >= PORT_OPEN) {
		was_opened = path_watch_was_opened(p->watch);
		path_watch_start_use(p->watch);
		port_look(p, was_opened);
		return;
	}
	event_del(p->retry);
	port_try(p);
}

static void
port_reset_cb(evutil_socket_t fd, short what, void *arg)
{
	struct port	*p = arg;

	(void)fd, (void)what;
	port_tell(p, WANTED_RESET_DONE);
	if (link_reset(&p->link, false) == 0)
		p->handler->reset_done(p->arg);
	else
		port_lose(p, "its port does not take a reset");
}

struct port *
port_create(struct event_base *base, struct path_watcher *watcher,
    const struct port_handler *handler, void *arg)
{
	struct port	*p = xcalloc(1, sizeof *p);

	p->base = base;
	p->watcher = watcher;
	p->handler = handler;
	p->arg = arg;
	p->link.fd = -1;
	wanted_init(&p->wanted, false);
	p->retry = evtimer_new(base, port_retry_cb, p);
	p->reset = evtimer_new(base, port_reset_cb, p);
	p->rest = evtimer_new(base, port_readable_cb, p);
	return p;
}

/* From where it is to nowhere. */
static void
port_leave(struct port *p)
{
	port_shut(p);
	path_watch_destroy(p->watch);
	p->watch = NULL;
	free(p->address);
	p->address = NULL;
	wanted_move(&p->wanted, false);
}

void
port_destroy(struct port *p)
{
	if (p == NULL)
		return;
	port_leave(p);
	event_free(p->retry);
	event_free(p->reset);
	event_free(p->rest);
	free(p);
}

/* Prepares its link and its watch; port_leave() undoes the half of it. */
static int
port_settle(struct port *p, const char *address)
{
	int	error;

	p->address = xstrdup(address);
	error = link_init(&p->link, p->base, p->address, p->baud, port_opened, p);
	if (error < 0)
		return error;
	p->link.drop_dtr = p->drop_dtr;
	if (!p->link.ops->is_path)
		return 0;
	p->watch = path_watch_create(p->watcher, p->link.address, port_watch_cb,
	    p);
	return 0;
}

int
port_set_address(struct port *p, const char *address, bool always)
{
	int	error;

	if (p->address != NULL && strcmp(p->address, address) == 0 &&
	    p->wanted.always == always)
		return 0;
	port_leave(p);
	error = port_settle(p, address);
	if (error < 0) {
		free(p->address);
		p->address = NULL;
		return error;
	}
	wanted_move(&p->wanted, always);
	port_tell(p, WANTED_RELOADED);
	return 0;
}

bool
port_is_configured(const struct port *p)
{
	return p->wanted.always;
}

bool
port_is_there(const struct port *p)
{
	return p->wanted.there || p->wanted.phase >= PORT_OPEN;
}

bool
port_is_tried(const struct port *p)
{
	return p->wanted.phase == PORT_TRYING;
}

bool
port_is_unsteady(const struct port *p)
{
	return wanted_is_unsteady(&p->wanted);
}

size_t
port_write(struct port *p, const uint8_t *buf, size_t len)
{
	ssize_t	n;

	if (p->link.fd < 0 || p->writable == NULL)
		return 0;
	port_wake(p);
	n = write(p->link.fd, buf, len);
	if (n < 0 && errno == EPIPE)	/* it may read nothing, and say much */
		(void)shutdown(p->link.fd, SHUT_RDWR);
	if (n < 0)
		n = 0;	/* what is wrong, reading will tell */
	if ((size_t)n < len)
		event_add(p->writable, NULL);
	return (size_t)n;
}

/* Of a tty and of a socket alike. */
bool
port_is_sending(const struct port *p)
{
	int	unsent = 0;

	return p->link.fd >= 0 && ioctl(p->link.fd, TIOCOUTQ, &unsent) == 0 &&
	    unsent > 0;
}

void
port_drop_unsent(struct port *p)
{
	if (p->link.fd >= 0)
		tcflush(p->link.fd, TCOFLUSH);
}

int
port_reset(struct port *p)
{
	int	error;

	if (p->wanted.phase == PORT_RESETTING)
		return 0;
	if (wanted_tell(&p->wanted, WANTED_RESET, clock_now()) != WANTED_PULL)
		return -ENOTSUP;
	error = link_reset(&p->link, true);
	if (error == 0)
		port_add_timer(p->reset, RESET_PULL_MS);
	else
		port_tell(p, WANTED_RESET_DONE);
	return error;
}

void
port_set_baud(struct port *p, unsigned baud)
{
	p->baud = baud;
	if (p->address != NULL)
		link_set_baud(&p->link, baud);
}

void
port_set_drop_dtr(struct port *p, bool drop_dtr)
{
	p->drop_dtr = p->link.drop_dtr = drop_dtr;
}
