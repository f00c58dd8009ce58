/* SPDX-License-Identifier: MIT */
/*
 * The identities are those of the data sheets of RP2040 (2.8) and RP2350 (5.4),
 * and so are the labels of the drives.
 */
#include "flash_boot.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define ROM_VENDOR	0x2e8a

static const struct flash_rom {
	uint16_t	 product;
	unsigned	 chip;
	const char	*name;
	const char	*drive;
} roms[] = {
	{ 0x0003, IMAGE_RP2040, "RP2040", "RPI-RP2" },
	{ 0x000f, IMAGE_RP2350, "RP2350", "RP2350" },
};

void
flash_boot_touch(const char *port)
{
	struct termios	settings;
	int		fd, lines = TIOCM_DTR;

	fd = open(port, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (tcgetattr(fd, &settings) == 0) {
		cfmakeraw(&settings);
		cfsetspeed(&settings, B1200);
		settings.c_cflag |= HUPCL | CLOCAL;
		tcsetattr(fd, TCSANOW, &settings);
	}
	ioctl(fd, TIOCMBIC, &lines);
	tcflush(fd, TCIOFLUSH);
	close(fd);
}

static const struct flash_rom *
rom_find(const struct usb_seen *seen)
{
	size_t	i;

	for (i = 0; i < sizeof roms / sizeof *roms; i++)
		if (seen->there && seen->vendor == ROM_VENDOR &&
		    seen->product == roms[i].product)
			return &roms[i];
	return NULL;
}

bool
flash_boot_is_rom(const struct usb_seen *seen)
{
	return rom_find(seen) != NULL;
}

unsigned
flash_boot_chip(const struct usb_seen *seen)
{
	return rom_find(seen)->chip;
}

const char *
flash_boot_chip_name(const struct usb_seen *seen)
{
	return rom_find(seen)->name;
}

const char *
flash_boot_drive(const struct usb_seen *seen)
{
	return rom_find(seen)->drive;
}
