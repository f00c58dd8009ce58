/* SPDX-License-Identifier: MIT */
/*
 * What each letter of a PinServer's commands takes, as one function for each:
 * how many pins, which arguments, and how these become digits.  The shapes are
 * those of commands.def; the test of this module holds them against a board.
 */
#include "pins_make.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERIOD_MS	1000	/* of "A0 watch" */
#define PULSE_MS	1000	/* "pulse" waits so long unless told */
#define DEGREES_US	544	/* where 0 and 180 degrees are for the servo */
#define DEGREES_MAX_US	2400	/* library of the Arduino, and here */

static const struct mode {
	unsigned	 digit;
	const char	*word;
} modes[] = {
#define PIN_MODE(digit, name, needs, word) { digit, word },
#include "firmware/arduino/PinServer/src/commands.def"
};

int
pins_complain(struct pins_maker *maker, const char *what, const char *about)
{
	snprintf(maker->why, PINS_TEXT, "%s: %s", about, what);
	return -EINVAL;
}

static int
complain_usage(struct pins_maker *maker)
{
	snprintf(maker->why, PINS_TEXT, "%s: %s", maker->pins == 0 &&
	    strncmp(maker->word->usage, "PIN", 3) == 0 ?
	    "the pins come first" : "it is", maker->word->usage);
	return -EINVAL;
}

int
pins_number(struct pins_maker *maker, const char *text, unsigned long limit,
    unsigned long *value)
{
	char	*end;
	char	 what[60];
	int	 base = strncmp(text, "0x", 2) == 0 ? 16 : 10;

	if (text[0] < '0' || text[0] > '9')
		return pins_complain(maker, "a number is needed here", text);
	*value = strtoul(text, &end, base);
	if (*end != '\0')
		return pins_complain(maker, "a number is needed here", text);
	if (*value > limit) {
		snprintf(what, sizeof(what), "that is more than %lu", limit);
		return pins_complain(maker, what, text);
	}
	return 0;
}

static int
add(struct pins_maker *maker, unsigned long value, int digits)
{
	char	*text = maker->command->text;
	size_t	 len = strlen(text);

	if (len - 1 + (size_t)digits > PINS_DIGITS) {
		snprintf(maker->why, PINS_TEXT,
		    "that is too much for one command");
		return -EINVAL;
	}
	snprintf(text + len, (size_t)digits + 1, "%0*lX", digits, value);
	return 0;
}

static int
add_number(struct pins_maker *maker, const char *text, unsigned long limit,
    int digits)
{
	unsigned long	value;

	if (pins_number(maker, text, limit, &value) < 0)
		return -EINVAL;
	return add(maker, value, digits);
}

static int
make_nothing(struct pins_maker *maker)
{
	return maker->args > 0 || maker->pins > 0 ? complain_usage(maker) : 0;
}

static int
add_pins(struct pins_maker *maker)
{
	size_t	i;

	for (i = 0; i < maker->pins; i++) {
		if (add(maker, maker->command->pin[i], 2) < 0)
			return -EINVAL;
	}
	return 0;
}

static int
make_pins(struct pins_maker *maker)
{
	if (maker->args > 0 || maker->pins == 0)
		return complain_usage(maker);
	return add_pins(maker);
}

static int
make_quiet(struct pins_maker *maker)
{
	return maker->args > 0 ? complain_usage(maker) : add_pins(maker);
}

/* Each pin followed by the same digits. */
static int
add_pins_with(struct pins_maker *maker, unsigned long value, int digits)
{
	size_t	i;

	for (i = 0; i < maker->pins; i++) {
		if (add(maker, maker->command->pin[i], 2) < 0 ||
		    add(maker, value, digits) < 0)
			return -EINVAL;
	}
	return 0;
}

static int
make_mode(struct pins_maker *maker)
{
	size_t	i = 0;

	if (maker->args > 0 || maker->pins == 0)
		return complain_usage(maker);
	while (strcmp(modes[i].word, maker->word->word) != 0)
		i++;
	return add_pins_with(maker, modes[i].digit, 1);
}

/* "128", or "50%". */
static int
make_pwm(struct pins_maker *maker)
{
	char		text[8];
	unsigned long	value;
	size_t		len;

	if (maker->args != 1 || maker->pins == 0)
		return complain_usage(maker);
	len = strlen(maker->arg[0]);
	if (len == 0 || len >= sizeof(text) || maker->arg[0][len - 1] != '%') {
		if (pins_number(maker, maker->arg[0], 255, &value) < 0)
			return -EINVAL;
		return add_pins_with(maker, value, 2);
	}
	memcpy(text, maker->arg[0], len - 1);
	text[len - 1] = '\0';
	if (pins_number(maker, text, 100, &value) < 0)
		return -EINVAL;
	return add_pins_with(maker, (value * 255 + 50) / 100, 2);
}

/* "1500", "90deg", or "off". */
static int
make_servo(struct pins_maker *maker)
{
	char		text[8];
	unsigned long	value;
	size_t		len;

	if (maker->args != 1 || maker->pins == 0)
		return complain_usage(maker);
	if (strcmp(maker->arg[0], "off") == 0)
		return add_pins_with(maker, 0, 4);
	len = strlen(maker->arg[0]);
	if (len > 3 && len < sizeof(text) + 3 &&
	    strcmp(maker->arg[0] + len - 3, "deg") == 0) {
		memcpy(text, maker->arg[0], len - 3);
		text[len - 3] = '\0';
		if (pins_number(maker, text, 180, &value) < 0)
			return -EINVAL;
		value = DEGREES_US +
		    (value * (DEGREES_MAX_US - DEGREES_US) + 90) / 180;
		return add_pins_with(maker, value, 4);
	}
	if (pins_number(maker, maker->arg[0], 2500, &value) < 0)
		return -EINVAL;
	if (value < 500)
		return pins_complain(maker, "that is less than 500", maker->arg[0]);
	return add_pins_with(maker, value, 4);
}

