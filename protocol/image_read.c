/* SPDX-License-Identifier: MIT */
/*
 * Reading an image, whatever it is.  All of it is read, not only its head: the
 * checksums and counts of HEX and UF2 are what shows that a file was cut.
 *
 * It is pulled a piece at a time and none of it is looked at twice, so that
 * whoever reads a file of a stranger's making knows what each call costs.
 */
#include "image_private.h"

#include <errno.h>

/* Blank lines that may come before a HEX. */
#define BLANK_MAX	1024

/* The second stage of an RP2040, and its CRC behind it: datasheet, 2.8.1.3.1. */
#define BOOT2_SIZE	252

static uint32_t
bin_crc(const uint8_t *buf, size_t len)
{
	uint32_t	crc = 0xffffffff;
	size_t		i;
	int		bit;

	for (i = 0; i < len; i++) {
		crc ^= (uint32_t)buf[i] << 24;
		for (bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? 0x04c11db7 : 0);
	}
	return crc;
}

static void
bin_begin(struct image_reader *r)
{
	uint32_t	word = r->len >= 2 ? get16(r->buf) : 0;

	/* JMP and RJMP of the AVR instruction set: the vector of reset. */
	r->image.starts_avr = (word & 0xfe0e) == 0x940c ||
	    (word & 0xf000) == 0xc000;
	r->image.starts_rp2040 = r->len >= BOOT2_SIZE + 4 &&
	    bin_crc(r->buf, BOOT2_SIZE) == get32(r->buf + BOOT2_SIZE);
}

static int
image_bin_step(struct image_reader *r, struct image_piece *piece)
{
	size_t	at = r->at, n = r->len - at < IMAGE_STEP ? r->len - at : IMAGE_STEP;

	if (at == 0)
		bin_begin(r);
	if (n == 0)
		return 0;
	r->at += n;
	return image_take(&r->image, piece, at, r->buf + at, n);
}

/* What a file is by its first bytes; ANY if they say nothing. */
static enum image_format
image_recognize(const uint8_t *buf, size_t len)
{
	size_t	at = 0;

	if (len >= 4 && memcmp(buf, "\177ELF", 4) == 0)
		return IMAGE_ELF;
	if (len >= 8 && get32(buf) == UF2_MAGIC_FIRST &&
	    get32(buf + 4) == UF2_MAGIC_SECOND)
		return IMAGE_UF2;
	while (at < len && at < BLANK_MAX && (buf[at] == '\r' ||
	    buf[at] == '\n' || buf[at] == ' '))
		at++;
	if (len - at >= 11 && buf[at] == ':' && image_hex_digit(buf[at + 1]) >= 0)
		return IMAGE_HEX;
	return IMAGE_ANY_FORMAT;
}

void
image_reader_init(struct image_reader *r, const uint8_t *buf, size_t len,
    enum image_format format)
{
	enum image_format	found = image_recognize(buf, len);

	*r = (struct image_reader){ .buf = buf, .len = len };
	if (format == IMAGE_BIN && found == IMAGE_ANY_FORMAT)
		found = IMAGE_BIN;
	r->is_other = format != IMAGE_ANY_FORMAT && format != found;
	r->image.format = found;
}

static int
image_step(struct image_reader *r, struct image_piece *piece, const char **why)
{
	if (r->is_other) {
		*why = "it is not what its name says it is";
		return -EINVAL;
	}
	switch (r->image.format) {
	case IMAGE_HEX: return image_hex_step(r, piece, why);
	case IMAGE_ELF: return image_elf_step(r, piece, why);
	case IMAGE_UF2: return image_uf2_step(r, piece, why);
	case IMAGE_BIN: return image_bin_step(r, piece);
	default:
		*why = "it is no image: neither Intel HEX nor ELF nor UF2";
		return -EINVAL;
	}
}

int
image_read(struct image_reader *r, struct image_piece *piece, const char **why)
{
	int	result;

	*piece = (struct image_piece){ 0 };
	result = image_step(r, piece, why);
	if (result == 0 && r->image.size == 0) {
		*why = "there is nothing in it";
		return -EINVAL;
	}
	return result;
}
