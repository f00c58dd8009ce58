/* SPDX-License-Identifier: MIT */
/* Turns of an event loop, as many as a test needs. */
#ifndef TEST_LOOP_H
#define TEST_LOOP_H

#include <event2/event.h>

/* Until there were so many. */
void	loop_until(struct event_base *, const int *count, int wanted);

/* What is due now, and of what never ends, a little. */
void	loop_settle(struct event_base *);

#endif
