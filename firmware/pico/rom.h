/* SPDX-License-Identifier: MIT */
/*
 * What we need of the boot ROM and the flash.
 */
#ifndef ROM_H
#define ROM_H

#include <stdint.h>

#define ROM_FLASH_ID_BYTES	8

/*
 * Reads the number that every flash chip has for itself.  All zero if there is
 * no boot ROM to help (some simulators).  Call it before interrupts are used.
 */
void	rom_flash_id(uint8_t id[ROM_FLASH_ID_BYTES]);

/* Restarts as the drive and boot device BOOTSEL.  Does not return. */
void	rom_boot_usb(void) __attribute__((noreturn));

#endif
