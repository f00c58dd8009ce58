/* SPDX-License-Identifier: MIT */
/*
 * A serial wire, for the case that its two ends do not agree on the speed.
 *
 * What the receiver then makes of it is not random, and it is not silence:
 * two bytes may arrive as one, and one as two.  So this does as a UART does.
 * It waits for the line to fall, samples the middle of each of the eight bits
 * that follow by its own clock, and waits for the line to fall again.  A
 * difference of two or three per cent, which is usual, changes nothing.
 *
 * Time is counted in units in which a bit of the sender lasts to_baud and a
 * bit of the receiver from_baud, so that both are whole numbers.
 */
#include "avr_wire.h"

#define FRAME_BITS 10		/* start, eight data bits, stop */

struct wire {
	const uint8_t	*bytes;
	uint64_t	 bits;		/* after these the line is idle: high */
	uint64_t	 bit_time;
};

static int
wire_bit(const struct wire *wire, uint64_t bit)
{
	unsigned place = (unsigned)(bit % FRAME_BITS);

	if (bit >= wire->bits || place == FRAME_BITS - 1)
		return 1;
	if (place == 0)
		return 0;
	return wire->bytes[bit / FRAME_BITS] >> (place - 1) & 1;
}

static int
wire_falls(const struct wire *wire, uint64_t bit)
{
	return wire_bit(wire, bit) == 0 &&
	    (bit == 0 || wire_bit(wire, bit - 1) == 1);
}

/* The time at which the line next falls, or its end. */
static uint64_t
wire_find_start(const struct wire *wire, uint64_t time)
{
	uint64_t bit = (time + wire->bit_time - 1) / wire->bit_time;

	while (bit < wire->bits && !wire_falls(wire, bit))
		bit++;
	return bit * wire->bit_time;
}

static uint8_t
wire_sample(const struct wire *wire, uint64_t start, uint64_t bit_time)
{
	uint8_t byte = 0;

	for (unsigned i = 0; i < 8; i++) {
		uint64_t middle = start + (i + 1) * bit_time + bit_time / 2;

		if (wire_bit(wire, middle / wire->bit_time))
			byte |= (uint8_t)(1u << i);
	}
	return byte;
}

size_t
avr_wire_receive(const uint8_t *in, size_t n, uint32_t from_baud,
    uint32_t to_baud, uint8_t *out, size_t max)
{
	const struct wire wire = { in, (uint64_t)n * FRAME_BITS, to_baud };
	const uint64_t end = wire.bits * wire.bit_time;
	const uint64_t bit_time = from_baud;
	uint64_t time = 0;
	size_t got = 0;

	if (from_baud == 0 || to_baud == 0)
		return 0;
	while (got < max && (time = wire_find_start(&wire, time)) < end) {
		out[got++] = wire_sample(&wire, time, bit_time);
		/* From the middle of the stop bit on it looks again. */
		time += (FRAME_BITS - 1) * bit_time + bit_time / 2;
	}
	return got;
}
