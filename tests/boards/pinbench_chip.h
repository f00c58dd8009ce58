/* SPDX-License-Identifier: MIT */
/*
 * The chip of the bench and its first serial line.  Other than the board that
 * lives in real time, it skips nothing and paces nothing, and it is any AVR
 * that an Arduino has.
 */
#ifndef PINBENCH_CHIP_H
#define PINBENCH_CHIP_H

#include <stdint.h>

#include <simavr/avr_uart.h>

#include "avr_chip.h"

#define PINBENCH_LINE	65536

struct pinbench_line {
	struct avr_t		*avr;
	avr_uart_t		*uart;
	avr_irq_t		*input;
	avr_cycle_count_t	 byte_cycles;
	bool			 feeding;
	uint8_t			 in[PINBENCH_LINE];	/* for the chip */
	size_t			 in_pos, in_len;
	char			 out[PINBENCH_LINE];	/* from the chip */
	size_t			 out_len;
	unsigned long		 received, sent, overrun;
};

/*
 * Makes a chip that runs the program in a .hex file, from power-on, with its
 * UART 0 on a line of that speed.  Of struct avr_chip only the core is used.
 * 0 or a negative errno.
 */
int	pinbench_chip_init(struct avr_chip *, const char *mcu, const char *hex);
int	pinbench_line_init(struct pinbench_line *, struct avr_chip *,
	    unsigned baud);

/* Runs until the clock reads at least so much.  -EIO when the core crashes. */
int	pinbench_chip_run(struct avr_chip *, avr_cycle_count_t until);

/* Puts a byte on the line behind those that are on it.  0 or -ENOBUFS. */
int	pinbench_line_send(struct pinbench_line *, uint8_t byte);

#endif
