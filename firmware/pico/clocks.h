/* SPDX-License-Identifier: MIT */
#ifndef CLOCKS_H
#define CLOCKS_H

#include <stdint.h>

#define CLOCK_HZ	125000000u	/* of the processor and most else */

/* Starts crystal, PLLs and clocks, and takes out of reset what is used. */
void	clocks_init(void);

/* Microseconds and milliseconds since the start; they wrap. */
uint32_t clocks_us(void);
uint32_t clocks_ms(void);

/* Takes parts of the chip, RESET_ bits, out of reset and waits for them. */
void	clocks_unreset(uint32_t parts);

/*
 * Sleeps until an interrupt, or until clocks_ms() is so much more than it last
 * was.  To be called with interrupts disabled; they are enabled afterwards.
 */
void	clocks_sleep(uint32_t ms);

#endif
