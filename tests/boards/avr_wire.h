/* SPDX-License-Identifier: MIT */
#ifndef AVR_WIRE_H
#define AVR_WIRE_H

#include <stddef.h>
#include <stdint.h>

/*
 * What a receiver at to_baud makes of n bytes that a sender at from_baud sends
 * back to back, 8N1.  Stores at most max bytes in out and returns how many.
 * At equal speeds, or nearly equal ones, that is just what was sent.
 */
size_t avr_wire_receive(const uint8_t *in, size_t n, uint32_t from_baud,
    uint32_t to_baud, uint8_t *out, size_t max);

#endif
