/* SPDX-License-Identifier: MIT */
/*
 * What "picotool info" prints of the image.  It looks in the first 256 bytes
 * behind boot2 for a marker; the addresses that follow lead it to a list of
 * entries, each a name or a number with an identifier that picotool knows.
 */
#include <stdint.h>

#include "pin_hal.h"

#define MARKER_BEGIN	0x7188ebf2
#define MARKER_END	0xe71aa390

#define TAG_RASPBERRY_PI	('R' | 'P' << 8)
#define TYPE_INT		5
#define TYPE_STRING		6
#define ID_PROGRAM_NAME		0x02031c86
#define ID_PROGRAM_VERSION	0x11a9bc3a
#define ID_PROGRAM_DESCRIPTION	0xb6a07c19
#define ID_BINARY_END		0x68f465de
#define ID_BOARD		0xb63cffbb
#define ID_BOOT2_NAME		0x7f8882e1

struct info_entry {
	uint16_t	 type;
	uint16_t	 tag;
	uint32_t	 id;
	const void	*value;		/* or a number */
};

extern const struct info_entry *const info_begin[], *const info_end[];
extern const uint32_t text_end[], data_begin[], data_end[], image_end[];

/* Where that which is in RAM stands in the flash; a zero ends it. */
static const uint32_t *const mapping[] = {
	text_end, data_begin, data_end, 0
};

__attribute__((section(".info_header"), used))
static const struct {
	uint32_t	 begin;
	const void	*entries, *entries_end;
	const void	*mapping;
	uint32_t	 end;
} header = {
	MARKER_BEGIN, info_begin, info_end, mapping, MARKER_END
};

#define ENTRY(name, type, id, value)					\
	static const struct info_entry name = {				\
		type, TAG_RASPBERRY_PI, id, value			\
	};								\
	__attribute__((section(".info_entries"), used))			\
	static const struct info_entry *const name##_entry = &name

ENTRY(program, TYPE_STRING, ID_PROGRAM_NAME, "picod PinServer");
ENTRY(version, TYPE_STRING, ID_PROGRAM_VERSION, PIN_RELEASE);
ENTRY(description, TYPE_STRING, ID_PROGRAM_DESCRIPTION,
    "the pins as a peripheral, commanded by text over USB");
ENTRY(board, TYPE_STRING, ID_BOARD, "pico");
ENTRY(boot2_name, TYPE_STRING, ID_BOOT2_NAME, "own, 03h serial read");
ENTRY(end, TYPE_INT, ID_BINARY_END, image_end);