static int
make_tone(struct pins_maker *maker)
{
	bool	off = maker->args == 1 && strcmp(maker->arg[0], "off") == 0;

	if (maker->pins != 1 || maker->args < 1 || maker->args > 2)
		return complain_usage(maker);
	if (add_pins(maker) < 0 ||
	    add_number(maker, off ? "0" : maker->arg[0], UINT16_MAX, 4) < 0)
		return -EINVAL;
	return maker->args == 1 ? 0 :
	    add_number(maker, maker->arg[1], UINT16_MAX, 4);
}

static int
make_pulse(struct pins_maker *maker)
{
	bool	high;

	if (maker->pins != 1 || maker->args < 1 || maker->args > 2)
		return complain_usage(maker);
	high = strcmp(maker->arg[0], "high") == 0;
	if (!high && strcmp(maker->arg[0], "low") != 0)
		return pins_complain(maker, "high or low is needed here",
		    maker->arg[0]);
	if (add_pins(maker) < 0 || add(maker, high, 1) < 0)
		return -EINVAL;
	return maker->args == 1 ? add(maker, PULSE_MS, 4) :
	    add_number(maker, maker->arg[1], PULSE_MS, 4);
}

static int
make_every(struct pins_maker *maker)
{
	unsigned long	ms;

	if (maker->args != 1 || maker->pins == 0)
		return complain_usage(maker);
	if (pins_number(maker, maker->arg[0], UINT16_MAX, &ms) < 0)
		return -EINVAL;
	return add_pins_with(maker, ms, 4);
}

static int
make_gauge(struct pins_maker *maker)
{
	if (maker->pins != 1)
		return complain_usage(maker);
	if (strcmp(maker->word->word, "watch") == 0 && maker->args == 0)
		return add_pins_with(maker, PERIOD_MS, 4);
	if (maker->args < 1 || maker->args > 2)
		return complain_usage(maker);
	if (add_pins(maker) < 0 ||
	    add_number(maker, maker->arg[0], UINT16_MAX, 4) < 0)
		return -EINVAL;
	return maker->args == 1 ? 0 :
	    add_number(maker, maker->arg[1], UINT16_MAX, 4);
}

static int
add_bytes(struct pins_maker *maker, size_t first, size_t end)
{
	for (; first < end; first++) {
		if (add_number(maker, maker->arg[first], UINT8_MAX, 2) < 0)
			return -EINVAL;
	}
	return 0;
}

/* ADDRESS [BYTE...] [read N] */
static int
make_i2c(struct pins_maker *maker)
{
	size_t		end = maker->args;
	unsigned long	reads = 0;

	if (maker->pins > 0 || maker->args == 0)
		return complain_usage(maker);
	if (end >= 3 && strcmp(maker->arg[end - 2], "read") == 0) {
		if (pins_number(maker, maker->arg[end - 1], 32, &reads) < 0)
			return -EINVAL;
		end -= 2;
	}
	if (add_number(maker, maker->arg[0], 0x7f, 2) < 0 ||
	    add(maker, reads, 2) < 0)
		return -EINVAL;
	return add_bytes(maker, 1, end);
}

static int
make_spi(struct pins_maker *maker)
{
	if (maker->pins > 1 || maker->args == 0)
		return complain_usage(maker);
	if (add(maker, maker->pins ? maker->command->pin[0] : PINS_NONE,
	    2) < 0)
		return -EINVAL;
	return add_bytes(maker, 0, maker->args);
}

static int
make_i2c_clock(struct pins_maker *maker)
{
	if (maker->pins > 0 || maker->args != 1)
		return complain_usage(maker);
	return add_number(maker, maker->arg[0], UINT16_MAX, 4);
}

static int
make_spi_setup(struct pins_maker *maker)
{
	if (maker->pins > 0 || maker->args != 2)
		return complain_usage(maker);
	if (add_number(maker, maker->arg[0], 3, 1) < 0)
		return -EINVAL;
	return add_number(maker, maker->arg[1], UINT16_MAX, 4);
}

static int
make_boot(struct pins_maker *maker)
{
	return make_nothing(maker) < 0 ? -EINVAL : add(maker, 0xb007, 4);
}

static int (*const makers[])(struct pins_maker *) = {
	['a' - 'a'] = make_pins,
	['b' - 'a'] = make_boot,
	['c' - 'a'] = make_i2c_clock,
	['d' - 'a'] = make_spi_setup,
	['e' - 'a'] = make_every,
	['f' - 'a'] = make_pins,
	['g' - 'a'] = make_gauge,
	['i' - 'a'] = make_nothing,
	['k' - 'a'] = make_quiet,
	['m' - 'a'] = make_mode,
	['n' - 'a'] = make_pins,
	['p' - 'a'] = make_pwm,
	['q' - 'a'] = make_pins,
	['r' - 'a'] = make_pins,
	['s' - 'a'] = make_servo,
	['t' - 'a'] = make_tone,
	['u' - 'a'] = make_pulse,
	['w' - 'a'] = make_pins,
	['x' - 'a'] = make_spi,
	['y' - 'a'] = make_i2c,
	['z' - 'a'] = make_nothing,
};

int
pins_make(struct pins_maker *maker)
{
	return makers[maker->command->letter - 'a'](maker);
}
