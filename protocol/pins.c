/* SPDX-License-Identifier: MIT */
/*
 * From a PinServer's hex digits to text.  An answer is one line: the letter of
 * its command and values of equal width.  How wide they are, and whether there
 * is one for each pin that was asked for, depends on the letter alone.
 */
#include "pins.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ANALOG_NAMES	"A"

const char pins_reports[] = {
#define PIN_REPORT(letter, name, shape, usage, help) letter,
#include "firmware/arduino/PinServer/src/commands.def"
	'\0'
};

const struct pins_word pins_words[] = {
#define PIN_WORD(word, letter, usage, help) { word, letter, usage, help },
#include "firmware/arduino/PinServer/src/commands.def"
	{ NULL, 0, NULL, NULL }
};

static const struct capability {
	unsigned	 bit;
	const char	*word;
} capabilities[] = {
#define PIN_CAPABILITY(bit, name, word) { bit, word },
#include "firmware/arduino/PinServer/src/commands.def"
};

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Takes so many hex digits.  False if they are not there. */
static bool
take(const char **text, unsigned digits, unsigned long *value)
{
	unsigned long result = 0;
	int	 digit;

	for (; digits > 0; digits--, (*text)++) {
		digit = digit_value(**text);
		if (digit < 0)
			return false;
		result = result << 4 | (unsigned long)digit;
	}
	*value = result;
	return true;
}

static bool
at_end(const char *text)
{
	return *text == '\0' || strcmp(text, "\n") == 0;
}

static bool
take_name(const char **text, char *name, size_t size)
{
	unsigned long c;
	size_t	 len = 0;

	while (!at_end(*text)) {
		if (!take(text, 2, &c) || c < ' ' || c > '~' || len + 1 >= size)
			return false;
		name[len++] = (char)c;
	}
	name[len] = '\0';
	return true;
}

int
pins_identify(struct pins_board *board, const char *output)
{
	static const char	prefix[] = "PinServer ";
	struct pins_board	found;
	unsigned long		number[6];
	size_t			i;

	if (*output++ != 'i')
		return -EPROTO;
	for (i = 0; i < 6; i++) {
		if (!take(&output, 2, &number[i]))
			return -EPROTO;
	}
	if (!take_name(&output, found.name, sizeof(found.name)) ||
	    strncmp(found.name, prefix, sizeof(prefix) - 1) != 0)
		return -EPROTO;
	found.version = (unsigned)number[0];
	found.pins = (unsigned)number[1];
	found.first_analog = (unsigned)number[2];
	found.analogs = (unsigned)number[3];
	found.analog_bits = (unsigned)number[4];
	found.led = (unsigned)number[5];
	*board = found;
	return 0;
}

/* How many digits each value of an answer has; 0: it has none. */
static unsigned
answer_width(char letter)
{
	switch (letter) {
	case 'r':
		return 1;
	case 'x': case 'y':
		return 2;
	case 'a': case 'q':
		return 4;
	case 'u':
		return 8;
	default:
		return 0;
	}
}

/* Whether an answer may have so many values. */
static bool
answer_fits(const struct pins_command *command, size_t count)
{
	switch (command->letter) {
	case 'x': case 'y':
		return true;
	case 'u':
		return count == 1;
	default:
		return count == command->pin_count;
	}
}

int
pins_values(const struct pins_command *command, const char *output,
    unsigned long values[PINS_VALUES])
{
	unsigned width = answer_width(command->letter);
	size_t	 count = 0;

	if (at_end(output))
		return width == 0 || answer_fits(command, 0) ? 0 : -EPROTO;
	if (width == 0 || *output++ != command->letter)
		return -EPROTO;
	while (!at_end(output)) {
		if (count == PINS_VALUES ||
		    !take(&output, width, &values[count]))
			return -EPROTO;
		count++;
	}
	return answer_fits(command, count) ? (int)count : -EPROTO;
}

