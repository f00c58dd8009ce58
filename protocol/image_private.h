/* SPDX-License-Identifier: MIT */
/*
 * For the files image*.c only: the formats.  Each step is one of image_read(),
 * with its result.
 */
#ifndef PICOD_IMAGE_PRIVATE_H
#define PICOD_IMAGE_PRIVATE_H

#include <string.h>

#include "image.h"

#define UF2_MAGIC_FIRST		0x0a324655
#define UF2_MAGIC_SECOND	0x9e5d5157

static inline uint32_t
get16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t
get32(const uint8_t *p)
{
	return get16(p) | get16(p + 2) << 16;
}

/* Bytes of the image at an address, and the piece that has them. */
static inline int
image_take(struct image *image, struct image_piece *piece, uint64_t address,
    const uint8_t *data, size_t len)
{
	*piece = (struct image_piece){ address, data, len };
	if (len == 0)
		return 1;
	if (image->size == 0 || address < image->low)
		image->low = address;
	if (image->size == 0 || address + len > image->high)
		image->high = address + len;
	image->size += len;
	return 1;
}

/* The value of a digit, or -1. */
int	image_hex_digit(uint8_t c);

int	image_hex_step(struct image_reader *, struct image_piece *,
    const char **why);
int	image_elf_step(struct image_reader *, struct image_piece *,
    const char **why);
int	image_uf2_step(struct image_reader *, struct image_piece *,
    const char **why);

#endif
