/* SPDX-License-Identifier: MIT */
/*
 * Serial ports of USB devices, as they come and go, and USB devices: one that
 * waits to be flashed has no port.
 */
#ifndef PICOD_HOTPLUG_H
#define PICOD_HOTPLUG_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct hotplug;

/* Of the device, or of its port. */
enum hotplug_udev {
	HOTPLUG_BOARD,		/* PICOD_BOARD: it is one, "0": it is none */
	HOTPLUG_DRIVER,		/* PICOD_DRIVER, and so on */
	HOTPLUG_BAUD,
	HOTPLUG_FLASHER,
	HOTPLUG_UDEV_COUNT
};

/*
 * A tty of a USB device, or the device itself.  Strings are the caller's for the
 * call's time only.
 */
struct hotplug_tty {
	const char	*id;		/* the same when it vanishes */
	const char	*node;		/* "/dev/ttyACM0"; "": the device itself */
	uint16_t	 vendor, product;
	const char	*serial;	/* "" where it has none */
	const char	*path;		/* where it is plugged in: "1-2.3" */
	const char	*place;		/* likewise, for good: usb_place() */
	unsigned	 interface;	/* of the USB device, from 0 */
	const char	*label;		/* what it calls itself, or "" */
	const char	*maker;		/* who made it, by its own word, or "" */
	const char	*role;		/* what it calls that interface, or "" */
	const char	*model;		/* what udev's hwdb calls it, or "" */
	/* What PICOD_BOARD and so on of udev say of it, or "". */
	const char	*udev[HOTPLUG_UDEV_COUNT];
};

struct hotplug_handler {
	void	(*appeared)(void *arg, const struct hotplug_tty *);
	void	(*vanished)(void *arg, const char *id);
	/*
	 * Some came or went that were not told: those that are not there any
	 * more have vanished, and hotplug_enumerate() tells the others.
	 */
	void	(*missed)(void *arg);
};

/*
 * Tells those there are, before it returns, and those that come and go.  NULL
 * with errno where the system has no way to tell.
 */
struct hotplug	*hotplug_create(struct event_base *,
    const struct hotplug_handler *, void *arg);
void		 hotplug_destroy(struct hotplug *);

/* Tells those there are, once more.  Zero, or a negative errno. */
int		 hotplug_enumerate(const struct hotplug *);

/* Whether what was told once is there now, and is no other device. */
bool		 hotplug_is_there(const struct hotplug *,
    const struct hotplug_tty *);

#endif
