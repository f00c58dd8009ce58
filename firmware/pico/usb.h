/* SPDX-License-Identifier: MIT */
/*
 * The USB device: it enumerates, and passes bytes to and from the host as a
 * serial port (CDC-ACM).
 */
#ifndef USB_H
#define USB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Appears on the bus.  The serial number is kept, not copied. */
void	usb_init(const char *serial);

/* Does what the host has asked for since the last call. */
void	usb_poll(void);

/* Lets the next need for usb_poll() end a sleep. */
void	usb_wake_on_event(void);

/* The next byte from the host, or -1; and whether there is one. */
int	usb_read(void);
bool	usb_readable(void);

/*
 * Takes as many of the bytes for the host as there is room for, and none
 * before there is a host.
 */
size_t	usb_write(const char *bytes, size_t count);

/* Whether all that was written has gone to the host. */
bool	usb_flushed(void);

/* Once true after the host has closed the port (lowered DTR). */
bool	usb_take_hangup(void);

/* Whether the host has set 1200 baud: it wants the boot loader. */
bool	usb_touched(void);

#endif
