/* SPDX-License-Identifier: MIT */
/*
 * simavr tells of what the chip does on a bus by interrupts of its own, and is
 * answered in the same way: an acknowledgement or a byte.
 */
#include <string.h>

#include <simavr/avr_spi.h>
#include <simavr/avr_twi.h>

#include "pinbench_bus.h"

#define ADDRESS	0x50

static void
twi_reply(struct pinbench_bus *bus, uint8_t what, uint8_t byte)
{
	avr_raise_irq(bus->twi, avr_twi_irq_msg(what, ADDRESS << 1, byte));
}

static void
twi_write(struct pinbench_bus *bus, uint8_t byte)
{
	if (bus->at_known)
		bus->memory[bus->at++] = byte;
	else
		bus->at = byte;
	bus->at_known = true;
	twi_reply(bus, TWI_COND_ACK, 1);
}

static void
twi_cb(struct avr_irq_t *irq, uint32_t value, void *arg)
{
	struct pinbench_bus	*bus = arg;
	avr_twi_msg_irq_t	 message;

	(void)irq;
	message.u.v = value;
	if (message.u.twi.msg & TWI_COND_STOP)
		bus->addressed = false;
	if (message.u.twi.msg & TWI_COND_START) {
		bus->addressed = message.u.twi.addr >> 1 == ADDRESS;
		bus->at_known = false;
		if (bus->addressed)
			twi_reply(bus, TWI_COND_ACK, 1);
	}
	if (!bus->addressed)
		return;
	if (message.u.twi.msg & TWI_COND_WRITE)
		twi_write(bus, message.u.twi.data);
	if (message.u.twi.msg & TWI_COND_READ)
		twi_reply(bus, TWI_COND_READ, bus->memory[bus->at++]);
}

static void
spi_cb(struct avr_irq_t *irq, uint32_t value, void *arg)
{
	struct pinbench_bus	*bus = arg;
	const struct avr_pin	*select = avr_pins_get(bus->pins, bus->select);
	bool			 selected;

	(void)irq;
	selected = select->mode == AVR_PIN_OUTPUT && select->value == 0;
	avr_raise_irq(bus->spi, selected ? bus->before ^ 0xffu : 0xff);
	bus->before = (uint8_t)value;
}

void
pinbench_bus_init(struct pinbench_bus *bus, struct avr_chip *chip,
    struct avr_pins *pins, unsigned select)
{
	struct avr_t	*avr = chip->avr;

	memset(bus, 0, sizeof(*bus));
	bus->pins = pins;
	bus->select = select;
	bus->before = 0xff;
	bus->twi = avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_INPUT);
	bus->spi = avr_io_getirq(avr, AVR_IOCTL_SPI_GETIRQ(0), SPI_IRQ_INPUT);
	avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0),
	    TWI_IRQ_OUTPUT), twi_cb, bus);
	avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_SPI_GETIRQ(0),
	    SPI_IRQ_OUTPUT), spi_cb, bus);
}
