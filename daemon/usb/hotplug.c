/* SPDX-License-Identifier: MIT */
/*
 * sd-device (sd-device(3)) inside a libevent loop.
 *
 * Before systemd 257 its monitor has no descriptor to wait for, so a small
 * sd-event loop of its own is nested: its descriptor is one event of ours.  The
 * monitor starts before the enumeration, so that nothing falls in between; what
 * is told twice is for the handler to fold.  On "remove" a tty's parents may be
 * gone already, so that only its id is told.
 *
 * What is told here goes before all else that is ready.  A port that hung up
 * would be opened again by its path, and if two boards have swapped theirs while
 * picod slept, one would get what was meant for the other.
 */
#include "hotplug.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-device.h>
#include <systemd/sd-event.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "place.h"

struct hotplug {
	const struct hotplug_handler *handler;
	void			*arg;
	sd_event		*loop;
	sd_device_monitor	*monitor;
	struct event		*event;
};

/* An attribute of sysfs, or "". */
static const char *
hotplug_attribute(sd_device *device, const char *name)
{
	const char	*value;

	return sd_device_get_sysattr_value(device, name, &value) < 0 ? "" : value;
}

static uint16_t
hotplug_hex(const char *digits)
{
	return (uint16_t)strtoul(digits, NULL, 16);
}

/*
 * What udev found when the port appeared, or without udev, what is there now:
 * another board may be there by now, whose event is still to be read.
 */
static const char *
hotplug_identity(sd_device *tty, const char *property, sd_device *usb,
    const char *attribute)
{
	const char	*value;

	if (sd_device_get_property_value(tty, property, &value) >= 0)
		return value;
	return hotplug_attribute(usb, attribute);
}

/* A property of the port, or of the device, or "". */
static const char *
hotplug_property(sd_device *tty, sd_device *usb, const char *name)
{
	const char	*value;

	if (sd_device_get_property_value(tty, name, &value) >= 0 ||
	    sd_device_get_property_value(usb, name, &value) >= 0)
		return value;
	return "";
}

/* What is said of a device in the same way, with a port and without. */
static void
hotplug_describe(struct hotplug_tty *tty, sd_device *device, sd_device *usb,
    char *place, size_t size)
{
	static const char *const	names[HOTPLUG_UDEV_COUNT] = {
		"PICOD_BOARD", "PICOD_DRIVER", "PICOD_BAUD", "PICOD_FLASHER",
	};
	const char			*syspath;
	size_t				 i;

	place[0] = '\0';
	if (sd_device_get_syspath(usb, &syspath) >= 0)
		usb_place(syspath, place, size);
	tty->place = place;
	tty->label = hotplug_attribute(usb, "product");
	tty->maker = hotplug_attribute(usb, "manufacturer");
	tty->model = hotplug_property(device, usb, "ID_MODEL_FROM_DATABASE");
	for (i = 0; i < HOTPLUG_UDEV_COUNT; i++)
		tty->udev[i] = hotplug_property(device, usb, names[i]);
}

static void
hotplug_tell_usb(struct hotplug *h, sd_device *usb, const char *id)
{
	struct hotplug_tty	tty = { .id = id, .node = "", .role = "" };
	char			place[PLACE_MAX];

	if (sd_device_get_sysname(usb, &tty.path) < 0)
		return;
	tty.vendor = hotplug_hex(hotplug_attribute(usb, "idVendor"));
	tty.product = hotplug_hex(hotplug_attribute(usb, "idProduct"));
	tty.serial = hotplug_attribute(usb, "serial");
	hotplug_describe(&tty, usb, usb, place, sizeof place);
	h->handler->appeared(h->arg, &tty);
}

static void
hotplug_tell_tty(struct hotplug *h, sd_device *device, const char *id)
{
	struct hotplug_tty	 tty = { .id = id };
	sd_device		*usb, *interface;
	char			 place[PLACE_MAX];

	if (sd_device_get_devname(device, &tty.node) < 0 ||
	    sd_device_get_parent_with_subsystem_devtype(device, "usb",
	    "usb_device", &usb) < 0 ||
	    sd_device_get_parent_with_subsystem_devtype(device, "usb",
	    "usb_interface", &interface) < 0 ||
	    sd_device_get_sysname(usb, &tty.path) < 0)
		return;		/* no USB device: only the configuration knows it */
	tty.vendor = hotplug_hex(hotplug_identity(device, "ID_VENDOR_ID", usb,
	    "idVendor"));
	tty.product = hotplug_hex(hotplug_identity(device, "ID_MODEL_ID", usb,
	    "idProduct"));
	tty.serial = hotplug_identity(device, "ID_SERIAL_SHORT", usb, "serial");
	tty.role = hotplug_attribute(interface, "interface");
	hotplug_describe(&tty, device, usb, place, sizeof place);
	tty.interface = hotplug_hex(hotplug_attribute(interface,
	    "bInterfaceNumber"));
	h->handler->appeared(h->arg, &tty);
}

