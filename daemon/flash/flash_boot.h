/* SPDX-License-Identifier: MIT */
/*
 * Boot loaders that are USB devices of their own: how to get there, and which
 * it is.
 */
#ifndef PICOD_FLASH_BOOT_H
#define PICOD_FLASH_BOOT_H

#include "daemon/usb/usb_watch.h"
#include "flash_recipe.h"

/*
 * Opens the port at 1200 baud and closes it: the Arduino core's sign to restart
 * into the boot loader, given once DTR falls.
 */
void		 flash_boot_touch(const char *port);

/* Whether it is a boot loader with a port. */
bool		 flash_boot_is_loader(const struct usb_seen *);

/* How the boot ROM that this is is flashed; NULL: it is none. */
const struct flash_recipe *flash_boot_rom(const struct usb_seen *);

#endif
