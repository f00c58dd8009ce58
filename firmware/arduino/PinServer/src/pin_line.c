/* SPDX-License-Identifier: MIT */
/*
 * The PiSerial library reads a command by waiting for each of its digits.  A
 * board that also reports what happens at its pins cannot wait, so here the
 * same language is read by a small machine that is fed bytes as they come.
 *
 * Letters, digits and the newline do not overlap.  So a byte that does not fit
 * ends the command before it (RR), and if it is a letter, begins the next:
 * what is broken off costs only itself.  Between commands all else is noise.
 */
#include "pin_line.h"

void
pin_line_init(struct pin_line *line)
{
	line->letter = 0;
	line->cr = false;
	line->count = 0;
	line->last_ms = 0;
}

static int
digit_value(uint8_t byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

static void
begin(struct pin_line *line, uint8_t byte)
{
	line->letter = byte >= 'a' && byte <= 'z' ? (char)byte : 0;
	line->cr = false;
	line->count = 0;
}

enum pin_line_event
pin_line_feed(struct pin_line *line, uint8_t byte, char *letter,
    uint32_t now_ms)
{
	int	value = digit_value(byte);

	line->last_ms = now_ms;
	if (line->letter == 0) {
		begin(line, byte);
		return PIN_LINE_NONE;
	}
	if (byte == '\n') {
		*letter = line->letter;
		line->letter = 0;
		return PIN_LINE_COMMAND;
	}
	if (byte == '\r' && !line->cr) {
		line->cr = true;
		return PIN_LINE_NONE;
	}
	if (value >= 0 && !line->cr && line->count < PIN_LINE_DIGITS) {
		line->digit[line->count++] = (uint8_t)value;
		return PIN_LINE_NONE;
	}
	begin(line, byte);
	return PIN_LINE_BROKEN;
}

enum pin_line_event
pin_line_tick(struct pin_line *line, uint32_t now_ms)
{
	if (line->letter == 0 || now_ms - line->last_ms < PIN_LINE_TIMEOUT_MS)
		return PIN_LINE_NONE;
	line->letter = 0;
	return PIN_LINE_BROKEN;
}

bool
pin_line_open(const struct pin_line *line)
{
	return line->letter != 0;
}
