/* SPDX-License-Identifier: MIT */
/* A whole board: chip, pins, serial line, port and cable. */
#ifndef AVR_BOARD_H
#define AVR_BOARD_H

#include <poll.h>
#include <stdbool.h>

#include "avr_chip.h"
#include "avr_clock.h"
#include "avr_modem.h"
#include "avr_pins.h"
#include "avr_port.h"
#include "avr_serial.h"

struct avr_model {
	const char	*mcu;
	uint32_t	 hz;
	const char	*pins;		/* see avr_pins_init() */
};

struct avr_board {
	struct avr_chip		chip;
	struct avr_pins		pins;
	struct avr_serial	serial;
	struct avr_port		port;
	struct avr_modem	modem;
	struct avr_clock	clock;
	bool			dtr_resets;	/* is DTR wired to reset? */
	bool			powered;	/* by its cable */
	unsigned long		resets;
};

/*
 * Builds a board with an empty flash, not plugged in.  The link is as in
 * avr_port_init(), the directory as in avr_modem_init().  Returns 0 or a
 * negative errno.
 */
int avr_board_init(struct avr_board *board, const struct avr_model *model,
    const char *link, const char *modem_directory);
void avr_board_finish(struct avr_board *board);

/* The cable.  It carries the power too.  Returns 0 or a negative errno. */
int avr_board_plug(struct avr_board *board);
int avr_board_unplug(struct avr_board *board);

/* The reset button. */
void avr_board_reset(struct avr_board *board);

/*
 * Lets the board live for a moment, then waits, for the real time to catch up
 * or for something to do.  Wakes early for the n descriptors in more[], whose
 * revents it sets.
 */
void avr_board_run(struct avr_board *board, struct pollfd *more, unsigned n);

#endif
