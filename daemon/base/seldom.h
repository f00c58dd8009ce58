/* SPDX-License-Identifier: MIT */
/*
 * Messages that come again and again, said seldom.
 */
#ifndef PICOD_SELDOM_H
#define PICOD_SELDOM_H

#include <stdbool.h>
#include <stdint.h>

/* How long a message is not repeated. */
#define SELDOM_MS	60000

/* Different messages kept in mind at the same time. */
#define SELDOM_COUNT	8

/* Zeroed: nothing was said. */
struct seldom {
	struct {
		uint32_t	 hash;
		uint64_t	 at;	/* 0: free */
	} said[SELDOM_COUNT];
};

/*
 * Whether it is time to say that; then it counts as said.  now: milliseconds of
 * a clock that does not jump, not 0.
 */
bool	seldom_may(struct seldom *, const char *message, uint64_t now);

#endif
