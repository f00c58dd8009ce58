/* SPDX-License-Identifier: MIT */
/*
 * What concerns the board as a whole: what it is, what it can, and the two
 * ways to begin anew.
 */
#include "pin_run.h"

bool
pin_run_query(struct pin_server *server, struct pin_args *args)
{
	pin_server_put(server, 'q');
	while (pin_args_more(args))
		pin_server_put_hex(server, hal_can(pin_args_pin(args)), 4);
	return true;
}

bool
pin_run_identity(struct pin_server *server, struct pin_args *args)
{
	const char	*c;

	(void)args;
	pin_server_put(server, 'i');
	pin_server_put_hex(server, PIN_VERSION, 2);
	pin_server_put_hex(server, hal_info.pins, 2);
	pin_server_put_hex(server, hal_info.first_analog, 2);
	pin_server_put_hex(server, hal_info.analogs, 2);
	pin_server_put_hex(server, hal_info.analog_bits, 2);
	pin_server_put_hex(server, hal_info.led, 2);
	for (c = hal_info.name; *c != '\0'; c++)
		pin_server_put_hex(server, (uint8_t)*c, 2);
	return true;
}

bool
pin_run_boot(struct pin_server *server, struct pin_args *args)
{
	server->boot = hal_info.boots && pin_args_take(args, 4) == 0xb007;
	return server->boot;
}

void
pin_commands_reset(struct pin_server *server)
{
	uint8_t	pin;

	for (pin = 0; pin < hal_info.pins; pin++) {
		pin_watches_clear(&server->watches, pin);
		pin_server_take(server, pin, PIN_USE_NONE);
		if (hal_can(pin) & (PIN_CAN_INPUT | PIN_CAN_OUTPUT))
			hal_mode(pin, PIN_MODE_INPUT);
	}
	hal_i2c_clock(100);
	hal_spi_setup(0, 1000);
}

bool
pin_run_reset(struct pin_server *server, struct pin_args *args)
{
	(void)args;
	pin_commands_reset(server);
	return true;
}
