/* SPDX-License-Identifier: MIT */
/*
 * Images as picod writes them: for tools, which are given nothing that a stranger
 * has made.
 */
#ifndef PICOD_IMAGE_WRITE_H
#define PICOD_IMAGE_WRITE_H

#include "image.h"

/* The most text that a piece becomes: of 16 bytes a line, and of the edges. */
#define IMAGE_HEX_MAX	((IMAGE_STEP / 16 + 3) * 48)

/* Segments of an ELF. */
#define IMAGE_SEGMENTS	64

/* Where the bytes of the first one begin. */
#define IMAGE_ELF_DATA	(52 + 32 * IMAGE_SEGMENTS)

/* Zeroed: nothing was written yet. */
struct image_hex {
	uint32_t	 upper;		/* of the addresses, as it was said last */
};

struct image_elf {
	uint32_t	 count;
	struct {
		uint32_t	 address, size;
	}		 segments[IMAGE_SEGMENTS];
};

/* Intel HEX of a piece, IMAGE_HEX_MAX at most: how many bytes.  And its end. */
size_t	image_hex_write(struct image_hex *, const struct image_piece *,
    char *out);
size_t	image_hex_end(char *out);

/*
 * Notes a piece of an ELF, whose bytes stand behind those of the pieces before, the
 * first at IMAGE_ELF_DATA.  -E2BIG: there are too many that do not follow each
 * other.
 */
int	image_elf_add(struct image_elf *, const struct image_piece *);

/* What stands before them, IMAGE_ELF_DATA bytes, of a program like that image. */
void	image_elf_head(const struct image_elf *, const struct image *,
    uint8_t *out);

#endif
