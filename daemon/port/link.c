/* SPDX-License-Identifier: MIT */
/*
 * Which kind of port an address means.  A path is looked at each time it is
 * opened, because a pty may be behind it today and a serial port tomorrow:
 * libserialport wants modem lines, and a pty has none.
 */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "own.h"

static const struct link_ops *const kinds[] = {
	&link_unix, &link_tcp, &link_path
};

int
link_init(struct link *link, struct event_base *base, const char *address,
    unsigned baud, void (*opened)(struct link *, int error), void *owner)
{
	size_t	i, len;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		len = strlen(kinds[i]->prefix);
		if (strncmp(address, kinds[i]->prefix, len) != 0)
			continue;
		if (kinds[i]->is_path && address[len] != '/')
			return -EINVAL;
		*link = (struct link){
			.ops = kinds[i], .base = base, .address = address + len,
			.baud = baud, .fd = -1, .opened = opened, .owner = owner,
		};
		return 0;
	}
	return -EINVAL;
}

int
link_open(struct link *link)
{
	return link->ops->open(link);
}

void
link_close(struct link *link)
{
	link->ops->close(link);
	link->fd = -1;
}

int
link_reset(struct link *link, bool pull)
{
	return link->fd < 0 ? -ENOTCONN : link->ops->reset(link, pull);
}

void
link_set_baud(struct link *link, unsigned baud)
{
	link->baud = baud;
	if (link->fd >= 0 && link->ops->set_baud != NULL)
		link->ops->set_baud(link);
}

enum link_reset
link_resets(const struct link *link)
{
	if (link->as != &link_serial)
		return LINK_RESETS_NOT;
	return link->dtr_was_kept ? LINK_MAY_RESET : LINK_RESETS;
}

/*
 * Only a pty (majors 136 to 143, devices.txt of the kernel) is opened to ask
 * whether it has modem lines: opening a serial port to ask would reset a board.
 */
static bool
path_is_plain_pty(const char *path)
{
	struct stat	st;
	int		fd, lines;
	bool		plain;

	if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode) ||
	    major(st.st_rdev) < 136 || major(st.st_rdev) > 143)
		return false;
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	plain = ioctl(fd, TIOCMGET, &lines) < 0 && errno == ENOTTY;
	close(fd);
	return plain;
}

static int
path_open(struct link *link)
{
	int		error;
	struct stat	st;

	if (stat(link->address, &st) == 0 && S_ISCHR(st.st_mode) &&
	    own_is(st.st_rdev))
		return -ELOOP;
	link->as = path_is_plain_pty(link->address) ? &link_pty : &link_serial;
	error = link->as->open(link);
	if (error < 0)
		link->as = NULL;
	return error;
}

static void
path_close(struct link *link)
{
	if (link->as != NULL)
		link->as->close(link);
	link->as = NULL;
}

static int
path_reset(struct link *link, bool pull)
{
	return link->as->reset(link, pull);
}

static void
path_set_baud(struct link *link)
{
	if (link->as->set_baud != NULL)
		link->as->set_baud(link);
}

const struct link_ops link_path = {
	.prefix = "", .is_path = true,
	.open = path_open, .close = path_close, .reset = path_reset,
	.set_baud = path_set_baud,
};
