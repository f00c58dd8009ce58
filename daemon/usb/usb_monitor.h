/* SPDX-License-Identifier: MIT */
/*
 * What udev says of USB devices and ttys, on one descriptor in our loop.  It is
 * pulled: whoever is told that there is something takes one after the other.
 */
#ifndef PICOD_USB_MONITOR_H
#define PICOD_USB_MONITOR_H

#include <stdbool.h>

struct event_base;
struct udev;
struct udev_device;
struct usb_monitor;

enum usb_news {
	USB_NOTHING,		/* for now */
	USB_DEVICE,		/* the caller's, to be unreferenced */
	USB_MISSED,		/* the queue was full: ask what is there */
};

/*
 * Listens at once, so that what is asked for later is no gap.  ready() is told
 * from the loop when there is something, ahead of all else where first says so;
 * it may destroy the monitor.  NULL with errno on failure.
 */
struct usb_monitor *usb_monitor_create(struct event_base *, bool first,
    void (*ready)(void *arg), void *arg);
void		 usb_monitor_destroy(struct usb_monitor *);

/* What happened next; *device is set with USB_DEVICE only. */
enum usb_news	 usb_monitor_next(struct usb_monitor *,
    struct udev_device **device);

/* The context to ask in; the monitor's. */
struct udev	*usb_monitor_udev(const struct usb_monitor *);

#endif
