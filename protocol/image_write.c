/* SPDX-License-Identifier: MIT */
/*
 * The least that is an Intel HEX, and the least that is an ELF program: no
 * sections, no names, nothing but bytes and their addresses.
 */
#include "image_write.h"

#include <errno.h>
#include <string.h>

#define HEX_LINE	16

#define ELF_HEADER	52
#define ELF_SEGMENT	32

static char *
put_hex(char *p, uint8_t byte)
{
	static const char	digits[] = "0123456789ABCDEF";

	p[0] = digits[byte >> 4];
	p[1] = digits[byte & 15];
	return p + 2;
}

static size_t
hex_record(char *out, uint8_t type, uint32_t address, const uint8_t *data,
    size_t len)
{
	const uint8_t	head[] = { (uint8_t)len, (uint8_t)(address >> 8),
			    (uint8_t)address, type };
	uint8_t		sum = 0;
	char		*p = out;
	size_t		i;

	*p++ = ':';
	for (i = 0; i < sizeof head; i++, sum += head[i - 1])
		p = put_hex(p, head[i]);
	for (i = 0; i < len; i++, sum += data[i - 1])
		p = put_hex(p, data[i]);
	p = put_hex(p, (uint8_t)-sum);
	*p++ = '\n';
	return (size_t)(p - out);
}

size_t
image_hex_write(struct image_hex *hex, const struct image_piece *piece, char *out)
{
	const uint8_t	*data = piece->data;
	uint64_t	 address = piece->address;
	size_t		 left = piece->len, n;
	char		*p = out;
	uint8_t		 upper[2];

	for (; left > 0; left -= n, data += n, address += n) {
		n = HEX_LINE - address % HEX_LINE;	/* no line over an edge */
		n = left < n ? left : n;
		if (address >> 16 != hex->upper) {
			hex->upper = (uint32_t)(address >> 16);
			upper[0] = (uint8_t)(hex->upper >> 8);
			upper[1] = (uint8_t)hex->upper;
			p += hex_record(p, 4, 0, upper, sizeof upper);
		}
		p += hex_record(p, 0, (uint32_t)address & 0xffff, data, n);
	}
	return (size_t)(p - out);
}

size_t
image_hex_end(char *out)
{
	return hex_record(out, 1, 0, NULL, 0);
}

int
image_elf_add(struct image_elf *elf, const struct image_piece *piece)
{
	uint32_t	n = elf->count;

	if (piece->len == 0)
		return 0;
	if (n > 0 && (uint64_t)elf->segments[n - 1].address +
	    elf->segments[n - 1].size == piece->address) {
		elf->segments[n - 1].size += (uint32_t)piece->len;
		return 0;
	}
	if (n == IMAGE_SEGMENTS)
		return -E2BIG;
	elf->segments[n].address = (uint32_t)piece->address;
	elf->segments[n].size = (uint32_t)piece->len;
	elf->count++;
	return 0;
}

static void
put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static void
put32(uint8_t *p, uint32_t value)
{
	put16(p, value);
	put16(p + 2, value >> 16);
}

void
image_elf_head(const struct image_elf *elf, const struct image *image,
    uint8_t *out)
{
	uint32_t	offset = IMAGE_ELF_DATA, i;
	uint8_t		*segment = out + ELF_HEADER;

	memset(out, 0, IMAGE_ELF_DATA);
	memcpy(out, "\177ELF\1\1\1", 7);	/* 32 bits, little-endian */
	put16(out + 16, 2);			/* a program */
	put16(out + 18, image->machine);
	put32(out + 20, 1);
	put32(out + 24, image->entry);
	put32(out + 28, ELF_HEADER);
	put32(out + 36, image->flags);
	put16(out + 40, ELF_HEADER);
	put16(out + 42, ELF_SEGMENT);
	put16(out + 44, elf->count);
	for (i = 0; i < elf->count; i++, segment += ELF_SEGMENT) {
		put32(segment, 1);		/* to be loaded */
		put32(segment + 4, offset);
		put32(segment + 8, elf->segments[i].address);
		put32(segment + 12, elf->segments[i].address);
		put32(segment + 16, elf->segments[i].size);
		put32(segment + 20, elf->segments[i].size);
		put32(segment + 24, 7);
		put32(segment + 28, 1);
		offset += elf->segments[i].size;
	}
}
