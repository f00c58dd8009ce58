/* SPDX-License-Identifier: MIT */
/*
 * Checksums for a board without binascii, which has no CRC.
 */
#ifndef PICOD_FILES_SUM_H
#define PICOD_FILES_SUM_H

#include <stddef.h>
#include <stdint.h>

/* Of what arrives at once: a window, or a frame. */
uint32_t	files_sum(const uint8_t *, size_t);

/* Of a file, in place of its digest. */
uint32_t	files_sum_file(const uint8_t *, size_t);

/*
 * A window for a board that reads whole windows without a head: the bytes, and
 * four more that make the sum of all of them 0.  to has room for len + 4.
 */
size_t	files_seal(const uint8_t *, size_t len, uint8_t *to);

#endif
