/* SPDX-License-Identifier: MIT */
/*
 * Where a USB device is plugged in, by a name that stays.
 */
#ifndef PICOD_PLACE_H
#define PICOD_PLACE_H

#include <stddef.h>

/* What such a name takes, with its NUL. */
#define PLACE_MAX	96

/*
 * "pci-0000:00:14.0-usb-0:2.3", from a device's folder in /sys, as udev's ID_PATH
 * has it where the controller is on the PCI bus of the machine; "" of what is on
 * no USB bus.  Cut to size.
 */
void	usb_place(const char *syspath, char *place, size_t size);

#endif
