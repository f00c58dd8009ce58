/* SPDX-License-Identifier: MIT */
/*
 * The ELF specification: the segments that are loaded, at their physical
 * addresses, where the data of a program waits for its start.
 */
#include "image_private.h"

#include <errno.h>

#define ELF_HEADER		52
#define ELF_SEGMENT		32
#define ELF_LOAD		1

/* avr-gcc's addresses of RAM and EEPROM, which are no flash. */
#define AVR_NOT_FLASH		0x800000

static enum image_arch
elf_arch(uint32_t machine)
{
	switch (machine) {
	case 83: return IMAGE_AVR;
	case 40: return IMAGE_ARM;
	case 243: return IMAGE_RISCV;
	default: return IMAGE_OTHER_ARCH;
	}
}

static int
elf_begin(struct image_reader *r, const char **why)
{
	const uint8_t	*head = r->buf;
	uint64_t	 size;

	if (r->len < ELF_HEADER || memcmp(head, "\177ELF", 4) != 0)
		return -EINVAL;
	if (head[4] != 1 || head[5] != 1 || get16(head + 16) != 2) {
		*why = "it is not an ELF program of 32 bits: an object, a "
		    "library, or a program for another computer";
		return -EINVAL;
	}
	r->image.arch = elf_arch(get16(head + 18));
	r->image.machine = (uint16_t)get16(head + 18);
	r->image.entry = get32(head + 24);
	r->image.flags = get32(head + 36);
	size = get16(head + 42);
	r->count = get16(head + 44);
	r->base = get32(head + 28);
	if (size < ELF_SEGMENT || r->base + size * r->count > r->len)
		return -EINVAL;
	r->at = ELF_HEADER;
	return 1;
}

/* Whether a segment is wholly there, and none of it was there before. */
static bool
elf_is_sound(const struct image_reader *r, const uint8_t *segment)
{
	uint64_t	offset = get32(segment + 4), size = get32(segment + 16);

	return offset + size <= r->len && r->image.size + size <= r->len;
}

static bool
elf_is_loaded(const struct image_reader *r, const uint8_t *segment)
{
	return get32(segment) == ELF_LOAD && (r->image.arch != IMAGE_AVR ||
	    get32(segment + 12) < AVR_NOT_FLASH);
}

int
image_elf_step(struct image_reader *r, struct image_piece *piece,
    const char **why)
{
	const uint8_t	*segment;
	uint32_t	 size, at = r->segment_at;

	*why = "it is damaged or cut off: not a whole ELF program";
	if (r->at == 0)
		return elf_begin(r, why);
	if (r->segment == r->count)
		return 0;
	segment = r->buf + r->base + (uint64_t)r->segment * get16(r->buf + 42);
	size = get32(segment + 16);
	if (get32(segment) == ELF_LOAD && at == 0 && !elf_is_sound(r, segment))
		return -EINVAL;
	if (!elf_is_loaded(r, segment) || at == size) {
		r->segment++;
		r->segment_at = 0;
		return 1;
	}
	size = size - at < IMAGE_STEP ? size - at : IMAGE_STEP;
	r->segment_at += size;
	return image_take(&r->image, piece, (uint64_t)get32(segment + 12) + at,
	    r->buf + get32(segment + 4) + at, size);
}
