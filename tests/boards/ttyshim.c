/* SPDX-License-Identifier: MIT */
/*
 * A pseudo-terminal has no modem lines: TIOCMGET on it fails with ENOTTY, and
 * libserialport then will not have it.  This library, loaded before others,
 * gives it some: it takes the requests that the kernel has refused to whoever
 * plays the board.
 *
 * It keeps no state.  A descriptor is known by the number of its pty, so that
 * copies of it, inherited or passed on, work as well, and nothing needs to be
 * noticed when one is closed.  All else goes to the kernel by bare system
 * calls, past umockdev, which would take these ioctls for its own.
 *
 * TIOCEXCL is only for root.  It stays on a pty whose last user has closed it, or
 * was killed, and nobody but root could open that again to take it off, as
 * whoever plays the board does.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "ttyshim.h"

/* The kernel's majors for /dev/pts, 256 minors in each. */
#define PTS_MAJOR_FIRST 136
#define PTS_MAJOR_LAST 143

/* A bench that does not answer for so long has died. */
#define PATIENCE_S 10

static bool
is_modem_request(unsigned long request)
{
	switch (request) {
	case TIOCMGET:
	case TIOCMSET:
	case TIOCMBIS:
	case TIOCMBIC:
	case TIOCSBRK:
	case TIOCCBRK:
		return true;
	default:
		return false;
	}
}

/* The N of /dev/pts/N, or -1. */
static int
pts_number(int fd)
{
	struct stat st;

	if (syscall(SYS_fstat, fd, &st) < 0 || !S_ISCHR(st.st_mode) ||
	    major(st.st_rdev) < PTS_MAJOR_FIRST ||
	    major(st.st_rdev) > PTS_MAJOR_LAST)
		return -1;
	return (int)((major(st.st_rdev) - PTS_MAJOR_FIRST) * 256 +
	    minor(st.st_rdev));
}

/* A datagram socket to the board behind this pty, or -1. */
static int
reach_board(int pts)
{
	const char *directory = getenv("TTYSHIM_DIR");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	int n;
	int s;

	if (pts < 0 || directory == NULL)
		return -1;
	n = snprintf(address.sun_path, sizeof(address.sun_path), "%s/%d",
	    directory, pts);
	if (n >= (int)sizeof(address.sun_path))
		return -1;
	s = (int)syscall(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -1;
	syscall(SYS_setsockopt, s, SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
	/* An address of its own choice, for the answer: its family alone. */
	if (syscall(SYS_bind, s, &address, sizeof(sa_family_t)) == 0 &&
	    syscall(SYS_connect, s, &address, sizeof(address)) == 0)
		return s;
	syscall(SYS_close, s);
	return -1;
}

static bool
ask_board(int fd, struct ttyshim_call *call)
{
	int s = reach_board(pts_number(fd));
	bool answered;

	if (s < 0)
		return false;
	answered = syscall(SYS_write, s, call, sizeof(*call)) ==
	    (long)sizeof(*call) &&
	    syscall(SYS_read, s, call, sizeof(*call)) == (long)sizeof(*call);
	syscall(SYS_close, s);
	return answered;
}

static int
modem_ioctl(int fd, unsigned long request, int *lines)
{
	struct ttyshim_call call = { .request = (uint32_t)request };

	if (request == TIOCMSET || request == TIOCMBIS || request == TIOCMBIC)
		call.lines = *lines;
	if (!ask_board(fd, &call))
		call.error = ENOTTY;
	if (call.error != 0) {
		errno = call.error;
		return -1;
	}
	if (request == TIOCMGET)
		*lines = call.lines;
	return 0;
}

static int
other_ioctl(int fd, unsigned long request, void *argument)
{
	static int (*next)(int, unsigned long, ...);

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "ioctl");
	return next(fd, request, argument);
}

int
ioctl(int fd, unsigned long request, ...)
{
	void *argument;
	va_list ap;
	int result;

	va_start(ap, request);
	argument = va_arg(ap, void *);
	va_end(ap);

	if (_IOC_TYPE(request) != 'T')
		return other_ioctl(fd, request, argument);
	if (request == TIOCEXCL && geteuid() != 0 && pts_number(fd) >= 0)
		return 0;
	result = (int)syscall(SYS_ioctl, fd, request, argument);
	if (result < 0 && errno == ENOTTY && is_modem_request(request))
		return modem_ioctl(fd, request, argument);
	return result;
}
