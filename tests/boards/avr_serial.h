/* SPDX-License-Identifier: MIT */
/* The chip's UART, and the line between it and the host. */
#ifndef AVR_SERIAL_H
#define AVR_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <simavr/avr_uart.h>

#include "avr_chip.h"

/* Towards the chip, what the USB bridge of an Uno holds; and from it, more
 * than it can send between two calls of avr_serial_read(). */
#define AVR_SERIAL_IN 128
#define AVR_SERIAL_OUT 512

struct avr_serial {
	struct avr_t		*avr;
	avr_uart_t		*uart;
	avr_irq_t		*input;

	/* To the chip: in[in_pos..in_len), a byte every in_cycles. */
	uint8_t			 in[AVR_SERIAL_IN];
	size_t			 in_pos;
	size_t			 in_len;
	uint32_t		 in_cycles;
	bool			 feeding;
	avr_cycle_count_t	 in_next;	/* the line is busy until then */

	/* From the chip, a ring: each byte is on the line until its time. */
	struct {
		uint8_t			byte;
		avr_cycle_count_t	done;
	}			 out[AVR_SERIAL_OUT];
	size_t			 out_pos;
	size_t			 out_len;
	avr_cycle_count_t	 out_last;

	unsigned long		 received;
	avr_cycle_count_t	 received_at;	/* the last of them */
	unsigned long		 sent;
	avr_cycle_count_t	 sent_at;
	unsigned long		 deaf;		/* lost: receiver off */
	unsigned long		 overrun;	/* lost: not read in time */
};

/* Attaches to the chip's first UART.  Returns 0 or -ENODEV. */
int avr_serial_init(struct avr_serial *serial, struct avr_chip *chip);

/* Sees to it that the line goes on after a reset of the chip. */
void avr_serial_restart(struct avr_serial *serial);

/* How many bytes from the host there is room for now. */
size_t avr_serial_room(const struct avr_serial *serial);

/*
 * Takes n bytes that the host sends at this speed, at most avr_serial_room().
 * They reach the chip one by one as time goes by.
 */
void avr_serial_write(struct avr_serial *serial, const uint8_t *bytes,
    size_t n, uint32_t baud);

/*
 * Stores in out what has arrived at a host that listens at this speed, and
 * returns how many bytes that is.  To be called every 2 ms at least.
 */
size_t avr_serial_read(struct avr_serial *serial, uint8_t out[AVR_SERIAL_OUT],
    uint32_t baud);

/* Whether anything is on the line in either direction. */
bool avr_serial_busy(const struct avr_serial *serial);

/* The speed that the firmware has set. */
uint32_t avr_serial_baud(const struct avr_serial *serial);

#endif
