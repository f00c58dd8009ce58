/* SPDX-License-Identifier: MIT */
#ifndef AVR_IDLE_H
#define AVR_IDLE_H

#include <simavr/sim_avr.h>

/* Saves the simulator the rounds of a loop that waits for something. */
struct avr_idle {
	struct avr_t		*avr;
	unsigned long		 touches;	/* of registers that matter */

	/* A state in which the chip was: */
	uint8_t			*data;
	uint8_t			 sreg[8];
	avr_flashaddr_t		 pc;
	unsigned long		 touches_then;
	avr_cycle_count_t	 then;

	unsigned		 steps;		/* without a round found */
	unsigned		 failures;	/* in a row */
	avr_cycle_count_t	 rest_until;	/* does not look before that */
};

/* Returns 0 or -ENOMEM. */
int avr_idle_init(struct avr_idle *idle, struct avr_t *avr);
void avr_idle_finish(struct avr_idle *idle);

/* After a reset, and whenever else the chip's time has been meddled with. */
void avr_idle_restart(struct avr_idle *idle);

/*
 * To be called before each avr_run(), which it makes a single instruction
 * while it looks for a loop, and as many as usual_cycles otherwise.  May move
 * the chip's clock ahead, but not past until.
 */
void avr_idle_look(struct avr_idle *idle, avr_cycle_count_t until,
    avr_cycle_count_t usual_cycles);

#endif
