/* SPDX-License-Identifier: MIT */
/*
 * A sum that such a board reckons in C, without a loop of Python over the bytes:
 * they are one long number, of which it takes the remainder.
 */
#include "files_sum.h"

#include <string.h>

#define PRIME		4294967291u	/* the largest of 32 bits */
#define SUM_BLOCK	120

/* Big-endian bytes modulo PRIME, going on from what came before them. */
static uint64_t
sum_on(uint64_t sum, const uint8_t *bytes, size_t len)
{
	while (len-- > 0)
		sum = ((sum << 8) + *bytes++) % PRIME;
	return sum;
}

uint32_t
files_sum(const uint8_t *bytes, size_t len)
{
	return (uint32_t)sum_on(0, bytes, len);
}

uint32_t
files_sum_file(const uint8_t *bytes, size_t len)
{
	uint64_t	sum = 0;
	size_t		n;

	for (; len > 0; bytes += n, len -= n) {
		n = len < SUM_BLOCK ? len : SUM_BLOCK;
		sum = (sum * 257 + sum_on(0, bytes, n)) % PRIME;
	}
	return (uint32_t)sum;
}

size_t
files_seal(const uint8_t *content, size_t len, uint8_t *to)
{
	uint32_t	sum = files_sum(content, len);
	uint64_t	shifted = ((uint64_t)sum << 32) % PRIME;
	uint32_t	rest = (uint32_t)((PRIME - shifted) % PRIME);
	int		i;

	memcpy(to, content, len);
	for (i = 0; i < 4; i++)
		to[len + (size_t)i] = (uint8_t)(rest >> (24 - 8 * i));
	return len + 4;
}
