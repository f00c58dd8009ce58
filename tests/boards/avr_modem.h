/* SPDX-License-Identifier: MIT */
#ifndef AVR_MODEM_H
#define AVR_MODEM_H

#include "avr_port.h"

/* The end of the modem lines at which ttyshim.so asks. */
struct avr_modem {
	int		 socket;	/* -1 while there are none */
	const char	*directory;	/* NULL: there are none, ever */
	char		 path[108];
};

/* The directory is where the port's socket shall be; it must outlive us. */
void avr_modem_init(struct avr_modem *modem, const char *directory);

/* For a port that has just been plugged in.  Returns 0 or -errno. */
int avr_modem_open(struct avr_modem *modem, const struct avr_port *port);
void avr_modem_close(struct avr_modem *modem);

/* To be called when the socket is readable: serves one request. */
void avr_modem_serve(struct avr_modem *modem, struct avr_port *port);

#endif
