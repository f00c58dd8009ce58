/* SPDX-License-Identifier: MIT */
/*
 * Who ends while he is told of a device hears nothing of it, and who is slow is
 * waited for.
 *
 * umockdev looks which sockets of udev's monitors there are, connects to each and
 * sends, and ends its process if a monitor has gone meanwhile, or has ten events that
 * it has not read.  A flash tool goes in that very moment: as its board does.  These
 * are called in place of the C library's; a connection that is refused is what
 * umockdev takes for a monitor that has gone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>

int
connect(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
	static int	(*next)(int, __CONST_SOCKADDR_ARG, socklen_t);
	int		error;

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "connect");
	error = next(fd, addr, len);
	if (error < 0 && errno == ENOENT)
		errno = ECONNREFUSED;
	return error;
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	static ssize_t	(*next)(int, const struct msghdr *, int);
	struct pollfd	room = { .fd = fd, .events = POLLOUT };
	ssize_t		n;

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "sendmsg");
	while ((n = next(fd, message, flags)) < 0 && errno == EAGAIN)
		(void)poll(&room, 1, -1);
	return n < 0 && errno == ECONNREFUSED ? 0 : n;
}
