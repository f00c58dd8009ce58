/* SPDX-License-Identifier: MIT */
#ifndef AVR_HEX_H
#define AVR_HEX_H

#include <stdint.h>

/*
 * Loads the Intel HEX file at path into flash[0..size).  Bytes that the file
 * does not name are left alone.  Stores the lowest address written in *start.
 * Returns 0, or a negative errno after a line on stderr that says what is
 * wrong with the file: -EINVAL for a bad record, -EFBIG for an address beyond
 * the flash.
 */
int avr_hex_load(const char *path, uint8_t *flash, uint32_t size,
    uint32_t *start);

#endif
