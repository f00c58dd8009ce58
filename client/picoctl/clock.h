/* SPDX-License-Identifier: MIT */
/* Time that goes on steadily, for whoever waits. */
#ifndef PICOD_PICOCTL_CLOCK_H
#define PICOD_PICOCTL_CLOCK_H

/* Milliseconds since some moment. */
long long	clock_ms(void);

#endif
