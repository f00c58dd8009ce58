/* SPDX-License-Identifier: MIT */
/*
 * What is plugged in at one place of the USB bus: a board that is another one
 * while its boot loader runs.
 */
#ifndef PICOD_USB_WATCH_H
#define PICOD_USB_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct usb_watch;

struct usb_seen {
	bool		 there;
	uint16_t	 vendor, product;
	unsigned	 bus, address;
	char		 node[64];	/* of its first serial port, or "" */
};

/* Looks at a place ("1-2.3"): what is not there, or not ready, is not seen. */
void		 usb_look(const char *path, struct usb_seen *);

/*
 * Calls changed() whenever something comes to the bus, or goes.  removed: among
 * that was the device at that place with the address of *seen, which stays the
 * caller's.  What was there before may be told to have gone only after its
 * successor was seen.  NULL with errno on failure.
 */
struct usb_watch *usb_watch_create(struct event_base *, const char *path,
    const struct usb_seen *seen, void (*changed)(void *arg, bool removed),
    void *arg);
void		 usb_watch_destroy(struct usb_watch *);

#endif
