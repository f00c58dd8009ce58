/* SPDX-License-Identifier: MIT */
/*
 * What somebody who mistyped a word may have meant.
 */
#ifndef PICOD_SUGGEST_H
#define PICOD_SUGGEST_H

#include <stddef.h>

/*
 * The number of letters to insert, leave out, replace or swap with their
 * neighbour to make one word of the other.  Words longer than 31 letters are as
 * far away as can be.
 */
unsigned suggest_distance(const char *, const char *);

/*
 * Whether a word is near enough to a mistyped one to be worth suggesting: fewer
 * mistakes than a third of it, and one at least.
 */
int	suggest_is_near(const char *mistyped, const char *word);

#endif
