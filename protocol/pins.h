/* SPDX-License-Identifier: MIT */
/*
 * The host's side of a PinServer: words that people type ("13 on") become
 * commands ("n0D"), and answers and reports become text that people read.
 * The words, letters and shapes are those of the firmware's own table,
 * firmware/arduino/PinServer/src/commands.def.
 */
#ifndef PICOD_PINS_H
#define PICOD_PINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PINS_DIGITS	72	/* after the letter; what a board takes */
#define PINS_VALUES	64	/* in one answer, at most */
#define PINS_TEXT	1024	/* any text that is made here, with its NUL */
#define PINS_NONE	0xff	/* no such pin */

/* Command i, and the letters that are reports: for the driver's options. */
#define PINS_IDENTIFY	"i"
extern const char pins_reports[];

/* What a board says of itself. */
struct pins_board {
	unsigned	 version;	/* of the commands */
	unsigned	 pins;		/* they are numbered from 0 */
	unsigned	 first_analog;	/* the pin called A0 */
	unsigned	 analogs;
	unsigned	 analog_bits;
	unsigned	 led;		/* PINS_NONE where there is none */
	char		 name[40];	/* "PinServer 1.0 Arduino Uno" */
};

struct pins_command {
	char		 text[1 + PINS_DIGITS + 1];	/* for Send */
	char		 letter;
	bool		 watches;	/* reports will follow */
	size_t		 pin_count;	/* the pins that were named */
	uint8_t		 pin[PINS_DIGITS / 2];
};

/* What people may type; ends with an entry whose word is NULL. */
struct pins_word {
	const char	*word;
	char		 letter;
	const char	*usage;		/* "PIN... pwm N" */
	const char	*help;		/* a sentence without its full stop */
};

extern const struct pins_word pins_words[];

/*
 * Reads the answer to PINS_IDENTIFY, a line with or without its newline.  0,
 * or -EPROTO if that is no PinServer; then *board is untouched.
 */
int	pins_identify(struct pins_board *board, const char *output);

/*
 * Makes a command of words: {"13", "on"}.  0, or -EINVAL with a sentence in
 * why, of PINS_TEXT bytes, that says what is wrong; then *command is
 * unspecified.  Whether a pin can do what is asked, only the board knows.
 */
int	pins_command(struct pins_command *command,
    const struct pins_board *board, size_t count, const char *const *words,
    char *why);

/*
 * The values of the answer to a command, in its order: levels, voltages,
 * capabilities, bytes, microseconds.  Their number, which is 0 for a command
 * that has none, or -EPROTO if the output does not fit the command.
 */
int	pins_values(const struct pins_command *command, const char *output,
    unsigned long values[PINS_VALUES]);

/*
 * The same as text, lines each with its newline, into text, of PINS_TEXT
 * bytes.  Its length, or -EPROTO.
 */
int	pins_answer(const struct pins_command *command,
    const struct pins_board *board, const char *output, char *text);

/*
 * A report (one event of the driver, with or without its newline) as a line of
 * text without newline: "2 1", "A0 512", "lost 3", "started".  Its length, or
 * -EPROTO if it is none.
 */
int	pins_report(const struct pins_board *board, const char *report,
    char *text);

/* How people call a pin: "13", "A0".  Its length; into PINS_TEXT bytes. */
int	pins_pin_name(const struct pins_board *board, unsigned pin,
    char *text);

#endif
