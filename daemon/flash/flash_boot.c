/* SPDX-License-Identifier: MIT */
/*
 * The sign of Arduino cores, and the boot ROMs of the table.
 */
#include "flash_boot.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "daemon/usb/known.h"

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

const struct flash_recipe *
flash_boot_rom(const struct usb_seen *seen)
{
	const struct known	*known = known_find(seen->vendor, seen->product);

	/* Some sketches have its identity, and a port. */
	if (!seen->there || seen->node[0] != '\0' || known == NULL ||
	    known->kind != KNOWN_ROM)
		return NULL;
	return flash_recipe_find(known->flasher);
}

bool
flash_boot_is_loader(const struct usb_seen *seen)
{
	const struct known	*known = known_find(seen->vendor, seen->product);

	return seen->there && seen->node[0] != '\0' && known != NULL &&
	    known->kind == KNOWN_LOADER;
}
