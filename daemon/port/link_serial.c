/* SPDX-License-Identifier: MIT */
/*
 * A serial port by libserialport.
 *
 * Three things it does not do, or does otherwise than a shared board needs, are
 * set on its descriptor.  The lock: both flock() and TIOCEXCL, because programs
 * heed one or the other, so that a second one is refused instead of stealing
 * bytes.  HUPCL is cleared, unless told otherwise, so that DTR stays up when the
 * port is closed and an Arduino is not reset by every restart of the daemon.  And
 * the drivers of USB bridges are asked not to hold bytes back (FTDI's wait up to
 * 16 ms).
 */
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "link.h"

static int
serial_error(enum sp_return result)
{
	switch (result) {
	case SP_ERR_ARG: return -EINVAL;
	case SP_ERR_MEM: return -ENOMEM;
	case SP_ERR_SUPP: return -ENOTSUP;
	default: break;
	}
	if (errno == EWOULDBLOCK)	/* its flock() */
		return -EBUSY;
	return errno > 0 ? -errno : -EIO;
}

static int
serial_configure(struct sp_port *port, unsigned baud)
{
	enum sp_return	r;

	if ((r = sp_set_baudrate(port, (int)baud)) != SP_OK ||
	    (r = sp_set_bits(port, 8)) != SP_OK ||
	    (r = sp_set_parity(port, SP_PARITY_NONE)) != SP_OK ||
	    (r = sp_set_stopbits(port, 1)) != SP_OK ||
	    (r = sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE)) != SP_OK)
		return serial_error(r);
	return 0;
}

/* What libserialport leaves otherwise than a shared board needs it. */
static int
serial_adjust(int fd, bool drop_dtr)
{
	struct termios		tio;
	struct serial_struct	serial;

	if (ioctl(fd, TIOCEXCL) < 0 || tcgetattr(fd, &tio) < 0)
		return -errno;
	tio.c_cflag &= ~(tcflag_t)HUPCL;
	if (drop_dtr)
		tio.c_cflag |= HUPCL;
	tio.c_cc[VMIN] = 1;	/* so that read() = 0 means a hang-up */
	tio.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSANOW, &tio) < 0)
		return -errno;
	if (ioctl(fd, TIOCGSERIAL, &serial) == 0) {
		serial.flags |= ASYNC_LOW_LATENCY;
		(void)ioctl(fd, TIOCSSERIAL, &serial);	/* a favour */
	}
	return 0;
}

/*
 * A port that somebody else has is not even configured: its lock is tried first,
 * and free again for libserialport, which takes it itself since 0.1.2.  The kernel
 * keeps a port's settings while it is closed, and until its board is pulled: they
 * tell whether DTR fell then.
 */
static int
serial_try(struct link *link)
{
	struct termios	tio;
	int		fd, error;

	fd = open(link->address, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		error = errno == EWOULDBLOCK ? -EBUSY : -errno;
		close(fd);
		return error;
	}
	link->dtr_was_kept = tcgetattr(fd, &tio) == 0 &&
	    !(tio.c_cflag & HUPCL);
	flock(fd, LOCK_UN);
	return fd;
}

static void
serial_close(struct link *link)
{
	struct sp_port	*port = link->handle;

	if (link->fd >= 0) {
		tcflush(link->fd, TCOFLUSH);	/* else close() may wait 30 s */
		(void)ioctl(link->fd, TIOCNXCL);
		sp_close(port);
	}
	sp_free_port(port);
	link->handle = NULL;
}

/* From 0.1.2 on it takes the lock itself, and if that fails leaves it open. */
static int
serial_take(struct link *link, struct sp_port *port)
{
	enum sp_return	r = sp_open(port, SP_MODE_READ_WRITE);
	int		fd = -1, error = r == SP_OK ? 0 : serial_error(r);

	sp_get_port_handle(port, &fd);
	if (error == 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		error = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (error == 0)
		link->fd = fd;
	else if (fd >= 0)
		close(fd);
	return error;
}

/* Before 0.1.2 it knows no links, such as udev's in /dev/serial/by-id. */
static int
serial_start(struct link *link)
{
	struct sp_port	*port;
	enum sp_return	 r;
	char		 path[PATH_MAX];
	int		 error;

	if (realpath(link->address, path) == NULL)
		return -errno;
	errno = 0;
	r = sp_get_port_by_name(path, &port);
	if (r != SP_OK)		/* ARG: it is none to libserialport */
		return r == SP_ERR_ARG ? -ENOTTY : serial_error(r);
	link->handle = port;
	error = serial_take(link, port);
	if (error == 0)
		error = serial_configure(port, link->baud);
	if (error == 0)
		error = serial_adjust(link->fd, link->drop_dtr);
	if (error < 0) {
		serial_close(link);
		link->fd = -1;
	}
	return error;
}

static int
serial_open(struct link *link)
{
	int	first, error;

	first = serial_try(link);
	if (first < 0)
		return first;
	error = serial_start(link);
	close(first);		/* whoever closes it last may lower DTR */
	return error;
}

/*
 * Boards see the edge of DTR or of RTS, when it comes back.  An ESP32 is reset as
 * long as there is RTS alone; DTR alone would have it wait for a program, at once,
 * or with its USB Serial/JTAG at the next reset.  So both go in one step, and they
 * come back one after the other.
 */
static int
serial_reset(struct link *link, bool pull)
{
	int	both = TIOCM_DTR | TIOCM_RTS, rts = TIOCM_RTS;

	if (pull && (ioctl(link->fd, TIOCMBIC, &both) < 0 ||
	    ioctl(link->fd, TIOCMBIS, &rts) < 0))
		return -EIO;
	if (!pull && ioctl(link->fd, TIOCMBIS, &both) < 0)
		return -EIO;
	return 0;
}

/* What has come is of the speed before, and would be taken for a third. */
static void
serial_set_baud(struct link *link)
{
	(void)sp_set_baudrate(link->handle, (int)link->baud);
	(void)tcflush(link->fd, TCIFLUSH);
}

const struct link_ops link_serial = {
	.open = serial_open, .close = serial_close, .reset = serial_reset,
	.set_baud = serial_set_baud,
};
