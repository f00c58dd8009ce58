/* SPDX-License-Identifier: MIT */
/*
 * Parts, programmers, speeds and sizes are those of boards.txt in the Arduino
 * core; the size is what the boot loader leaves.  A bridge chip says nothing of
 * the board behind it, so there the configuration must.
 */
#include "flash_recipe.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* One of which only that is known: 8 MiB, where avr-gcc's addresses of RAM begin. */
#define AVR_ANY { "AVR", IMAGE_AVR, 0, 0, 0x800000, 0, 0 }
#define AVR_CHIP(name, size) { name, IMAGE_AVR, 0, 0, size, 0, 0 }
#define FLASH_SIZE (16 * 1024 * 1024)

static const struct flash_recipe recipes[] = {
	{ "uno", "uno", FLASH_AVRDUDE, "m328p", "arduino", 115200, false,
	    AVR_CHIP("ATmega328P", 32256) },
	{ "nano", "nano", FLASH_AVRDUDE, "m328p", "arduino", 115200, false,
	    AVR_CHIP("ATmega328P", 30720) },
	{ "nano-old", "nano", FLASH_AVRDUDE, "m328p", "arduino", 57600, false,
	    AVR_CHIP("ATmega328P", 30720) },
	{ "mega", "mega", FLASH_AVRDUDE, "m2560", "wiring", 115200, false,
	    AVR_CHIP("ATmega2560", 253952) },
	{ "leonardo", "leonardo", FLASH_AVRDUDE, "m32u4", "avr109", 57600, true,
	    AVR_CHIP("ATmega32U4", 28672) },
	{ "micro", "leonardo", FLASH_AVRDUDE, "m32u4", "avr109", 57600, true,
	    AVR_CHIP("ATmega32U4", 28672) },
	{ "pico", "pico", FLASH_PICOTOOL, "", "", 0, false,
	    { "RP2040 or RP2350", IMAGE_ANY_ARCH, IMAGE_RP2040 | IMAGE_RP2350,
	    0x10000000, FLASH_SIZE, 0x20000000, 0x82000 } },
	/* Nothing is known but what the configuration says. */
	{ "avrdude", "", FLASH_AVRDUDE, "", "", 0, false, AVR_ANY },
};

static const struct {
	uint16_t	 vendor, product;
	const char	*recipe;
} identities[] = {
	{ 0x2341, 0x0043, "uno" }, { 0x2341, 0x0001, "uno" },
	{ 0x2a03, 0x0043, "uno" }, { 0x2341, 0x0243, "uno" },
	{ 0x2341, 0x0010, "mega" }, { 0x2341, 0x0042, "mega" },
	{ 0x2341, 0x0242, "mega" }, { 0x2a03, 0x0042, "mega" },
	{ 0x2341, 0x8036, "leonardo" }, { 0x2a03, 0x8036, "leonardo" },
	{ 0x2341, 0x8037, "micro" }, { 0x2a03, 0x8037, "micro" },
	{ 0x1b4f, 0x9206, "micro" },
	{ 0x2e8a, 0x0003, "pico" }, { 0x2e8a, 0x000f, "pico" },
	{ 0x2e8a, 0x0005, "pico" }, { 0x2e8a, 0x000a, "pico" },
	{ 0x2e8a, 0x0009, "pico" }, { 0x2e8a, 0x00c0, "pico" },
	{ 0x2e8a, 0xf00a, "pico" }, { 0x1209, 0x0001, "pico" },
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
	size_t	i;

	for (i = 0; i < sizeof identities / sizeof *identities; i++)
		if (identities[i].vendor == usb->vendor &&
		    identities[i].product == usb->product)
			return flash_recipe_find(identities[i].recipe);
	return NULL;
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
