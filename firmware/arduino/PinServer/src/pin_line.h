/* SPDX-License-Identifier: MIT */
/*
 * The receiving side of the PiSerial protocol, one byte at a time.
 */
#ifndef PIN_LINE_H
#define PIN_LINE_H

#include <stdbool.h>
#include <stdint.h>

#define PIN_LINE_DIGITS		72	/* a letter and 36 bytes */
#define PIN_LINE_TIMEOUT_MS	100	/* between two bytes of one command */

enum pin_line_event {
	PIN_LINE_NONE,
	PIN_LINE_COMMAND,	/* letter and digits are there */
	PIN_LINE_BROKEN,	/* one was broken off: to be answered RR */
};

struct pin_line {
	char	 letter;	/* 0 between commands */
	bool	 cr;		/* a \r came: only \n may follow */
	uint8_t	 count;
	uint8_t	 digit[PIN_LINE_DIGITS];	/* 0 to 15 each */
	uint32_t last_ms;
};

void	pin_line_init(struct pin_line *);

/* Eats one byte.  After PIN_LINE_COMMAND the digits stay until the next. */
enum pin_line_event pin_line_feed(struct pin_line *, uint8_t byte,
	    char *letter, uint32_t now_ms);

/* PIN_LINE_BROKEN once, if the rest of a command is overdue. */
enum pin_line_event pin_line_tick(struct pin_line *, uint32_t now_ms);

/* Whether a command has begun and not ended. */
bool	pin_line_open(const struct pin_line *);

#endif
