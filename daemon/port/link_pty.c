/* SPDX-License-Identifier: MIT */
/*
 * A pseudo-terminal: a simulator's, or socat's.  No modem lines, and no speed but
 * what a simulator makes of its settings.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "link.h"

static int
pty_set_up(int fd, unsigned baud)
{
	struct termios	tio;

	if (tcgetattr(fd, &tio) < 0)
		return -errno;
	cfmakeraw(&tio);
	if (baud != 0)
		cfsetspeed(&tio, baud);
	return tcsetattr(fd, TCSANOW, &tio) < 0 ? -errno : 0;
}

static int
pty_open(struct link *link)
{
	int	fd, error;

	fd = open(link->address, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		error = errno == EWOULDBLOCK ? -EBUSY : -errno;
		goto fail;
	}
	error = ioctl(fd, TIOCEXCL) < 0 ? -errno : pty_set_up(fd, link->baud);
	if (error < 0)
		goto fail;
	link->fd = fd;
	return 0;
fail:
	close(fd);
	return error;
}

static void
pty_close(struct link *link)
{
	if (link->fd < 0)
		return;
	tcflush(link->fd, TCOFLUSH);
	(void)ioctl(link->fd, TIOCNXCL);
	close(link->fd);
}

static int
pty_reset(struct link *link, bool pull)
{
	(void)link, (void)pull;
	return -ENOTSUP;
}

static void
pty_set_baud(struct link *link)
{
	(void)pty_set_up(link->fd, link->baud);
}

const struct link_ops link_pty = {
	.open = pty_open, .close = pty_close, .reset = pty_reset,
	.set_baud = pty_set_baud,
};
