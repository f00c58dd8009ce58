/* SPDX-License-Identifier: MIT */
/*
 * A port that comes and goes, or that one program after the other has, would
 * fill the journal with the same few lines.  What was said within the last
 * minute is not said again; a few messages are kept in mind, by their hash, and
 * a new one takes the place of the oldest.
 */
#include "seldom.h"

#include <stddef.h>

/* FNV-1a. */
static uint32_t
seldom_hash(const char *text)
{
	uint32_t	hash = 2166136261u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

bool
seldom_may(struct seldom *s, const char *message, uint64_t now)
{
	uint32_t	hash = seldom_hash(message);
	size_t		i, oldest = 0;

	for (i = 0; i < SELDOM_COUNT; i++) {
		if (s->said[i].at != 0 && s->said[i].hash == hash)
			break;
		if (s->said[i].at < s->said[oldest].at)
			oldest = i;
	}
	if (i == SELDOM_COUNT)
		i = oldest;
	else if (now - s->said[i].at < SELDOM_MS)
		return false;
	s->said[i].hash = hash;
	s->said[i].at = now;
	return true;
}
