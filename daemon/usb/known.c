/* SPDX-License-Identifier: MIT */
/*
 * The table is boards.txt; a new board is a new line there.
 */
#include "known.h"

#include <stddef.h>

#include "protocol/pins.h"

static const struct known table[] = {
#include "daemon/usb/boards.inc"
};

const struct known *
known_get(unsigned i)
{
	return i < sizeof table / sizeof *table ? &table[i] : NULL;
}

const struct known *
known_find(uint16_t vendor, uint16_t product)
{
	const struct known	*k, *best = NULL;
	unsigned		 i;

	for (i = 0; (k = known_get(i)) != NULL; i++)
		if (k->vendor == vendor && k->product == (product & k->mask) &&
		    (best == NULL || k->mask > best->mask))
			best = k;
	return best;
}
