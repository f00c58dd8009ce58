/* SPDX-License-Identifier: MIT */
/*
 * Parts, programmers, speeds and sizes are those of boards.txt in the Arduino
 * core; the size is what the boot loader leaves.  A bridge chip says nothing of
 * the board behind it, so there the configuration must.  Labels of drives are those
 * of the data sheets of RP2040 (2.8) and RP2350 (5.4).
 */
#include "flash_recipe.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "daemon/usb/known.h"

/* One of which only that is known: 8 MiB, where avr-gcc's addresses of RAM begin. */
#define AVR_ANY { "AVR", IMAGE_AVR, 0, 0, 0x800000, 0, 0 }
#define AVR_CHIP(name, size) { name, IMAGE_AVR, 0, 0, size, 0, 0 }
/* Flash of any size there is, and the RAM of the larger one. */
#define PICO_CHIP(name, families) { name, IMAGE_ANY_ARCH, families, \
	0x10000000, 16 * 1024 * 1024, 0x20000000, 0x82000 }

static const struct flash_recipe recipes[] = {
	{ "uno", "uno", FLASH_AVRDUDE, "m328p", "arduino", 115200, false,
	    AVR_CHIP("ATmega328P", 32256), NULL },
	{ "nano", "nano", FLASH_AVRDUDE, "m328p", "arduino", 115200, false,
	    AVR_CHIP("ATmega328P", 30720), NULL },
	{ "nano-old", "nano", FLASH_AVRDUDE, "m328p", "arduino", 57600, false,
	    AVR_CHIP("ATmega328P", 30720), NULL },
	{ "mega", "mega", FLASH_AVRDUDE, "m2560", "wiring", 115200, false,
	    AVR_CHIP("ATmega2560", 253952), NULL },
	{ "leonardo", "leonardo", FLASH_AVRDUDE, "m32u4", "avr109", 57600, true,
	    AVR_CHIP("ATmega32U4", 28672), NULL },
	{ "micro", "leonardo", FLASH_AVRDUDE, "m32u4", "avr109", 57600, true,
	    AVR_CHIP("ATmega32U4", 28672), NULL },
	{ "pico", "pico", FLASH_PICOTOOL, "", "", 0, false,
	    PICO_CHIP("RP2040 or RP2350", IMAGE_RP2040 | IMAGE_RP2350), NULL },
	{ "rp2040", "pico", FLASH_PICOTOOL, "", "", 0, false,
	    PICO_CHIP("RP2040", IMAGE_RP2040), "RPI-RP2" },
	{ "rp2350", "pico", FLASH_PICOTOOL, "", "", 0, false,
	    PICO_CHIP("RP2350", IMAGE_RP2350), "RP2350" },
	/* Nothing is known but what the configuration says. */
	{ "avrdude", "", FLASH_AVRDUDE, "", "", 0, false, AVR_ANY,
	    NULL },
};

const struct flash_recipe *
flash_recipe_find(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof recipes / sizeof *recipes; i++)
		if (strcmp(recipes[i].name, name) == 0)
			return &recipes[i];
	return NULL;
}

static const struct flash_recipe *
recipe_of_usb(const struct board_usb *usb)
{
	const struct known	*known = known_find(usb->vendor, usb->product);

	return known == NULL || known->flasher == NULL ? NULL :
	    flash_recipe_find(known->flasher);
}

int
flash_recipe_get(const struct board_usb *usb, const struct board_flash *flash,
    struct flash_recipe *out, const char **why)
{
	const struct flash_recipe	*found = flash->flasher != NULL ?
		    flash_recipe_find(flash->flasher) : recipe_of_usb(usb);

	if (found == NULL) {
		*why = "picod cannot tell what kind of board it is; say so in "
		    "its section of /etc/picod/picod.conf: flasher = nano, or "
		    "uno, nano-old, mega, leonardo, micro, pico, avrdude";
		return -ENOTSUP;
	}
	*out = *found;
	if (flash->part != NULL && strcmp(found->part, flash->part) != 0) {
		snprintf(out->part, sizeof out->part, "%s", flash->part);
		out->chip = (struct image_chip)AVR_ANY;
	}
	if (flash->programmer != NULL)
		snprintf(out->programmer, sizeof out->programmer, "%s",
		    flash->programmer);
	if (flash->baud != 0)
		out->baud = flash->baud;
	if (out->tool == FLASH_AVRDUDE &&
	    (out->part[0] == '\0' || out->programmer[0] == '\0')) {
		*why = "flasher = avrdude wants part and programmer, too, in "
		    "/etc/picod/picod.conf";
		return -EINVAL;
	}
	return 0;
}
