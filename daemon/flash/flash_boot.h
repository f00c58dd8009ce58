/* SPDX-License-Identifier: MIT */
/*
 * Boot loaders that are USB devices of their own: how to get there, and which
 * it is.
 */
#ifndef PICOD_FLASH_BOOT_H
#define PICOD_FLASH_BOOT_H

#include <stdbool.h>

#include "protocol/image.h"
#include "daemon/usb/usb_watch.h"

/*
 * Opens the port at 1200 baud and closes it: the Arduino core's sign to restart
 * into the boot loader, given once DTR falls.
 */
void		 flash_boot_touch(const char *port);

/* Whether this is a boot ROM of Raspberry Pi's, which picotool writes to. */
bool		 flash_boot_is_rom(const struct usb_seen *);

/* Its chip: IMAGE_RP2040 or IMAGE_RP2350, its name, and that of its drive. */
unsigned	 flash_boot_chip(const struct usb_seen *);
const char	*flash_boot_chip_name(const struct usb_seen *);
const char	*flash_boot_drive(const struct usb_seen *);

#endif
