/* SPDX-License-Identifier: MIT */
/* The board's serial port, as the host sees it: a pseudo-terminal. */
#ifndef AVR_PORT_H
#define AVR_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct avr_port {
	int		 master;	/* -1 while unplugged */
	int		 watch;		/* inotify, and in it */
	int		 mark;		/* the watch on the slave */
	char		 path[64];	/* of the slave: /dev/pts/N */
	char		*link;		/* NULL or a name for it, ours to remove */
	unsigned	 openers;
	bool		 drained;	/* closed, and nothing left to read */
	int		 lines;		/* TIOCM_DTR and TIOCM_RTS, by the host */
	bool		 reset;		/* DTR rose, and nobody has asked yet */
	unsigned long	 opens;
	unsigned long	 dtr_rises;
	unsigned long	 dropped;	/* bytes for which nobody was there */
};

/* link may be NULL; else a symbolic link of that name leads to the port. */
int avr_port_init(struct avr_port *port, const char *link);
void avr_port_finish(struct avr_port *port);

/* The cable: a port that nobody has open, and a true hang-up. */
int avr_port_plug(struct avr_port *port);
void avr_port_unplug(struct avr_port *port);

/*
 * What to poll() for: the descriptor to read from, -1 for none, and one that
 * becomes readable when the port is opened or closed.
 */
int avr_port_read_fd(const struct avr_port *port);
int avr_port_watch_fd(const struct avr_port *port);

/* Notices that the port was opened or closed. */
void avr_port_look(struct avr_port *port);

/* The host's speed in baud; 0 while unplugged. */
uint32_t avr_port_baud(const struct avr_port *port);

/* What the host has sent; 0 if there is nothing now. */
size_t avr_port_read(struct avr_port *port, uint8_t *bytes, size_t max);

/* Bytes for the host.  Dropped where nobody listens or there is no room. */
void avr_port_write(struct avr_port *port, const uint8_t *bytes, size_t n);

/* The host sets its modem lines, by whichever way. */
void avr_port_set_lines(struct avr_port *port, int lines);

/* Whether DTR has risen since this was last asked: a reset, on an Uno. */
bool avr_port_take_reset(struct avr_port *port);

#endif