static void
hotplug_tell(struct hotplug *h, sd_device *device, const char *id)
{
	const char	*type;

	if (sd_device_get_devtype(device, &type) < 0)
		hotplug_tell_tty(h, device, id);	/* ttys have none */
	else if (strcmp(type, "usb_device") == 0)
		hotplug_tell_usb(h, device, id);
}

static int
hotplug_device_cb(sd_device_monitor *monitor, sd_device *device, void *arg)
{
	struct hotplug		*h = arg;
	sd_device_action_t	 action;
	const char		*id;

	(void)monitor;
	if (sd_device_get_action(device, &action) < 0 ||
	    sd_device_get_syspath(device, &id) < 0)
		return 0;
	if (action == SD_DEVICE_REMOVE)
		h->handler->vanished(h->arg, id);
	else
		hotplug_tell(h, device, id);
	return 0;
}

static void
hotplug_event_cb(evutil_socket_t fd, short what, void *arg)
{
	struct hotplug	*h = arg;
	int		 n;

	(void)fd, (void)what;
	while ((n = sd_event_run(h->loop, 0)) > 0)
		;
	if (n < 0)
		log_warn("hot-plug: %s", strerror(-n));
}

static int
hotplug_monitor(struct hotplug *h)
{
	int	error;

	if ((error = sd_event_new(&h->loop)) < 0 ||
	    (error = sd_device_monitor_new(&h->monitor)) < 0 ||
	    (error = sd_device_monitor_filter_add_match_subsystem_devtype(
	    h->monitor, "tty", NULL)) < 0 ||
	    (error = sd_device_monitor_filter_add_match_subsystem_devtype(
	    h->monitor, "usb", "usb_device")) < 0 ||
	    (error = sd_device_monitor_attach_event(h->monitor, h->loop)) < 0 ||
	    (error = sd_device_monitor_start(h->monitor, hotplug_device_cb,
	    h)) < 0)
		return error;
	return 0;
}

static int
hotplug_enumerate(struct hotplug *h)
{
	sd_device_enumerator	*enumerator;
	sd_device		*device;
	const char		*id;
	int			 error;

	error = sd_device_enumerator_new(&enumerator);
	if (error < 0)
		return error;
	if ((error = sd_device_enumerator_add_match_subsystem(enumerator, "tty",
	    1)) >= 0)
		error = sd_device_enumerator_add_match_subsystem(enumerator,
		    "usb", 1);
	for (device = sd_device_enumerator_get_device_first(enumerator);
	    device != NULL;
	    device = sd_device_enumerator_get_device_next(enumerator))
		if (sd_device_get_syspath(device, &id) >= 0)
			hotplug_tell(h, device, id);
	sd_device_enumerator_unref(enumerator);
	return error;
}

struct hotplug *
hotplug_create(struct event_base *base, const struct hotplug_handler *handler,
    void *arg)
{
	struct hotplug	*h = xcalloc(1, sizeof *h);
	int		 error;

	h->handler = handler;
	h->arg = arg;
	error = hotplug_monitor(h);
	if (error < 0)
		goto fail;
	h->event = event_new(base, sd_event_get_fd(h->loop),
	    EV_READ | EV_PERSIST, hotplug_event_cb, h);
	event_priority_set(h->event, 0);
	event_add(h->event, NULL);
	hotplug_event_cb(-1, 0, h);	/* sd-event arms its sources */
	error = hotplug_enumerate(h);
	if (error < 0)
		goto fail;
	return h;
fail:
	hotplug_destroy(h);
	errno = -error;
	return NULL;
}

void
hotplug_destroy(struct hotplug *h)
{
	if (h == NULL)
		return;
	if (h->event != NULL)
		event_free(h->event);
	sd_device_monitor_unref(h->monitor);
	sd_event_unref(h->loop);
	free(h);
}
