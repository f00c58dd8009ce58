/* SPDX-License-Identifier: MIT */
/*
 * A pseudo-terminal that behaves as the tty of a USB serial port.
 *
 * It is in the state in which the kernel hands out such a tty: 9600 baud, and
 * cooked, with echo, until somebody sets it otherwise.  The first open raises
 * DTR and the last close drops it, if HUPCL is set.  Nothing waits in it for
 * the next opener.  A pty has no modem lines of its own; other ways to set
 * them call avr_port_set_lines().
 *
 * Who has it open?  inotify tells of each open and close, but makes one event
 * of two equal ones in a row.  So the count is corrected by what is certain:
 * the master hangs up if, and only if, the slave is open nowhere.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "avr_port.h"
#include "avr_report.h"

#define LINES (TIOCM_DTR | TIOCM_RTS)

/* TCGETS2, for speeds that have no B constant; its header clashes. */
struct kernel_termios2 {
	unsigned	c_flags[4];
	unsigned char	c_line;
	unsigned char	c_cc[19];
	unsigned	c_ispeed;
	unsigned	c_ospeed;
};

int
avr_port_init(struct avr_port *port, const char *link)
{
	memset(port, 0, sizeof(*port));
	port->master = -1;
	port->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (port->watch < 0)
		return -errno;
	if (link != NULL) {
		port->link = strdup(link);
		if (port->link == NULL)
			return -ENOMEM;
	}
	return 0;
}

void
avr_port_finish(struct avr_port *port)
{
	avr_port_unplug(port);
	if (port->watch >= 0)
		close(port->watch);
	free(port->link);
	port->watch = -1;
	port->link = NULL;
}

static void
set_first_state(int slave)
{
	struct termios tio;

	if (tcgetattr(slave, &tio) < 0)
		return;
	cfsetspeed(&tio, B9600);
	tio.c_cflag |= HUPCL | CLOCAL;
	tcsetattr(slave, TCSANOW, &tio);
}

static int
place_link(const struct avr_port *port)
{
	if (port->link == NULL)
		return 0;
	if (unlink(port->link) < 0 && errno != ENOENT)
		return -errno;
	return symlink(port->path, port->link) < 0 ? -errno : 0;
}

static int
start_watching(struct avr_port *port)
{
	port->mark = inotify_add_watch(port->watch, port->path,
	    IN_OPEN | IN_CLOSE);
	return port->mark < 0 ? -errno : 0;
}

int
avr_port_plug(struct avr_port *port)
{
	int slave;
	int error;

	if (port->master >= 0)
		return -EALREADY;
	if (openpty(&port->master, &slave, port->path, NULL, NULL) < 0)
		return -errno;
	set_first_state(slave);
	close(slave);
	fcntl(port->master, F_SETFD, FD_CLOEXEC);
	fcntl(port->master, F_SETFL, O_NONBLOCK);
	port->drained = true;
	error = start_watching(port);
	if (error == 0)
		error = place_link(port);
	if (error < 0)
		avr_port_unplug(port);
	return error;
}

void
avr_port_unplug(struct avr_port *port)
{
	if (port->master < 0)
		return;
	if (port->link != NULL)
		unlink(port->link);
	close(port->master);
	port->master = -1;
	port->openers = 0;
	port->lines = 0;
	port->reset = false;
}

int
avr_port_read_fd(const struct avr_port *port)
{
	return port->drained ? -1 : port->master;
}

int
avr_port_watch_fd(const struct avr_port *port)
{
	return port->watch;
}

void
avr_port_set_lines(struct avr_port *port, int lines)
{
	int old = port->lines;

	port->lines = lines & LINES;
	if (((old ^ port->lines) & TIOCM_DTR) == 0)
		return;
	if (port->lines & TIOCM_DTR) {
		port->dtr_rises++;
		port->reset = true;
	}
	avr_report("dtr %d", (port->lines & TIOCM_DTR) != 0);
}

uint32_t
avr_port_baud(const struct avr_port *port)
{
	struct kernel_termios2 tio;

	if (port->master < 0 ||
	    ioctl(port->master, _IOR('T', 0x2A, struct kernel_termios2),
	    &tio) < 0)
		return 0;
	return tio.c_ospeed;
}

static void
port_opened(struct avr_port *port)
{
	port->opens++;
	port->drained = false;
	if (port->openers++ == 0) {
		avr_report("open");
		avr_port_set_lines(port, LINES);
	}
}

/*
 * At the last close, the kernel forgets what was not read, and that the port
 * was one process's alone; a pty does not.  Only its slave can be told to, and
 * that shall not be seen as an open.  (After TIOCEXCL, only root gets in.)
 */
static void
forget_unread(struct avr_port *port)
{
	int slave;

	inotify_rm_watch(port->watch, port->mark);
	slave = open(port->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave >= 0) {
		tcflush(slave, TCIFLUSH);
		ioctl(slave, TIOCNXCL);
		close(slave);
	}
	start_watching(port);
}

static void
port_closed(struct avr_port *port)
{
	struct termios tio;

	if (port->openers == 0 || --port->openers > 0)
		return;
	forget_unread(port);
	avr_report("close %u", avr_port_baud(port));
	if (tcgetattr(port->master, &tio) == 0 && (tio.c_cflag & HUPCL))
		avr_port_set_lines(port, 0);
}

static bool
is_open(const struct avr_port *port)
{
	struct pollfd poller = { .fd = port->master };

	return poll(&poller, 1, 0) == 0;
}

/*
 * A close that seems to be the last, while the port is still open and nothing
 * follows, is not the last: two opens have come as one.
 */
static void
take_event(struct avr_port *port, uint32_t mask, bool more)
{
	if (mask & IN_OPEN)
		port_opened(port);
	else if ((mask & IN_CLOSE) &&
	    (more || port->openers > 1 || !is_open(port)))
		port_closed(port);
}

static bool
take_events(struct avr_port *port)
{
	char buffer[4096] __attribute__((aligned(8)));
	const struct inotify_event *event;
	ssize_t n;

	n = read(port->watch, buffer, sizeof(buffer));
	for (ssize_t at = 0; at < n; ) {
		event = (const void *)(buffer + at);
		at += (ssize_t)sizeof(*event);
		if (port->master >= 0)
			take_event(port, event->mask, at < n);
	}
	return n > 0;
}

static void
correct_count(struct avr_port *port)
{
	bool open = is_open(port);

	if (open && port->openers == 0)
		port_opened(port);
	while (!open && port->openers > 0)
		port_closed(port);
}

void
avr_port_look(struct avr_port *port)
{
	if (!take_events(port) || port->master < 0)
		return;
	correct_count(port);
}

size_t
avr_port_read(struct avr_port *port, uint8_t *bytes, size_t max)
{
	ssize_t n;

	if (port->master < 0)
		return 0;
	n = read(port->master, bytes, max);
	if (n > 0)
		return (size_t)n;
	if (n < 0 && errno == EIO && port->openers == 0)
		port->drained = true;
	return 0;
}

void
avr_port_write(struct avr_port *port, const uint8_t *bytes, size_t n)
{
	ssize_t written = 0;

	if (port->master >= 0 && port->openers > 0)
		written = write(port->master, bytes, n);
	port->dropped += n - (size_t)(written > 0 ? written : 0);
}

bool
avr_port_take_reset(struct avr_port *port)
{
	bool reset = port->reset;

	port->reset = false;
	return reset;
}
