/* SPDX-License-Identifier: MIT */
/*
 * The board's side of ttyshim.so: what processes ask of the modem lines of the
 * port.  The order of things matters here.  Whoever sets DTR has opened the
 * port before, and that has raised it; so the port is looked at first.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "avr_modem.h"
#include "avr_report.h"
#include "ttyshim.h"

/* What an Uno's USB bridge holds towards the host. */
#define BOARD_LINES (TIOCM_CTS | TIOCM_DSR | TIOCM_CAR)

void
avr_modem_init(struct avr_modem *modem, const char *directory)
{
	memset(modem, 0, sizeof(*modem));
	modem->socket = -1;
	modem->directory = directory;
}

int
avr_modem_open(struct avr_modem *modem, const struct avr_port *port)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error;
	int n;

	if (modem->directory == NULL)
		return 0;
	n = snprintf(address.sun_path, sizeof(address.sun_path), "%s%s",
	    modem->directory, strrchr(port->path, '/'));
	if (n >= (int)sizeof(address.sun_path))
		return -ENAMETOOLONG;
	modem->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (modem->socket < 0)
		return -errno;
	unlink(address.sun_path);
	if (bind(modem->socket, (const struct sockaddr *)&address,
	    sizeof(address)) < 0) {
		error = -errno;
		avr_modem_close(modem);
		return error;
	}
	strcpy(modem->path, address.sun_path);
	return 0;
}

void
avr_modem_close(struct avr_modem *modem)
{
	if (modem->socket < 0)
		return;
	close(modem->socket);
	modem->socket = -1;
	if (modem->path[0] != '\0')
		unlink(modem->path);
	modem->path[0] = '\0';
}

static void
answer(struct ttyshim_call *call, struct avr_port *port)
{
	switch (call->request) {
	case TIOCMGET:
		call->lines = port->lines | BOARD_LINES;
		break;
	case TIOCMSET:
		avr_port_set_lines(port, call->lines);
		break;
	case TIOCMBIS:
		avr_port_set_lines(port, port->lines | call->lines);
		break;
	case TIOCMBIC:
		avr_port_set_lines(port, port->lines & ~call->lines);
		break;
	case TIOCSBRK:
	case TIOCCBRK:
		avr_report("break %d", call->request == TIOCSBRK);
		break;
	default:
		call->error = ENOTTY;
		break;
	}
}

void
avr_modem_serve(struct avr_modem *modem, struct avr_port *port)
{
	struct sockaddr_un from;
	socklen_t from_len = sizeof(from);
	struct ttyshim_call call;
	ssize_t n;

	n = recvfrom(modem->socket, &call, sizeof(call), 0,
	    (struct sockaddr *)&from, &from_len);
	if (n != (ssize_t)sizeof(call))
		return;
	avr_port_look(port);
	call.error = 0;
	answer(&call, port);
	if (sendto(modem->socket, &call, sizeof(call), 0,
	    (const struct sockaddr *)&from, from_len) < 0)
		return;		/* the process has gone */
}
