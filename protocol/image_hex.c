/* SPDX-License-Identifier: MIT */
/*
 * Intel's Hexadecimal Object File Format Specification: a record a step.  Lines
 * may be missing between records, and what is between them may be long.
 */
#include "image_private.h"

#include <errno.h>

/* A colon, four bytes, 255 bytes, a checksum, and the end of the line. */
#define HEX_RECORD_MAX	(1 + 2 * (4 + 255 + 1) + 2)

/* Behind the last address that it can say. */
#define HEX_END		((uint64_t)1 << 32)

struct hex_record {
	uint8_t		 len, type;
	uint32_t	 address;
	uint8_t		*data;
};

int
image_hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The next byte of a record, or -1. */
static int
hex_byte(const uint8_t *buf, size_t len, size_t *at)
{
	int	high, low;

	if (len - *at < 2)
		return -1;
	high = image_hex_digit(buf[*at]);
	low = image_hex_digit(buf[*at + 1]);
	*at += 2;
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* One record from its colon on; how many bytes it has, or 0. */
static size_t
hex_record(const uint8_t *buf, size_t len, struct hex_record *record)
{
	uint8_t	 head[4], sum = 0;
	size_t	 at = 1, i;
	int	 byte;

	if (buf[0] != ':')
		return 0;
	for (i = 0; i < sizeof head; i++) {
		if ((byte = hex_byte(buf, len, &at)) < 0)
			return 0;
		sum += head[i] = (uint8_t)byte;
	}
	record->len = head[0];
	record->address = (uint32_t)head[1] << 8 | head[2];
	record->type = head[3];
	for (i = 0; i < record->len; i++) {
		if ((byte = hex_byte(buf, len, &at)) < 0)
			return 0;
		sum += record->data[i] = (uint8_t)byte;
	}
	byte = hex_byte(buf, len, &at);
	return byte < 0 || (uint8_t)(sum + byte) != 0 ? 0 : at;
}

/* What a record does; -EINVAL if there is none such. */
static int
hex_take(struct image_reader *r, const struct hex_record *record,
    struct image_piece *piece)
{
	switch (record->type) {
	case 0:
		if (r->base + record->address + record->len > HEX_END)
			return -EINVAL;
		return image_take(&r->image, piece, r->base + record->address,
		    record->data, record->len);
	case 1:
		return record->len == 0 ? 0 : -EINVAL;
	case 2:
	case 4:
		if (record->len != 2)
			return -EINVAL;
		r->base = (uint64_t)(record->data[0] << 8 | record->data[1]) <<
		    (record->type == 2 ? 4 : 16);
		return 1;
	case 3:
	case 5:			/* where it starts: no chip here asks */
		return record->len == 4 ? 1 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static bool
hex_is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether what is left is one line, without its end. */
static bool
hex_is_last_line(const uint8_t *buf, size_t len)
{
	return len <= HEX_RECORD_MAX && memchr(buf, '\n', len) == NULL;
}

int
image_hex_step(struct image_reader *r, struct image_piece *piece,
    const char **why)
{
	struct hex_record	record = { .data = r->data };
	const uint8_t		*at;
	size_t			 spaces = 0, left, n = 0;
	int			 result = -EINVAL;

	while (r->at < r->len && hex_is_space(r->buf[r->at])) {
		r->at++;
		if (++spaces == IMAGE_STEP - HEX_RECORD_MAX)
			return 1;
	}
	at = r->buf + r->at;
	left = r->len - r->at;
	if (left > 0)
		n = hex_record(at, left, &record);
	if (n > 0)
		result = hex_take(r, &record, piece);
	r->at += n;
	if (result < 0)
		*why = hex_is_last_line(at, left) ?
		    "it is cut off: its last line is missing" :
		    "a line of it is damaged: not Intel HEX, or a wrong "
		    "checksum";
	return result;
}
