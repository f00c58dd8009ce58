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
#include "protocol/setting.h"

/* One of which only that is known: 8 MiB, where avr-gcc's addresses of RAM begin. */
#define AVR_ANY { "AVR", IMAGE_AVR, 0, 0, 0x800000, 0, 0, 0 }
#define AVR_CHIP(name, size, avr) { name, IMAGE_AVR, 0, 0, size, 0, 0, avr }
/* Flash of any size there is, and the RAM of the larger one. */
#define PICO_CHIP(name, families) { name, IMAGE_ANY_ARCH, families, \
	0x10000000, 16 * 1024 * 1024, 0x20000000, 0x82000, 0 }

static const struct flash_recipe recipes[] = {
	{ "uno", "uno", FLASH_AVRDUDE, "m328p", "arduino", 115200, false,
	    AVR_CHIP("ATmega328P", 32256, 5), NULL },
	{ "nano", "nano", FLASH_AVRDUDE, "m328p", "arduino", 115200, false,
	    AVR_CHIP("ATmega328P", 30720, 5), NULL },
	{ "nano-old", "nano", FLASH_AVRDUDE, "m328p", "arduino", 57600, false,
	    AVR_CHIP("ATmega328P", 30720, 5), NULL },
	{ "mega", "mega", FLASH_AVRDUDE, "m2560", "wiring", 115200, false,
	    AVR_CHIP("ATmega2560", 253952, 6), NULL },
	{ "leonardo", "leonardo", FLASH_AVRDUDE, "m32u4", "avr109", 57600, true,
	    AVR_CHIP("ATmega32U4", 28672, 5), NULL },
	{ "micro", "leonardo", FLASH_AVRDUDE, "m32u4", "avr109", 57600, true,
	    AVR_CHIP("ATmega32U4", 28672, 5), NULL },
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

/*
 * What picod does not flash, and what does: with the board's port, after "picoctl
 * lend -b NAME --", or without it.
 */
static const struct {
	const char	*name;
	bool		 lend;
	const char	*words;
} others[] = {
	{ "bossac", true, "bossac -a -p {} -e -w -v -R FILE.bin" },
	{ "esptool", true, "esptool --port {} write_flash 0x0 FILE.bin" },
	{ "dfu-util", true, "dfu-util -D FILE.bin -R" },
	{ "jtag2updi", true, "avrdude -r -p m4809 -c jtag2updi -P {} -U "
	    "flash:w:FILE.hex" },
	{ "xplainedmini", true, "avrdude -p m4809 -c xplainedmini_updi -U "
	    "flash:w:FILE.hex" },
	{ "teensy", true, "teensy_loader_cli --mcu=MCU -s -w FILE.hex" },
	{ "uf2", false, "press its reset button twice, and copy FILE.uf2 to the "
	    "drive that it shows" },
	{ "drive", false, "copy FILE.hex to the drive that it shows" },
};

/* Its index, or how many there are. */
static size_t
other_find(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof others / sizeof *others; i++)
		if (name != NULL && strcmp(others[i].name, name) == 0)
			return i;
	return sizeof others / sizeof *others;
}

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

static int
recipe_of_settings(const struct board_usb *usb, const struct board_flash *flash,
    struct flash_recipe *out, const char **why)
{
	const struct flash_recipe	*found = flash->flasher != NULL ?
		    flash_recipe_find(flash->flasher) : recipe_of_usb(usb);

	if (found == NULL) {
		*why = "picod cannot tell what kind of board it is; tell "
		    "it by \"sudo picoctl adopt PORT NAME --flasher nano\", or "
		    "in its section of /etc/picod/picod.conf by flasher = nano; "
		    "or another of " SETTING_FLASHERS ", avrdude";
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

/* What a board with a REPL says of its chip; another vendor's boards have it, too. */
static bool
recipe_is_pico(const struct board *b)
{
	const char	*about = board_about(b);

	return about != NULL && (strcasestr(about, "rp2040") != NULL ||
	    strcasestr(about, "rp2350") != NULL);
}

int
flash_recipe_get(const struct board *b, struct flash_recipe *out, char *why)
{
	struct board_flash	 flash = *board_flash(b);
	const struct known	*known = known_find(board_usb(b)->vendor,
				    board_usb(b)->product);
	size_t			 i = other_find(known == NULL ? NULL :
				    known->flasher);
	const char		*reason;
	int			 error;

	if (flash.flasher == NULL && recipe_is_pico(b))
		flash.flasher = "pico";
	error = recipe_of_settings(board_usb(b), &flash, out, &reason);
	if (error == -ENOTSUP && i < sizeof others / sizeof *others)
		snprintf(why, FLASH_WHY_MAX, "picod does not write %s; %s%s%s%s",
		    known->what, others[i].lend ? "picoctl lend -b " : "",
		    others[i].lend ? board_name(b) : "",
		    others[i].lend ? " -- " : "", others[i].words);
	else if (error < 0)
		snprintf(why, FLASH_WHY_MAX, "%s", reason);
	return error;
}