int
pins_pin_name(const struct pins_board *board, unsigned pin, char *text)
{
	if (pin >= board->first_analog &&
	    pin - board->first_analog < board->analogs)
		return snprintf(text, PINS_TEXT, ANALOG_NAMES "%u",
		    pin - board->first_analog);
	return snprintf(text, PINS_TEXT, "%u", pin);
}

/* Text under construction, which never outgrows PINS_TEXT. */
struct text {
	char	*start;
	size_t	 len;
};

static void
add(struct text *text, const char *more)
{
	size_t	len = strlen(more);

	if (len >= PINS_TEXT - text->len)
		len = PINS_TEXT - text->len - 1;
	memcpy(text->start + text->len, more, len);
	text->len += len;
	text->start[text->len] = '\0';
}

static void
add_capabilities(struct text *text, const struct pins_board *board,
    unsigned pin, unsigned long bits)
{
	char	name[PINS_TEXT];
	size_t	i;

	pins_pin_name(board, pin, name);
	add(text, name);
	add(text, ":");
	for (i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++) {
		if (bits & capabilities[i].bit) {
			add(text, " ");
			add(text, capabilities[i].word);
		}
	}
	add(text, "\n");
}

static int
answer_identity(struct text *text, const char *output)
{
	struct pins_board	board;
	char			line[PINS_TEXT];

	if (pins_identify(&board, output) < 0)
		return -EPROTO;
	snprintf(line, sizeof(line),
	    "%s\n%u pins, the analogue ones A0 to A%u from %u on with %u bits\n",
	    board.name, board.pins, board.analogs - 1, board.first_analog,
	    board.analog_bits);
	add(text, line);
	if (board.led != PINS_NONE) {
		snprintf(line, sizeof(line), "the light is pin %u\n",
		    board.led);
		add(text, line);
	}
	return (int)text->len;
}

/* Bytes of a bus stand in one line, in hex; other values each in its own. */
static void
add_value(struct text *text, const struct pins_command *command,
    unsigned long value, bool last)
{
	char	number[24];

	if (command->letter == 'x' || command->letter == 'y')
		snprintf(number, sizeof(number), "%02lx%s", value,
		    last ? "\n" : " ");
	else
		snprintf(number, sizeof(number), "%lu\n", value);
	add(text, number);
}

int
pins_answer(const struct pins_command *command,
    const struct pins_board *board, const char *output, char *text)
{
	struct text	result = { .start = text };
	unsigned long	values[PINS_VALUES];
	int		count, i;

	*text = '\0';
	if (command->letter == 'i')
		return answer_identity(&result, output);
	count = pins_values(command, output, values);
	if (count < 0)
		return count;
	for (i = 0; i < count; i++) {
		if (command->letter == 'q')
			add_capabilities(&result, board, command->pin[i],
			    values[i]);
		else
			add_value(&result, command, values[i], i + 1 == count);
	}
	return (int)result.len;
}

static int
report_of_pin(const struct pins_board *board, const char *report,
    unsigned digits, char *text)
{
	unsigned long	pin, value;
	int		len;

	if (!take(&report, 2, &pin) || !take(&report, digits, &value) ||
	    !at_end(report))
		return -EPROTO;
	len = pins_pin_name(board, (unsigned)pin, text);
	return len + snprintf(text + len, PINS_TEXT - (size_t)len, " %lu",
	    value);
}

int
pins_report(const struct pins_board *board, const char *report, char *text)
{
	unsigned long	value;

	switch (*report++) {
	case 'l':
		return report_of_pin(board, report, 1, text);
	case 'v':
		return report_of_pin(board, report, 4, text);
	case 'o':
		if (!take(&report, 4, &value) || !at_end(report))
			return -EPROTO;
		return snprintf(text, PINS_TEXT, "lost %lu", value);
	case 'h':
		if (!take(&report, 2, &value) || !at_end(report))
			return -EPROTO;
		return snprintf(text, PINS_TEXT, "started");
	default:
		return -EPROTO;
	}
}
