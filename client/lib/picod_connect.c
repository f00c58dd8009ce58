/* SPDX-License-Identifier: MIT */
/*
 * A connection's beginning and end.  Every client of picod looks for the socket
 * in the same order, so that a user's own picod is found before the system's,
 * and a program run by "picoctl hold" finds the one that its hold is of.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "picod_private.h"

/*
 * The longest reply: the output that picod keeps for one call (1 MiB), every
 * byte of it as an escape of six, and once more in base64, with some room.
 */
#define PICOD_REPLY_LIMIT	(16 * 1024 * 1024)

int
picod_socket_path(const char *path, char *buf, size_t size)
{
	const char	*dir = getenv("XDG_RUNTIME_DIR");
	int		 n;

	if (path == NULL)
		path = getenv("PICOD_SOCKET");
	if (path == NULL || path[0] == '\0') {
		path = "/run/picod/io.picod";
		if (dir != NULL && dir[0] == '/') {
			n = snprintf(buf, size, "%s/picod/io.picod", dir);
			if (n > 0 && (size_t)n < size && access(buf, F_OK) == 0)
				return 0;
		}
	}
	n = snprintf(buf, size, "%s", path);
	return n >= 0 && (size_t)n < size ? 0 : -ENAMETOOLONG;
}

/*
 * An interrupted connect() goes on by itself, and asking again would fail; on a
 * Unix socket it only ever waits for room in the server's backlog, and there
 * the second call is right.
 */
static int
picod_connect_fd(int fd, const struct sockaddr_un *address)
{
	while (connect(fd, (const struct sockaddr *)address,
	    sizeof *address) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int
picod_connect(const char *path, struct picod **result)
{
	struct sockaddr_un	 address = { .sun_family = AF_UNIX };
	struct picod		*p;
	int			 error;

	error = picod_socket_path(path, address.sun_path,
	    sizeof address.sun_path);
	if (error < 0)
		return error;
	p = malloc(sizeof *p);
	if (p == NULL)
		return -ENOMEM;
	memset(p, 0, offsetof(struct picod, buf));
	varlink_decoder_init(&p->decoder, PICOD_REPLY_LIMIT, SIZE_MAX);
	p->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	error = p->fd < 0 ? -errno : picod_connect_fd(p->fd, &address);
	if (error < 0) {
		picod_close(p);
		return error;
	}
	*result = p;
	return 0;
}

void
connection_forget(struct picod *p)
{
	json_decref(p->error);
	free(p->error_text);
	free(p->refused);
	p->error = NULL;
	p->error_text = p->refused = NULL;
	p->failure = 0;
}

int
connection_fail(struct picod *p, int error)
{
	connection_forget(p);
	return p->failure = error;
}

int
connection_break(struct picod *p, int error)
{
	p->calling = false;
	p->broken = error;
	return connection_fail(p, error);
}

void
picod_close(struct picod *p)
{
	if (p == NULL)
		return;
	connection_forget(p);
	varlink_decoder_finish(&p->decoder);
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

int
picod_fd(const struct picod *p)
{
	return p->fd;
}
