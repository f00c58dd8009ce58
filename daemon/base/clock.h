/* SPDX-License-Identifier: MIT */
/*
 * The time of everything that waits.
 */
#ifndef PICOD_CLOCK_H
#define PICOD_CLOCK_H

#include <stdint.h>

/* Milliseconds of the monotonic clock. */
uint64_t	clock_now(void);

#endif
