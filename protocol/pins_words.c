/* SPDX-License-Identifier: MIT */
/*
 * From words to a PinServer's command.  The first word that the table knows is
 * what shall be done; before it stand the pins, after it the arguments.
 */
#include "pins_make.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* "13", "A0", or "led"; GP13 and D13 where that is printed on the board. */
static int
parse_pin(struct pins_maker *maker, const char *text, uint8_t *pin)
{
	const struct pins_board	*board = maker->board;
	const char		*digits = text;
	unsigned long		 value;

	if (strcmp(text, "led") == 0 && board->led != PINS_NONE) {
		*pin = (uint8_t)board->led;
		return 0;
	}
	if (strncmp(text, "GP", 2) == 0)
		digits += 2;
	else if (text[0] == 'A' || text[0] == 'D')
		digits++;
	if (pins_number(maker, digits, UINT8_MAX, &value) < 0)
		return pins_complain(maker, "no pin has such a name", text);
	if (text[0] == 'A' && value >= board->analogs)
		return pins_complain(maker, "the board has no such pin", text);
	if (text[0] == 'A')
		value += board->first_analog;
	if (value >= board->pins)
		return pins_complain(maker, "the board has no such pin", text);
	*pin = (uint8_t)value;
	return 0;
}

/* The first of the words that says what to do; count if none does. */
static size_t
find_word(size_t count, const char *const *words,
    const struct pins_word **found)
{
	const struct pins_word	*word;
	size_t			 i;

	for (i = 0; i < count; i++) {
		for (word = pins_words; word->word != NULL; word++) {
			if (strcmp(word->word, words[i]) == 0) {
				*found = word;
				return i;
			}
		}
	}
	return count;
}

static int
parse_pins(struct pins_maker *maker, size_t count, const char *const *words)
{
	size_t	i;

	if (count == 1 && maker->word->letter == 'x' &&
	    strcmp(words[0], "none") == 0)
		return 0;
	if (count > sizeof(maker->command->pin))
		return pins_complain(maker, "too many pins", words[0]);
	for (i = 0; i < count; i++) {
		if (parse_pin(maker, words[i], &maker->command->pin[i]) < 0)
			return -EINVAL;
	}
	maker->pins = maker->command->pin_count = count;
	return 0;
}

/*
 * "read" and "watch" do for pins that are named A0, A1 ... what one wants of
 * these.  1 if all are, 0 if none is, -EINVAL for a mixture.
 */
static int
named_analog(struct pins_maker *maker, size_t count, const char *const *words)
{
	size_t	i, analog = 0;

	for (i = 0; i < count; i++)
		analog += words[i][0] == 'A';
	if (analog == 0)
		return 0;
	return analog == count ? 1 :
	    pins_complain(maker, "levels and voltages need two commands",
	    maker->word->word);
}

static int
choose_letter(struct pins_maker *maker, size_t count, const char *const *words)
{
	char	*letter = &maker->command->letter;
	int	 analog;

	*letter = maker->word->letter;
	if (strcmp(maker->word->word, "read") != 0 &&
	    strcmp(maker->word->word, "watch") != 0)
		return 0;
	analog = named_analog(maker, count, words);
	if (analog > 0)
		*letter = *letter == 'r' ? 'a' : 'g';
	return analog < 0 ? analog : 0;
}

/* The last word is meant to say it, unless it is a pin. */
static int
complain_no_word(struct pins_maker *maker, size_t count,
    const char *const *words)
{
	uint8_t	pin;

	if (count == 0 || parse_pin(maker, words[count - 1], &pin) == 0)
		snprintf(maker->why, PINS_TEXT, "what shall be done? Such as: "
		    "on, off, read, pwm, watch; pinserver(7) has all words");
	else
		snprintf(maker->why, PINS_TEXT, "there is no word \"%.20s\"; "
		    "there are on, off, read, pwm, watch; pinserver(7) has all",
		    words[count - 1]);
	return -EINVAL;
}

int
pins_command(struct pins_command *command, const struct pins_board *board,
    size_t count, const char *const *words, char *why)
{
	struct pins_maker	maker = { .command = command, .board = board,
			    .why = why };
	size_t		at = find_word(count, words, &maker.word);

	memset(command, 0, sizeof(*command));
	if (at == count)
		return complain_no_word(&maker, count, words);
	maker.arg = words + at + 1;
	maker.args = count - at - 1;
	if (choose_letter(&maker, at, words) < 0 ||
	    parse_pins(&maker, at, words) < 0)
		return -EINVAL;
	command->text[0] = command->letter;
	command->watches = strchr("weg", command->letter) != NULL;
	return pins_make(&maker);
}
