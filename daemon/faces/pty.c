/* SPDX-License-Identifier: MIT */
/*
 * What one user of a pty leaves behind for the next: settings, bytes that he did
 * not read, and TIOCEXCL, which the kernel forgets with the terminal only, and
 * that lives as long as picod's end does.
 *
 * EXTPROC keeps the kernel from echoing what picod writes back to it, and from
 * making signals and line ends of bytes, whatever a tool sets.
 *
 * Nobody has it open exactly if its end is hung up, provided that it was opened
 * once before.
 */
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static void
pty_settings(struct termios *tio)
{
	cfmakeraw(tio);
	cfsetspeed(tio, B115200);
	tio->c_lflag |= EXTPROC;
	tio->c_cc[VMIN] = 1;
	tio->c_cc[VTIME] = 0;
}

static int
pty_open_terminal(const struct pty *p)
{
	int	fd = open(p->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The node's rights, and settings. */
static int
pty_prepare(struct pty *p, int terminal, gid_t group)
{
	struct termios	tio;
	struct stat	st;

	if (tcgetattr(terminal, &tio) < 0)
		return -errno;
	pty_settings(&tio);
	if (tcsetattr(terminal, TCSANOW, &tio) < 0 ||
	    (group != PTY_NO_GROUP && fchown(terminal, (uid_t)-1, group) < 0) ||
	    fchmod(terminal, group != PTY_NO_GROUP ? 0660 : 0600) < 0 ||
	    fstat(terminal, &st) < 0)
		return -errno;
	p->number = st.st_rdev;
	return 0;
}

int
pty_open(struct pty *p, gid_t group)
{
	struct pty	new = { .fd = posix_openpt(O_RDWR | O_NOCTTY |
			    O_NONBLOCK | O_CLOEXEC) };
	int		terminal, error;

	if (new.fd < 0)
		return -errno;
	error = unlockpt(new.fd) < 0 ||
	    ptsname_r(new.fd, new.path, sizeof new.path) != 0 ? -errno : 0;
	terminal = error < 0 ? error : pty_open_terminal(&new);
	if (terminal >= 0) {
		error = pty_prepare(&new, terminal, group);
		close(terminal);
	} else
		error = terminal;
	if (error < 0)
		close(new.fd);
	else
		*p = new;
	return error;
}

void
pty_close(struct pty *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

bool
pty_is_left(const struct pty *p)
{
	struct pollfd	poll_end = { .fd = p->fd };

	return poll(&poll_end, 1, 0) == 1 && (poll_end.revents & POLLHUP) != 0;
}

bool
pty_is_touched(const struct pty *p)
{
	struct termios	tio;

	return tcgetattr(p->fd, &tio) == 0 && cfgetospeed(&tio) == B1200;
}

bool
pty_is_changed(const struct pty *p)
{
	struct termios	tio, want;

	if (tcgetattr(p->fd, &tio) < 0)
		return false;
	want = tio;
	pty_settings(&want);
	return cfgetospeed(&tio) != cfgetospeed(&want) ||
	    tio.c_lflag != want.c_lflag || tio.c_iflag != want.c_iflag ||
	    tio.c_oflag != want.c_oflag || tio.c_cflag != want.c_cflag;
}

int
pty_renew(struct pty *p)
{
	struct termios	tio;
	int		terminal;

	/* Not the other way: that may be the next user's already. */
	tcflush(p->fd, TCOFLUSH);
	if (tcgetattr(p->fd, &tio) == 0) {
		pty_settings(&tio);
		(void)tcsetattr(p->fd, TCSANOW, &tio);
	}
	terminal = pty_open_terminal(p);
	if (terminal == -EBUSY && pty_is_left(p))
		return -EBUSY;
	if (terminal >= 0) {
		/* Root is let in all the same. */
		(void)ioctl(terminal, TIOCNXCL);
		close(terminal);
	}
	return 0;
}
