/* SPDX-License-Identifier: MIT */
#ifndef AVR_CLOCK_H
#define AVR_CLOCK_H

#include <stdint.h>

/* Keeps a simulated clock, in cycles, in step with the real one. */
struct avr_clock {
	uint32_t	hz;
	uint64_t	cycle;		/* these two were at the same time */
	int64_t		real_ns;
	int64_t		forgiven_ns;	/* in all */
};

void avr_clock_init(struct avr_clock *clock, uint32_t hz, uint64_t cycle);

/*
 * By how many nanoseconds the simulation is ahead of real time; negative when
 * it lags.  A long lag, as of a stopped process, is forgiven and not made up.
 */
int64_t avr_clock_ahead_ns(struct avr_clock *clock, uint64_t cycle);

/* Now is now: whatever it is ahead or behind is forgotten. */
void avr_clock_set(struct avr_clock *clock, uint64_t cycle);

#endif
