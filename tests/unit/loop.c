/* SPDX-License-Identifier: MIT */
#include "tests/unit/loop.h"

void
loop_until(struct event_base *base, const int *count, int wanted)
{
	while (*count < wanted)
		event_base_loop(base, EVLOOP_ONCE);
}

void
loop_settle(struct event_base *base)
{
	int	i;

	for (i = 0; i < 10; i++)
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}
