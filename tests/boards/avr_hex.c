/* SPDX-License-Identifier: MIT */
/*
 * Reads firmware in Intel HEX, the form in which avr-objcopy and the Arduino
 * core ship it.  A line is a record: a colon, then in hex digits a count, a
 * 16-bit address, a type, the data and a checksum that makes the sum zero.
 *
 * libsimavr has a reader too, but version 1.6 takes the records that name the
 * start address (types 3 and 5, which Debian's boot loaders contain) for data.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "avr_hex.h"

/* A count is a byte, so a record is at most 5 + 255 bytes in digits. */
#define RECORD_MAX 260
#define LINE_MAX_CHARS (1 + 2 * RECORD_MAX + 2 + 1)

enum {
	RECORD_DATA = 0,
	RECORD_END = 1,
	RECORD_SEGMENT = 2,	/* base address, in units of 16 bytes */
	RECORD_LINEAR = 4,	/* base address, upper 16 bits */
};

struct image {
	uint8_t		*flash;
	uint32_t	 size;
	uint32_t	 base;
	uint32_t	 start;
};

/* Turns the digits of a line into bytes; -EINVAL unless the sum is right. */
static int
record_parse(const char *line, uint8_t *record)
{
	size_t n = 0;
	uint8_t sum = 0;
	unsigned byte;

	if (*line++ != ':')
		return -EINVAL;
	while (n < RECORD_MAX && sscanf(line, "%2x", &byte) == 1) {
		record[n++] = (uint8_t)byte;
		sum = (uint8_t)(sum + byte);
		line += 2;
	}
	if (n < 5 || n != record[0] + 5u || sum != 0)
		return -EINVAL;
	return 0;
}

static int
image_store(struct image *image, const uint8_t *record)
{
	uint32_t address = image->base + (uint32_t)(record[1] << 8 | record[2]);

	if (address + record[0] > image->size)
		return -EFBIG;
	memcpy(image->flash + address, record + 4, record[0]);
	if (address < image->start)
		image->start = address;
	return 0;
}

/* 1 when the file is complete. */
static int
image_take(struct image *image, const uint8_t *record)
{
	uint32_t value = (uint32_t)(record[4] << 8 | record[5]);

	switch (record[3]) {
	case RECORD_DATA:
		return image_store(image, record);
	case RECORD_END:
		return 1;
	case RECORD_SEGMENT:
		image->base = value << 4;
		return 0;
	case RECORD_LINEAR:
		image->base = value << 16;
		return 0;
	default:		/* start addresses: of no use to an AVR */
		return 0;
	}
}

static int
image_read(struct image *image, FILE *file, unsigned *number)
{
	char line[LINE_MAX_CHARS];
	uint8_t record[RECORD_MAX + 2] = { 0 };
	int error;

	while (fgets(line, sizeof(line), file) != NULL) {
		++*number;
		error = record_parse(line, record);
		if (error == 0)
			error = image_take(image, record);
		if (error != 0)
			return error;
	}
	return -EINVAL;		/* no end record: the file is cut off */
}

int
avr_hex_load(const char *path, uint8_t *flash, uint32_t size, uint32_t *start)
{
	struct image image = { .flash = flash, .size = size,
		.start = UINT32_MAX };
	unsigned number = 0;
	FILE *file;
	int error;

	file = fopen(path, "re");
	if (file == NULL) {
		error = -errno;
		fprintf(stderr, "%s: %s\n", path, strerror(-error));
		return error;
	}
	error = image_read(&image, file, &number);
	fclose(file);
	if (error < 0) {
		fprintf(stderr, "%s:%u: %s\n", path, number,
		    error == -EFBIG ? "beyond the end of the flash" :
		    "not Intel HEX, damaged or cut off");
		return error;
	}
	*start = image.start;
	return 0;
}
