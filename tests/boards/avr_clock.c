/* SPDX-License-Identifier: MIT */
/*
 * A simulated board runs at the speed of the real one: it is made to wait when
 * it is ahead.  When it lags, it may catch up what a busy machine cost it, but
 * not more: a board that has been stopped for a second shall not then live
 * that second in no time.
 */
#include <time.h>

#include "avr_clock.h"

#define NS_PER_S INT64_C(1000000000)
#define LAG_MAX_NS INT64_C(20000000)

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

void
avr_clock_init(struct avr_clock *clock, uint32_t hz, uint64_t cycle)
{
	clock->hz = hz;
	clock->forgiven_ns = 0;
	avr_clock_set(clock, cycle);
}

void
avr_clock_set(struct avr_clock *clock, uint64_t cycle)
{
	clock->cycle = cycle;
	clock->real_ns = now_ns();
}

int64_t
avr_clock_ahead_ns(struct avr_clock *clock, uint64_t cycle)
{
	uint64_t cycles = cycle - clock->cycle;
	int64_t whole = (int64_t)(cycles / clock->hz) * NS_PER_S;
	int64_t rest = (int64_t)(cycles % clock->hz * NS_PER_S / clock->hz);
	int64_t ahead = whole + rest - (now_ns() - clock->real_ns);

	if (ahead >= -LAG_MAX_NS)
		return ahead;
	clock->forgiven_ns -= ahead;
	avr_clock_set(clock, cycle);
	return 0;
}
