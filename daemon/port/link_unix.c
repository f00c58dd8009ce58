/* SPDX-License-Identifier: MIT */
/*
 * A Unix stream socket: a simulator, or another program that has the board.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "link.h"

static int
unix_open(struct link *link)
{
	struct sockaddr_un	addr = { .sun_family = AF_UNIX };
	int			fd, error;

	if (strlen(link->address) >= sizeof addr.sun_path)
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, link->address);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* A Unix socket connects at once, or its backlog is full (EAGAIN). */
	if (connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0) {
		error = -errno;
		close(fd);
		return error;
	}
	link->fd = fd;
	return 0;
}

static void
unix_close(struct link *link)
{
	if (link->fd >= 0)
		close(link->fd);
}

static int
unix_reset(struct link *link, bool pull)
{
	(void)link, (void)pull;
	return -ENOTSUP;
}

const struct link_ops link_unix = {
	.prefix = "unix:", .is_path = true,
	.open = unix_open, .close = unix_close, .reset = unix_reset,
};
