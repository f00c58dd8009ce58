/* SPDX-License-Identifier: MIT */
/*
 * libudev's monitor.  The kernel keeps what is said in a queue of this socket's,
 * and drops what does not fit any more: when picod was stopped or suspended while
 * a hub full of boards came and went.  It says so once (ENOBUFS), and then only
 * asking what is there helps.  As large a queue as udev's own costs nothing while
 * it is empty; without rights of its own picod gets what net.core.rmem_max allows.
 */
#include "usb_monitor.h"

#include <errno.h>
#include <event2/event.h>
#include <libudev.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"

#define QUEUE_BYTES	(8 << 20)

struct usb_monitor {
	struct udev		*udev;
	struct udev_monitor	*monitor;
	struct event		*event;
	void			(*ready)(void *);
	void			*arg;
};

static void
usb_monitor_event_cb(evutil_socket_t fd, short what, void *arg)
{
	const struct usb_monitor	*m = arg;

	(void)fd, (void)what;
	m->ready(m->arg);
}

static int
usb_monitor_open(struct usb_monitor *m)
{
	int	error;

	m->udev = udev_new();
	if (m->udev == NULL)
		return -errno;
	m->monitor = udev_monitor_new_from_netlink(m->udev, "udev");
	if (m->monitor == NULL)
		return -errno;
	udev_monitor_set_receive_buffer_size(m->monitor, QUEUE_BYTES);
	if ((error = udev_monitor_filter_add_match_subsystem_devtype(m->monitor,
	    "tty", NULL)) < 0 ||
	    (error = udev_monitor_filter_add_match_subsystem_devtype(m->monitor,
	    "usb", "usb_device")) < 0)
		return error;
	return udev_monitor_enable_receiving(m->monitor);
}

struct usb_monitor *
usb_monitor_create(struct event_base *base, bool first, void (*ready)(void *),
    void *arg)
{
	struct usb_monitor	*m = xcalloc(1, sizeof *m);
	int			 error;

	m->ready = ready;
	m->arg = arg;
	error = usb_monitor_open(m);
	if (error < 0) {
		usb_monitor_destroy(m);
		errno = -error;
		return NULL;
	}
	m->event = event_new(base, udev_monitor_get_fd(m->monitor),
	    EV_READ | EV_PERSIST, usb_monitor_event_cb, m);
	if (first)
		event_priority_set(m->event, 0);
	event_add(m->event, NULL);
	return m;
}

void
usb_monitor_destroy(struct usb_monitor *m)
{
	if (m == NULL)
		return;
	if (m->event != NULL)
		event_free(m->event);
	udev_monitor_unref(m->monitor);
	udev_unref(m->udev);
	free(m);
}

enum usb_news
usb_monitor_next(struct usb_monitor *m, struct udev_device **device)
{
	struct udev_device	*next = udev_monitor_receive_device(m->monitor);

	if (next != NULL) {
		*device = next;
		return USB_DEVICE;
	}
	if (errno == ENOBUFS)
		return USB_MISSED;
	if (errno != EAGAIN && errno != EINTR)
		log_warn("hot-plug: %s", strerror(errno));
	return USB_NOTHING;
}

struct udev *
usb_monitor_udev(const struct usb_monitor *m)
{
	return m->udev;
}
