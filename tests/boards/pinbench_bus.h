/* SPDX-License-Identifier: MIT */
/*
 * What hangs on the buses of the bench: at I2C an EEPROM of 256 bytes with
 * address 50h, at SPI a shift register that gives back the byte before,
 * inverted, while its select pin is low.
 */
#ifndef PINBENCH_BUS_H
#define PINBENCH_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "avr_chip.h"
#include "avr_pins.h"

struct pinbench_bus {
	struct avr_pins	*pins;
	unsigned	 select;
	avr_irq_t	*twi, *spi;	/* their inputs */
	uint8_t		 memory[256];
	uint8_t		 at;
	bool		 addressed;
	bool		 at_known;	/* the byte that says where has come */
	uint8_t		 before;	/* the last byte on SPI */
};

void	pinbench_bus_init(struct pinbench_bus *, struct avr_chip *,
	    struct avr_pins *, unsigned select);

#endif
