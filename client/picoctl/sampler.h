/* SPDX-License-Identifier: MIT */
/*
 * Expressions of boards, asked again and again on one timeline: a sample every
 * period, counted from the start, so that nothing drifts.  What was not answered
 * within its period is a gap.
 */
#ifndef PICOD_SAMPLER_H
#define PICOD_SAMPLER_H

#include "picoctl.h"

struct sampler;

/* One moment; a value that is NaN is a gap. */
struct sample {
	long long	 time_us;	/* of the realtime clock, when asked */
	double		 seconds;	/* since the start */
	size_t		 count;
	const double	*values;	/* the sampler's, until the next */
};

/*
 * Of all boards that -b names and all operands.  An exit status after a
 * complaint; else *sampler is to be destroyed.
 */
int	sampler_create(struct picoctl *, struct sampler **);
void	sampler_destroy(struct sampler *);

/* "pico0 temperature()", or without the board where there is one. */
const char *sampler_name(const struct sampler *, size_t i);
size_t	sampler_count(const struct sampler *);

/*
 * Waits for the next sample; STATUS_OK, or -1 at the end of --for, or if it is to
 * stop (stop.h); another exit status where it is of no use to go on.
 */
int	sampler_next(struct sampler *, struct sample *);

#endif
