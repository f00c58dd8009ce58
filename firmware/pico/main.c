/* SPDX-License-Identifier: MIT */
/*
 * A PinServer on a Pico: the loop between USB and the server.  All work is
 * done here, in one thread; interrupts only end the sleep.
 */
#include "adc.h"
#include "buses.h"
#include "clocks.h"
#include "gpio.h"
#include "pin_server.h"
#include "pwm.h"
#include "rom.h"
#include "rp2040.h"
#include "usb.h"

/* How long the host has to fetch the OK before we vanish. */
#define GOODBYE_US	50000

int	main(void);

static struct pin_server server;

static const char *
serial_number(void)
{
	static char	text[2 * ROM_FLASH_ID_BYTES + 1];
	uint8_t		id[ROM_FLASH_ID_BYTES], i;

	rom_flash_id(id);
	for (i = 0; i < ROM_FLASH_ID_BYTES; i++) {
		text[2 * i] = "0123456789ABCDEF"[id[i] >> 4];
		text[2 * i + 1] = "0123456789ABCDEF"[id[i] & 15];
	}
	return text;
}

static void
send(void)
{
	const char	*bytes;
	size_t		 count;

	count = pin_server_output(&server, &bytes);
	pin_server_sent(&server, usb_write(bytes, count));
}

/* A command at a time, so that pins are looked at between two. */
static void
exchange(void)
{
	int	byte;

	usb_poll();
	if (usb_take_hangup())
		pin_server_hangup(&server);
	while (pin_server_ready(&server) && (byte = usb_read()) >= 0)
		pin_server_feed(&server, (uint8_t)byte, clocks_ms());
	send();
	pin_server_poll(&server, clocks_ms());
	send();
	usb_poll();
}

/* Not while there is something to do that no interrupt announces. */
static void
rest(void)
{
	uint32_t wait_ms = pin_server_wait_ms(&server);

	if (wait_ms == 0 || (pin_server_ready(&server) && usb_readable()))
		return;
	__asm__ volatile ("cpsid i" ::: "memory");
	if (gpio_take_edge()) {
		__asm__ volatile ("cpsie i" ::: "memory");
		return;
	}
	usb_wake_on_event();
	clocks_sleep(wait_ms);
}

static bool
leaving(void)
{
	return pin_server_boots(&server) || usb_touched();
}

int
main(void)
{
	const char	*serial;
	uint32_t	 begin_us;

	serial = serial_number();
	clocks_init();
	gpio_init();
	adc_init();
	pwm_init();
	i2c_init();
	spi_init();
	pin_server_init(&server);
	usb_init(serial);

	while (!leaving()) {
		exchange();
		rest();
	}
	begin_us = clocks_us();
	while (clocks_us() - begin_us < GOODBYE_US)
		usb_poll();
	rom_boot_usb();
}
