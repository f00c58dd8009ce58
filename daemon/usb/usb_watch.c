/* SPDX-License-Identifier: MIT */
/*
 * A monitor of its own, for the short time of a flash: it says only that
 * something has changed, and one looks.  That way no order of events, and none
 * that came too early, can be missed.  But a device that is removed may still be
 * seen for a moment, so that is told.
 */
#include "usb_watch.h"

#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "usb_monitor.h"

struct usb_watch {
	const struct usb_seen	*seen;
	void			(*changed)(void *, bool);
	void			*arg;
	char			 path[64];
	struct usb_monitor	*monitor;
};

/* Of an attribute or a property, which may be NULL. */
static unsigned
usb_number(const char *digits, int base)
{
	return digits == NULL ? 0 : (unsigned)strtoul(digits, NULL, base);
}

/* Whether a tty is a port of the device at that place. */
static bool
usb_is_port(struct udev_device *tty, const char *path)
{
	struct udev_device	*usb;

	usb = udev_device_get_parent_with_subsystem_devtype(tty, "usb",
	    "usb_device");
	return usb != NULL && udev_device_get_devnode(tty) != NULL &&
	    strcmp(udev_device_get_sysname(usb), path) == 0;
}

/* The first serial port of the device at that place. */
static void
usb_look_port(struct udev *udev, const char *path, struct usb_seen *seen)
{
	struct udev_enumerate	*ttys = udev_enumerate_new(udev);
	struct udev_list_entry	*entry;
	struct udev_device	*tty;

	if (ttys == NULL)
		return;
	udev_enumerate_add_match_subsystem(ttys, "tty");
	udev_enumerate_add_match_is_initialized(ttys);
	udev_enumerate_scan_devices(ttys);
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(ttys)) {
		tty = udev_device_new_from_syspath(udev,
		    udev_list_entry_get_name(entry));
		if (tty != NULL && seen->node[0] == '\0' &&
		    usb_is_port(tty, path))
			snprintf(seen->node, sizeof seen->node, "%s",
			    udev_device_get_devnode(tty));
		udev_device_unref(tty);
	}
	udev_enumerate_unref(ttys);
}

static void
usb_look_device(struct udev *udev, struct udev_device *usb, const char *path,
    struct usb_seen *seen)
{
	seen->there = udev_device_get_is_initialized(usb) > 0;
	seen->vendor = (uint16_t)usb_number(
	    udev_device_get_sysattr_value(usb, "idVendor"), 16);
	seen->product = (uint16_t)usb_number(
	    udev_device_get_sysattr_value(usb, "idProduct"), 16);
	seen->bus = usb_number(udev_device_get_sysattr_value(usb, "busnum"), 10);
	seen->address = usb_number(
	    udev_device_get_sysattr_value(usb, "devnum"), 10);
	if (seen->there)
		usb_look_port(udev, path, seen);
}

void
usb_look(const char *path, struct usb_seen *seen)
{
	struct udev		*udev;
	struct udev_device	*usb;

	*seen = (struct usb_seen){ 0 };
	if (path[0] == '\0' || (udev = udev_new()) == NULL)
		return;
	usb = udev_device_new_from_subsystem_sysname(udev, "usb", path);
	if (usb != NULL)
		usb_look_device(udev, usb, path, seen);
	udev_device_unref(usb);
	udev_unref(udev);
}

/* Whether that event is the end of the device that was seen. */
static bool
usb_watch_is_end(const struct usb_watch *w, struct udev_device *device)
{
	const char	*action = udev_device_get_action(device);

	return action != NULL && strcmp(action, "remove") == 0 &&
	    strcmp(udev_device_get_sysname(device), w->path) == 0 &&
	    usb_number(udev_device_get_property_value(device, "DEVNUM"), 10) ==
	    w->seen->address;
}

static bool
usb_watch_is_gone(const struct usb_watch *w)
{
	struct usb_seen	now;

	usb_look(w->path, &now);
	return !now.there || now.address != w->seen->address;
}

/* However much there is, it is told once for all. */
static void
usb_watch_ready(void *arg)
{
	struct usb_watch	*w = arg;
	struct udev_device	*device;
	enum usb_news		 news;
	bool			 any = false, removed = false;

	while ((news = usb_monitor_next(w->monitor, &device)) != USB_NOTHING) {
		any = true;
		if (news == USB_MISSED) {
			removed = removed || usb_watch_is_gone(w);
			continue;
		}
		removed = removed || usb_watch_is_end(w, device);
		udev_device_unref(device);
	}
	if (any)
		w->changed(w->arg, removed);
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
	w->monitor = usb_monitor_create(base, false, usb_watch_ready, w);
	if (w->monitor == NULL) {
		error = errno;
		usb_watch_destroy(w);
		errno = error;
		return NULL;
	}
	return w;
}

void
usb_watch_destroy(struct usb_watch *w)
{
	if (w == NULL)
		return;
	usb_monitor_destroy(w->monitor);
	free(w);
}
