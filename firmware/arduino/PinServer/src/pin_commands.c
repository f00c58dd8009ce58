/* SPDX-License-Identifier: MIT */
/*
 * A command that names several pins is carried out for all of them or for
 * none.  So a command passes three gates before it does anything: its digits
 * must have the shape that the table gives it, each pin in it the capability
 * that the table asks for, and the check of its own function, where it has
 * one, must agree.  What runs behind the gates need not look again.
 */
#include "pin_run.h"

static const struct command {
	char		 letter;
	const char	*shape;
	uint16_t	 needs;
	bool		(*run)(struct pin_server *, struct pin_args *);
} commands[] = {
#define PIN_COMMAND(letter, name, shape, needs, usage, help) \
	{ letter, shape, needs, pin_run_##name },
#include "commands.def"
};

uint16_t
pin_args_take(struct pin_args *args, uint8_t digits)
{
	uint16_t value = 0;

	while (digits-- > 0)
		value = (uint16_t)(value << 4 | args->digit[args->next++]);
	return value;
}

uint8_t
pin_args_pin(struct pin_args *args)
{
	return (uint8_t)pin_args_take(args, 2);
}

bool
pin_args_more(const struct pin_args *args)
{
	return args->next < args->count;
}

/* The digits of a parameter of that kind. */
static uint8_t
width(char kind)
{
	return kind == 'n' ? 1 : kind == 'w' ? 4 : 2;
}

/*
 * Takes the parameters from *shape up to its end or its next mark.  False if
 * digits are missing or a pin cannot do what is needed.
 */
static bool
check_part(const char **shape, struct pin_args *args, uint16_t needs)
{
	uint8_t	 pin;

	for (; **shape >= 'a'; (*shape)++) {
		if (args->count - args->next < width(**shape))
			return false;
		if (**shape != 'p') {
			pin_args_take(args, width(**shape));
			continue;
		}
		pin = pin_args_pin(args);
		if (pin >= hal_info.pins || (hal_can(pin) & needs) != needs)
			return false;
	}
	return true;
}

/* See commands.def for what the marks mean. */
static bool
check_shape(const char *shape, struct pin_args args, uint16_t needs)
{
	const char	*part;
	char		 mark;

	if (!check_part(&shape, &args, needs))
		return false;
	mark = *shape;
	if (mark == '\0' || (mark != '+' && !pin_args_more(&args)))
		return !pin_args_more(&args);
	do {
		part = shape + 1;
		if (!check_part(&part, &args, needs))
			return false;
	} while (mark != '?' && pin_args_more(&args));
	return !pin_args_more(&args);
}

bool
pin_commands_run(struct pin_server *server, char letter,
    const uint8_t *digits, uint8_t count)
{
	struct pin_args		 args = { digits, count, 0 };
	const struct command	*command = commands;
	const struct command	*end = commands +
				    sizeof(commands) / sizeof(commands[0]);

	while (command < end && command->letter != letter)
		command++;
	return command < end &&
	    check_shape(command->shape, args, command->needs) &&
	    command->run(server, &args);
}
