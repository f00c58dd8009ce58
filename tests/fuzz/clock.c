/* SPDX-License-Identifier: MIT */
/*
 * clock_gettime() of the program is what libevent and the daemon find, before
 * that of libc.
 */
#include "tests/fuzz/clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Later than any time that would mean "never" or "not yet". */
#define BEGIN_MS	1000000

static uint64_t	fuzz_now_ms = BEGIN_MS;

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE)
		return (int)syscall(SYS_clock_gettime, clock, now);
	now->tv_sec = (time_t)(fuzz_now_ms / 1000);
	now->tv_nsec = (long)(fuzz_now_ms % 1000 * 1000000);
	return 0;
}

void
fuzz_clock_reset(void)
{
	fuzz_now_ms = BEGIN_MS;
}

void
fuzz_clock_advance(uint64_t ms)
{
	fuzz_now_ms += ms;
}

uint64_t
fuzz_clock_ms(void)
{
	return fuzz_now_ms - BEGIN_MS;
}
