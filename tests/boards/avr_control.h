/* SPDX-License-Identifier: MIT */
#ifndef AVR_CONTROL_H
#define AVR_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "avr_board.h"

/* The orders that a bench gives to a board, a line each. */
struct avr_control {
	int	fd;		/* -1 after its end */
	bool	quit;
	size_t	len;
	char	line[256];
};

/* Reads orders from this descriptor; answers go where avr_report() writes. */
void avr_control_init(struct avr_control *control, int fd);

/* To be called when the descriptor is readable or has ended. */
void avr_control_read(struct avr_control *control, struct avr_board *board);

/* The orders, for a usage message. */
extern const char avr_control_help[];

#endif
