/* SPDX-License-Identifier: MIT */
/*
 * A monitor of its own, for the short time of a flash: it says only that
 * something has changed, and one looks.  That way no order of events, and none
 * that came too early, can be missed.  But a device that is removed may still be
 * seen for a moment, so that is told.  The monitor is the same nested loop as in
 * hotplug.c.
 */
#include "usb_watch.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-device.h>
#include <systemd/sd-event.h>

#include "daemon/base/memory.h"

struct usb_watch {
	const struct usb_seen	*seen;
	void			(*changed)(void *, bool);
	void			*arg;
	char			 path[64];
	bool			 removed;	/* it was, since it was told */
	sd_event		*loop;
	sd_device_monitor	*monitor;
	struct event		*event;
};

static unsigned
usb_number(sd_device *device, const char *name, int base)
{
	const char	*value;

	return sd_device_get_sysattr_value(device, name, &value) < 0 ? 0 :
	    (unsigned)strtoul(value, NULL, base);
}

/* The first serial port of the device at that place. */
static void
usb_look_port(const char *path, struct usb_seen *seen)
{
	sd_device_enumerator	*enumerator;
	sd_device		*tty, *usb;
	const char		*name, *node;

	if (sd_device_enumerator_new(&enumerator) < 0)
		return;
	sd_device_enumerator_add_match_subsystem(enumerator, "tty", 1);
	for (tty = sd_device_enumerator_get_device_first(enumerator);
	    tty != NULL && seen->node[0] == '\0';
	    tty = sd_device_enumerator_get_device_next(enumerator))
		if (sd_device_get_parent_with_subsystem_devtype(tty, "usb",
		    "usb_device", &usb) >= 0 &&
		    sd_device_get_sysname(usb, &name) >= 0 &&
		    strcmp(name, path) == 0 &&
		    sd_device_get_devname(tty, &node) >= 0)
			snprintf(seen->node, sizeof seen->node, "%s", node);
	sd_device_enumerator_unref(enumerator);
}

void
usb_look(const char *path, struct usb_seen *seen)
{
	sd_device	*usb;

	*seen = (struct usb_seen){ 0 };
	if (path[0] == '\0' ||
	    sd_device_new_from_subsystem_sysname(&usb, "usb", path) < 0)
		return;
	seen->there = sd_device_get_is_initialized(usb) > 0;
	seen->vendor = (uint16_t)usb_number(usb, "idVendor", 16);
	seen->product = (uint16_t)usb_number(usb, "idProduct", 16);
	seen->bus = usb_number(usb, "busnum", 10);
	seen->address = usb_number(usb, "devnum", 10);
	sd_device_unref(usb);
	if (seen->there)
		usb_look_port(path, seen);
}

static int
usb_watch_device_cb(sd_device_monitor *monitor, sd_device *device, void *arg)
{
	struct usb_watch	*w = arg;
	sd_device_action_t	 action;
	const char		*name, *address;

	(void)monitor;
	if (sd_device_get_action(device, &action) >= 0 &&
	    action == SD_DEVICE_REMOVE &&
	    sd_device_get_sysname(device, &name) >= 0 &&
	    strcmp(name, w->path) == 0 &&
	    sd_device_get_property_value(device, "DEVNUM", &address) >= 0 &&
	    strtoul(address, NULL, 10) == w->seen->address)
		w->removed = true;
	return 0;		/* usb_watch_event_cb() tells it, once for all */
}

static void
usb_watch_event_cb(evutil_socket_t fd, short what, void *arg)
{
	struct usb_watch	*w = arg;
	bool			 any = false, removed;

	(void)fd, (void)what;
	while (sd_event_run(w->loop, 0) > 0)
		any = true;
	removed = w->removed;
	w->removed = false;
	if (any && what != 0)
		w->changed(w->arg, removed);
}

static int
usb_watch_start(struct usb_watch *w, struct event_base *base)
{
	int	error;

	if ((error = sd_event_new(&w->loop)) < 0 ||
	    (error = sd_device_monitor_new(&w->monitor)) < 0 ||
	    (error = sd_device_monitor_filter_add_match_subsystem_devtype(
	    w->monitor, "tty", NULL)) < 0 ||
	    (error = sd_device_monitor_filter_add_match_subsystem_devtype(
	    w->monitor, "usb", "usb_device")) < 0 ||
	    (error = sd_device_monitor_attach_event(w->monitor, w->loop)) < 0 ||
	    (error = sd_device_monitor_start(w->monitor, usb_watch_device_cb,
	    w)) < 0)
		return error;
	w->event = event_new(base, sd_event_get_fd(w->loop),
	    EV_READ | EV_PERSIST, usb_watch_event_cb, w);
	event_add(w->event, NULL);
	usb_watch_event_cb(-1, 0, w);		/* sd-event arms its sources */
	return 0;
}

struct usb_watch *
usb_watch_create(struct event_base *base, const char *path,
    const struct usb_seen *seen, void (*changed)(void *, bool), void *arg)
{
	struct usb_watch	*w = xcalloc(1, sizeof *w);
	int			 error;

	w->seen = seen;
	w->changed = changed;
	w->arg = arg;
	snprintf(w->path, sizeof w->path, "%s", path);
	error = usb_watch_start(w, base);
	if (error < 0) {
		usb_watch_destroy(w);
		errno = -error;
		return NULL;
	}
	return w;
}

void
usb_watch_destroy(struct usb_watch *w)
{
	if (w == NULL)
		return;
	if (w->event != NULL)
		event_free(w->event);
	sd_device_monitor_unref(w->monitor);
	sd_event_unref(w->loop);
	free(w);
}
