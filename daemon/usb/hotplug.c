/* SPDX-License-Identifier: MIT */
/*
 * What libudev(3) tells of serial ports, in our words.
 *
 * The monitor starts before the enumeration, so that nothing falls in between;
 * what is told twice is for the handler to fold.  On "remove" a tty's parents may
 * be gone already, so that only its id is told.
 *
 * What is told here goes before all else that is ready.  A port that hung up
 * would be opened again by its path, and if two boards have swapped theirs while
 * picod slept, one would get what was meant for the other.
 */
#include "hotplug.h"

#include <errno.h>
#include <libudev.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "place.h"
#include "usb_monitor.h"

struct hotplug {
	const struct hotplug_handler *handler;
	void			*arg;
	struct usb_monitor	*monitor;
};

/* What is read of a device, with the one string that is not the device's. */
struct hotplug_read {
	struct hotplug_tty	 tty;
	char			 place[PLACE_MAX];
};

/* An attribute of sysfs, or "". */
static const char *
hotplug_attribute(struct udev_device *device, const char *name)
{
	const char	*value = udev_device_get_sysattr_value(device, name);

	return value == NULL ? "" : value;
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
hotplug_identity(struct udev_device *tty, const char *property,
    struct udev_device *usb, const char *attribute)
{
	const char	*value = udev_device_get_property_value(tty, property);

	return value == NULL ? hotplug_attribute(usb, attribute) : value;
}

/* A property of the port, or of the device, or "". */
static const char *
hotplug_property(struct udev_device *tty, struct udev_device *usb,
    const char *name)
{
	const char	*value = udev_device_get_property_value(tty, name);

	if (value == NULL)
		value = udev_device_get_property_value(usb, name);
	return value == NULL ? "" : value;
}

/* What is said of a device in the same way, with a port and without. */
static void
hotplug_describe(struct hotplug_read *read, struct udev_device *device,
    struct udev_device *usb)
{
	static const char *const	names[HOTPLUG_UDEV_COUNT] = {
		"PICOD_BOARD", "PICOD_DRIVER", "PICOD_BAUD", "PICOD_FLASHER",
	};
	struct hotplug_tty		*tty = &read->tty;
	size_t				 i;

	usb_place(udev_device_get_syspath(usb), read->place, sizeof read->place);
	tty->id = udev_device_get_syspath(device);
	tty->path = udev_device_get_sysname(usb);
	tty->place = read->place;
	tty->label = hotplug_attribute(usb, "product");
	tty->maker = hotplug_attribute(usb, "manufacturer");
	tty->model = hotplug_property(device, usb, "ID_MODEL_FROM_DATABASE");
	for (i = 0; i < HOTPLUG_UDEV_COUNT; i++)
		tty->udev[i] = hotplug_property(device, usb, names[i]);
}

static void
hotplug_read_usb(struct hotplug_read *read, struct udev_device *usb)
{
	read->tty = (struct hotplug_tty){
		.node = "", .role = "",
		.vendor = hotplug_hex(hotplug_attribute(usb, "idVendor")),
		.product = hotplug_hex(hotplug_attribute(usb, "idProduct")),
		.serial = hotplug_attribute(usb, "serial"),
	};
	hotplug_describe(read, usb, usb);
}

/* False for what is no USB device's: only the configuration knows it. */
static bool
hotplug_read_tty(struct hotplug_read *read, struct udev_device *device)
{
	const char		*node = udev_device_get_devnode(device);
	struct udev_device	*usb, *interface;

	usb = udev_device_get_parent_with_subsystem_devtype(device, "usb",
	    "usb_device");
	interface = udev_device_get_parent_with_subsystem_devtype(device, "usb",
	    "usb_interface");
	if (node == NULL || usb == NULL || interface == NULL)
		return false;
	read->tty = (struct hotplug_tty){
		.node = node,
		.vendor = hotplug_hex(hotplug_identity(device, "ID_VENDOR_ID",
		    usb, "idVendor")),
		.product = hotplug_hex(hotplug_identity(device, "ID_MODEL_ID",
		    usb, "idProduct")),
		.serial = hotplug_identity(device, "ID_SERIAL_SHORT", usb,
		    "serial"),
		.role = hotplug_attribute(interface, "interface"),
		.interface = hotplug_hex(hotplug_attribute(interface,
		    "bInterfaceNumber")),
	};
	hotplug_describe(read, device, usb);
	return true;
}

/* Its strings are the device's, and of *read. */
static bool
hotplug_read(struct hotplug_read *read, struct udev_device *device)
{
	const char	*type = udev_device_get_devtype(device);

	if (type == NULL)
		return hotplug_read_tty(read, device);	/* ttys have none */
	if (strcmp(type, "usb_device") != 0)
		return false;
	hotplug_read_usb(read, device);
	return true;
}

static void
hotplug_tell(const struct hotplug *h, struct udev_device *device)
{
	struct hotplug_read	read;

	if (hotplug_read(&read, device))
		h->handler->appeared(h->arg, &read.tty);
}

static void
hotplug_heard(const struct hotplug *h, struct udev_device *device)
{
	const char	*action = udev_device_get_action(device);

	if (action != NULL && strcmp(action, "remove") == 0)
		h->handler->vanished(h->arg, udev_device_get_syspath(device));
	else
		hotplug_tell(h, device);
	udev_device_unref(device);
}

/*
 * What was kept of a burst is older than what is there now: it goes first, or an
 * old "remove" would take out what came since.
 */
static void
hotplug_ready(void *arg)
{
	struct hotplug		*h = arg;
	struct udev_device	*device;
	enum usb_news		 news;
	bool			 missed = false;

	while ((news = usb_monitor_next(h->monitor, &device)) != USB_NOTHING)
		if (news == USB_DEVICE)
			hotplug_heard(h, device);
		else
			missed = true;
	if (!missed)
		return;
	log_warn("more came to the USB bus, or went, than could be told: "
	    "looking at what is there");
	h->handler->missed(h->arg);
}

/* The device with that id, to be unreferenced, or NULL. */
static struct udev_device *
hotplug_find(const struct hotplug *h, const char *id)
{
	return udev_device_new_from_syspath(usb_monitor_udev(h->monitor), id);
}

int
hotplug_enumerate(const struct hotplug *h)
{
	struct udev_enumerate	*all;
	struct udev_list_entry	*entry;
	struct udev_device	*device;
	int			 error;

	all = udev_enumerate_new(usb_monitor_udev(h->monitor));
	if (all == NULL)
		return -errno;
	/* Those that udev has seen: it gives ports to their group first. */
	if ((error = udev_enumerate_add_match_subsystem(all, "tty")) >= 0 &&
	    (error = udev_enumerate_add_match_subsystem(all, "usb")) >= 0 &&
	    (error = udev_enumerate_add_match_is_initialized(all)) >= 0)
		error = udev_enumerate_scan_devices(all);
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(all)) {
		device = hotplug_find(h, udev_list_entry_get_name(entry));
		if (device != NULL)
			hotplug_tell(h, device);
		udev_device_unref(device);
	}
	udev_enumerate_unref(all);
	return error < 0 ? error : 0;
}

bool
hotplug_is_there(const struct hotplug *h, const struct hotplug_tty *tty)
{
	struct udev_device	*device = hotplug_find(h, tty->id);
	struct hotplug_read	 now;
	bool			 there;

	there = device != NULL && hotplug_read(&now, device) &&
	    now.tty.vendor == tty->vendor && now.tty.product == tty->product &&
	    strcmp(now.tty.serial, tty->serial) == 0;
	udev_device_unref(device);
	return there;
}

struct hotplug *
hotplug_create(struct event_base *base, const struct hotplug_handler *handler,
    void *arg)
{
	struct hotplug	*h = xcalloc(1, sizeof *h);
	int		 error;

	h->handler = handler;
	h->arg = arg;
	h->monitor = usb_monitor_create(base, true, hotplug_ready, h);
	error = h->monitor == NULL ? -errno : hotplug_enumerate(h);
	if (error < 0) {
		hotplug_destroy(h);
		errno = -error;
		return NULL;
	}
	return h;
}

void
hotplug_destroy(struct hotplug *h)
{
	if (h == NULL)
		return;
	usb_monitor_destroy(h->monitor);
	free(h);
}
