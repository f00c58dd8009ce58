/* SPDX-License-Identifier: MIT */
/*
 * The monotonic clock of this process stands still until somebody moves it, so
 * that a run takes no time and is the same each time.  Other clocks go on.
 */
#ifndef FUZZ_CLOCK_H
#define FUZZ_CLOCK_H

#include <stdint.h>

/* Back to where every run begins. */
void	fuzz_clock_reset(void);
void	fuzz_clock_advance(uint64_t ms);
/* Since then. */
uint64_t fuzz_clock_ms(void);

#endif
