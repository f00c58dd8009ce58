/* SPDX-License-Identifier: MIT */
/* A board on the USB bus, as the kernel and udev would describe it. */
#ifndef USB_DEVICE_H
#define USB_DEVICE_H

#include <glib.h>

struct usb_player;

struct usb_device {
	/* As ordered; NULL where the order did not say. */
	char	*port;		/* topology: "1-2" or "1-2.4" */
	char	*tty;		/* "ttyACM0" or "ttyUSB0", or none */
	char	*pts;		/* "/dev/pts/7" */
	char	*vid;		/* four hex digits */
	char	*pid;
	char	*driver;	/* "cdc_acm", "ch341", ... */
	char	*above;		/* the port of the device, for its second tty */
	char	*serial;
	char	*manufacturer;
	char	*product;
	char	*descriptors;	/* of the device and its configuration, in hex */
	char	*transfers;	/* the socket of who plays it: usb_transfer.h */
	char	*interface;	/* what it calls the interface of its tty */
	char	*number_of_interface;	/* "2"; NULL: 0 */
	char	*udev;		/* properties by rules: "A=1 B=2" */

	/* Under /sys, from the top: */
	char	*usb_path;
	char	*interface_path;
	char	*serial_path;	/* NULL unless a usb-serial driver has it */
	char	*tty_path;
	int	 number;	/* of the device on its bus, and of the tty */
	int	 tty_number;
	struct usb_player *player;	/* of its transfers, or NULL; usbbus.c's */
};

/*
 * Makes a device of words NAME=VALUE, ended by NULL; the names are the first
 * members above.  NULL if they do not describe one.
 */
struct usb_device *usb_device_new(char *const *words);
void usb_device_free(void *device);

/* Its node in /dev; the caller frees it with g_free(). */
char *usb_device_node(const struct usb_device *device);

/* Adds all of it, in the form of umockdev_testbed_add_from_string(). */
void usb_device_describe(const struct usb_device *device, GString *text);

/*
 * The name of udev's file on it, or on its tty, below /run/udev/data, and what
 * is in it.  The caller frees both with g_free().
 */
char *usb_device_record_name(const struct usb_device *device, gboolean tty);
char *usb_device_record(const struct usb_device *device);

#endif
