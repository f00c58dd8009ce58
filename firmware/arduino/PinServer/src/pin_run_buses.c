/* SPDX-License-Identifier: MIT */
/*
 * I2C and SPI.  The pins of a bus become its when it is first used, and are
 * given back by any command that uses them for something else.
 */
#include "pin_run.h"

/* Gives the pins to the bus.  False if they were not all its already. */
static bool
take_bus(struct pin_server *server, const uint8_t *pins)
{
	bool	had = true;

	for (; *pins != PIN_NONE; pins++) {
		had = had && server->use[*pins] == PIN_USE_BUS;
		pin_server_take(server, *pins, PIN_USE_BUS);
	}
	return had;
}

bool
pin_run_i2c_clock(struct pin_server *server, struct pin_args *args)
{
	(void)server;
	return hal_i2c_clock(pin_args_take(args, 4));
}

bool
pin_run_i2c(struct pin_server *server, struct pin_args *args)
{
	uint8_t	address = (uint8_t)pin_args_take(args, 2);
	uint8_t	ins = (uint8_t)pin_args_take(args, 2);
	uint8_t	outs = (args->count - args->next) / 2;
	uint8_t	bytes[PIN_BUS_MAX], i;

	if (address > 0x7f || ins > PIN_BUS_MAX || outs > PIN_BUS_MAX)
		return false;
	for (i = 0; i < outs; i++)
		bytes[i] = (uint8_t)pin_args_take(args, 2);
	if (!take_bus(server, hal_i2c_pins))
		hal_i2c_start();
	if (!hal_i2c(address, bytes, outs, bytes, ins))
		return false;
	if (ins > 0)
		pin_server_put(server, 'y');
	for (i = 0; i < ins; i++)
		pin_server_put_hex(server, bytes[i], 2);
	return true;
}

bool
pin_run_spi_setup(struct pin_server *server, struct pin_args *args)
{
	uint8_t	mode = (uint8_t)pin_args_take(args, 1);

	(void)server;
	return mode <= 3 && hal_spi_setup(mode, pin_args_take(args, 4));
}

static bool
may_select(uint8_t pin)
{
	const uint8_t	*bus;

	for (bus = hal_spi_pins; *bus != PIN_NONE; bus++) {
		if (*bus == pin)
			return false;
	}
	return pin == PIN_NONE || (pin < hal_info.pins &&
	    hal_can(pin) & PIN_CAN_OUTPUT);
}

bool
pin_run_spi(struct pin_server *server, struct pin_args *args)
{
	uint8_t	select = pin_args_pin(args);
	uint8_t	count = (args->count - args->next) / 2;
	uint8_t	bytes[PIN_BUS_MAX], i;

	if (!may_select(select) || count > PIN_BUS_MAX)
		return false;
	for (i = 0; i < count; i++)
		bytes[i] = (uint8_t)pin_args_take(args, 2);
	if (!take_bus(server, hal_spi_pins))
		hal_spi_start();
	if (select != PIN_NONE) {
		pin_server_take(server, select, PIN_USE_NONE);
		hal_write(select, false);
	}
	hal_spi(bytes, count);
	if (select != PIN_NONE)
		hal_write(select, true);
	pin_server_put(server, 'x');
	for (i = 0; i < count; i++)
		pin_server_put_hex(server, bytes[i], 2);
	return true;
}
