/* SPDX-License-Identifier: MIT */
/*
 * Levels, modes and voltages: on, off, mode, read, analog.
 *
 * "on" and "off" also make the pin an output, whatever it was before, so that
 * one short command does what people mean.  Reading never changes a pin.
 */
#include "pin_run.h"

static void
write_all(struct pin_server *server, struct pin_args *args, bool high)
{
	uint8_t	pin;

	while (pin_args_more(args)) {
		pin = pin_args_pin(args);
		pin_server_take(server, pin, PIN_USE_NONE);
		hal_write(pin, high);
	}
}

bool
pin_run_on(struct pin_server *server, struct pin_args *args)
{
	write_all(server, args, true);
	return true;
}

bool
pin_run_off(struct pin_server *server, struct pin_args *args)
{
	write_all(server, args, false);
	return true;
}

static bool
check_modes(struct pin_args args)
{
	static const uint16_t needs[] = {
#define PIN_MODE(digit, name, needs, word) [digit] = needs,
#include "commands.def"
	};
	uint16_t can;
	uint8_t	 mode;

	while (pin_args_more(&args)) {
		can = hal_can(pin_args_pin(&args));
		mode = (uint8_t)pin_args_take(&args, 1);
		if (mode >= sizeof(needs) / sizeof(needs[0]) ||
		    (can & needs[mode]) == 0)
			return false;
	}
	return true;
}

bool
pin_run_mode(struct pin_server *server, struct pin_args *args)
{
	uint8_t	pin;

	if (!check_modes(*args))
		return false;
	while (pin_args_more(args)) {
		pin = pin_args_pin(args);
		pin_server_take(server, pin, PIN_USE_NONE);
		hal_mode(pin, (enum pin_mode)pin_args_take(args, 1));
	}
	return true;
}

bool
pin_run_read(struct pin_server *server, struct pin_args *args)
{
	pin_server_put(server, 'r');
	while (pin_args_more(args))
		pin_server_put_hex(server, hal_read(pin_args_pin(args)), 1);
	return true;
}

bool
pin_run_analog(struct pin_server *server, struct pin_args *args)
{
	pin_server_put(server, 'a');
	while (pin_args_more(args))
		pin_server_put_hex(server, hal_analog(pin_args_pin(args)), 4);
	return true;
}
