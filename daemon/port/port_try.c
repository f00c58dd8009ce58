/* SPDX-License-Identifier: MIT */
/*
 * Opening a port, and what to wait for when it does not open.
 *
 * A path that is not there is waited for with inotify, so that nothing wakes up
 * until it appears.  A server that does not listen, or is busy, gives no sign when
 * it does; only there, and where a port is lost as soon as it is open, a timer
 * tries again, more and more slowly.
 *
 * A path that another program has open is not even opened, lock or no lock: that
 * would take bytes from that program, and change its speed.  Nor is one that
 * picod has open for another board.
 */
#include "port_private.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RETRY_FREED_MS	50
#define RETRY_BUSY_MS	60000

/* It is valid until the next call. */
static const char *
port_reason(const struct port *p, int error)
{
	static char	text[256];

	if (error == -EBUSY && p->holder.pid == getpid())
		return "another board has its port; give this one a port of "
		    "its own, or remove its section";
	if (error == -EBUSY && p->holder.pid != 0) {
		holder_describe(&p->holder, text, sizeof text);
		return text;
	}
	if (error == -EPERM) {		/* who has the rights, but not here */
		snprintf(text, sizeof text, "its unit allows picod no port of this "
		    "kind: sudo systemctl edit picod, and there [Service] and "
		    "DeviceAllow=%s rw", p->link.address);
		return text;
	}
	switch (-error) {
	case ENOENT: return "its port is not there; is it plugged in?";
	case EACCES: return "picod may not open its port: the user that picod "
	    "runs as has to be in the group that owns it, often dialout; of a "
	    "picod of your own: sudo usermod -aG dialout \"$USER\", then log "
	    "in again";
	case EBUSY: return "another program has its port; end that program";
	case ECONNREFUSED: return "nothing listens at its port";
	case ELOOP: return "this is a port that picod makes for tools, not a "
	    "board's";
	case ENOTTY: return "its port is no serial port";
	default: return strerror(-error);
	}
}

/* What may be over without a sign at the path. */
static bool
port_passes(int error)
{
	switch (-error) {
	case EAGAIN:		/* so many wait for the server already */
	case ECONNREFUSED:
	case EINTR:
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		return true;
	default:
		return false;
	}
}

/* Looks who has it. */
static bool
port_is_held(struct port *p)
{
	p->holder.pid = 0;
	if (!p->link.ops->is_path)
		return false;
	if (holder_find(p->link.address, 0, &p->holder) == 0)
		return true;
	if (holder_is_self(p->link.address))
		p->holder.pid = getpid();
	return p->holder.pid != 0;
}

/*
 * The watch is on already, so that nothing was missed.  A port in use is an
 * exception: there it is also told that it is closed, as trying it did; so it
 * starts here, and a rare try makes up for the moment in between, or a soon one
 * if the other program just ended.  A watch may also be impossible.
 */
static void
port_wait(struct port *p, int error)
{
	if (error == -EBUSY && p->watch != NULL)
		path_watch_start_in_use(p->watch);
	if (port_passes(error) || p->watch == NULL ||
	    !path_watch_is_on(p->watch))
		port_add_timer(p->retry, p->wanted.pause_ms);
	else if (error == -EBUSY)
		port_add_timer(p->retry, p->holder.pid != 0 &&
		    !port_is_held(p) ? RETRY_FREED_MS : RETRY_BUSY_MS);
}

/*
 * Programs of root pass TIOCEXCL.  Whose process that is may be hidden from picod;
 * that it opened the port is not.
 */
void
port_look(struct port *p, bool was_opened)
{
	char		text[320];
	struct holder	other;

	if (p->wanted.phase < PORT_OPEN)
		return;
	if (was_opened && holder_find(p->link.address, 0, &other) == 0)
		holder_describe_beside(&other, text, sizeof text);
	else if (was_opened)
		snprintf(text, sizeof text, "a program has opened its port beside "
		    "picod, as only root can, and takes some of what the board "
		    "says; \"sudo picoctl doctor\" names it");
	else if (!holder_is_kernel(p->link.address, text, sizeof text))
		text[0] = '\0';
	p->handler->beside(p->arg, text);
}

void
port_opened(struct link *link, int error)
{
	struct port	*p = link->owner;
	const char	*reason;

	if (error < 0) {
		port_close(p);
		port_tell(p, WANTED_FAILED);
		reason = port_reason(p, error);
		port_wait(p, error);
		p->handler->failed(p->arg, reason);
		return;
	}
	port_tell(p, WANTED_OPENED);
	event_del(p->retry);
	port_listen(p);
	if (p->watch != NULL)
		path_watch_start_use(p->watch);
	p->handler->opened(p->arg, link_resets(link));
	if (p->watch != NULL)
		port_look(p, false);
}

static int
port_open(struct port *p)
{
	int	error;

	if (port_is_held(p))
		return -EBUSY;
	error = link_open(&p->link);
	if (error == -EBUSY)	/* somebody was quicker */
		(void)port_is_held(p);
	return error;
}

/*
 * Tries, and then once more behind the watch, for what happened in between.
 */
void
port_try(struct port *p)
{
	int	error = port_open(p);

	if (error < 0 && error != -EINPROGRESS && p->watch != NULL) {
		path_watch_start(p->watch);
		error = port_open(p);
	}
	if (error != -EINPROGRESS)
		port_opened(&p->link, error);
}
