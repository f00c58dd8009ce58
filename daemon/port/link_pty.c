/* SPDX-License-Identifier: MIT */
/*
 * A pseudo-terminal: a simulator's, or socat's.  No modem lines, no speed.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "link.h"

static int
pty_open(struct link *link)
{
	struct termios	tio;
	int		fd, error;

	fd = open(link->address, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		error = errno == EWOULDBLOCK ? -EBUSY : -errno;
		goto fail;
	}
	if (ioctl(fd, TIOCEXCL) < 0 || tcgetattr(fd, &tio) < 0) {
		error = -errno;
		goto fail;
	}
	cfmakeraw(&tio);
	if (link->baud != 0)
		cfsetspeed(&tio, link->baud);	/* a simulator may look at it */
	if (tcsetattr(fd, TCSANOW, &tio) < 0) {
		error = -errno;
		goto fail;
	}
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

const struct link_ops link_pty = {
	.open = pty_open, .close = pty_close, .reset = pty_reset,
};
