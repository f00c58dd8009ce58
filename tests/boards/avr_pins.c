/* SPDX-License-Identifier: MIT */
/*
 * What a sketch does to its pins, and what the world does to them.
 *
 * A pin that analogWrite() drives goes up and down 490 times a second.  Nobody
 * wants to hear of that; what matters is the duty.  So a pin's state is not
 * taken from its level but from the registers that govern it: direction, port,
 * and whether a timer's compare output is connected, and with which value.
 * It is looked at whenever the firmware touches one of these registers.
 * (analogWrite() of 0 and 255 disconnects the timer: plain levels.)
 *
 * Which registers, simavr's own description of the chip says: nothing here is
 * for one chip only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <simavr/avr_adc.h>
#include <simavr/sim_regbit.h>

#include "avr_pins.h"

#define ADC_TOP 1023

static void
pin_read(struct avr_t *avr, struct avr_pin *pin)
{
	const uint8_t *data = avr->data;

	if ((data[pin->port->r_ddr] & pin->mask) == 0) {
		pin->mode = AVR_PIN_INPUT;
		pin->value = (data[pin->port->r_pin] & pin->mask) != 0;
	} else if (pin->timer != NULL &&
	    avr_regbit_get(avr, pin->comp->com) != 0) {
		pin->mode = AVR_PIN_PWM;
		pin->value = data[pin->comp->r_ocr];
		if (pin->comp->r_ocrh != 0)
			pin->value |= (unsigned)data[pin->comp->r_ocrh] << 8;
	} else {
		pin->mode = AVR_PIN_OUTPUT;
		pin->value = (data[pin->port->r_port] & pin->mask) != 0;
	}
}

/* An input's level is the world's doing: no news, unless it became one. */
static void
pins_look(struct avr_pins *pins)
{
	for (unsigned i = 0; i < pins->count; i++) {
		struct avr_pin *pin = &pins->pin[i];
		struct avr_pin old = *pin;

		pin_read(pins->avr, pin);
		if (pin->mode != old.mode || (pin->value != old.value &&
		    pin->mode != AVR_PIN_INPUT))
			pins->changed(pins->arg, i, pin);
	}
}

static void
register_cb(struct avr_irq_t *irq, uint32_t value, void *arg)
{
	(void)irq;
	(void)value;
	pins_look(arg);
}

static void
watch(struct avr_pins *pins, avr_io_addr_t address)
{
	avr_irq_register_notify(avr_iomem_getirq(pins->avr, address, NULL,
	    AVR_IOMEM_IRQ_ALL), register_cb, pins);
}

static avr_ioport_t *
find_port(const struct avr_chip *chip, char name)
{
	struct avr_io_t *io = NULL;

	while ((io = avr_chip_next(chip, "port", io)) != NULL) {
		if (((avr_ioport_t *)io)->name == name)
			return (avr_ioport_t *)io;
	}
	return NULL;
}

/* The timer output, if any, that can be connected to this pin. */
static void
find_timer(const struct avr_chip *chip, struct avr_pin *pin)
{
	struct avr_io_t *io = NULL;

	while ((io = avr_chip_next(chip, "timer", io)) != NULL) {
		avr_timer_t *timer = (avr_timer_t *)io;

		for (int i = 0; i < AVR_TIMER_COMP_COUNT; i++) {
			avr_regbit_t at = timer->comp[i].com_pin;

			if (at.reg != pin->port->r_port ||
			    1u << at.bit != pin->mask)
				continue;
			pin->timer = timer;
			pin->comp = &timer->comp[i];
		}
	}
}

static int
add_pin(struct avr_pins *pins, const struct avr_chip *chip, char port,
    unsigned bit)
{
	struct avr_pin *pin = &pins->pin[pins->count];

	pin->port = find_port(chip, port);
	if (pins->count == AVR_PINS_MAX || pin->port == NULL || bit > 7)
		return -EINVAL;
	pin->mask = (uint8_t)(1u << bit);
	find_timer(chip, pin);
	watch(pins, pin->port->r_ddr);
	watch(pins, pin->port->r_port);
	if (pin->timer != NULL) {
		watch(pins, pin->comp->com.reg);
		watch(pins, pin->comp->r_ocr);
	}
	pins->count++;
	return 0;
}

int
avr_pins_init(struct avr_pins *pins, struct avr_chip *chip, const char *map,
    avr_pin_fn *changed, void *arg)
{
	char port;
	unsigned bit;
	int used;
	int error;

	memset(pins, 0, sizeof(*pins));
	pins->avr = chip->avr;
	pins->changed = changed;
	pins->arg = arg;
	while (sscanf(map, " %c%1u%n", &port, &bit, &used) == 2) {
		error = add_pin(pins, chip, port, bit);
		if (error < 0)
			return error;
		map += used;
	}
	return *map == '\0' ? 0 : -EINVAL;
}

const struct avr_pin *
avr_pins_get(struct avr_pins *pins, unsigned number)
{
	if (number >= pins->count)
		return NULL;
	pin_read(pins->avr, &pins->pin[number]);
	return &pins->pin[number];
}

/* Lets the chip feel what is connected to this port from outside. */
static void
port_settle(struct avr_pins *pins, avr_ioport_t *port)
{
	avr_ioport_external_t external = { .name = (unsigned char)port->name };
	uint8_t *data = pins->avr->data;

	for (unsigned i = 0; i < pins->count; i++) {
		const struct avr_pin *pin = &pins->pin[i];

		if (pin->port != port || !pin->driven)
			continue;
		external.mask |= pin->mask;
		if (pin->level)
			external.value |= pin->mask;
	}
	avr_ioctl(pins->avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(port->name),
	    &external);
	/* A reset clears PIN, and simavr sees no change to correct it by. */
	data[port->r_pin] = (uint8_t)(external.value |
	    (data[port->r_port] & ~external.mask));
}

/* Raises what interrupts the change of an input is to raise. */
static void
pin_raise(struct avr_pins *pins, const struct avr_pin *pin)
{
	uint8_t level = (pins->avr->data[pin->port->r_pin] & pin->mask) != 0;
	int bit = __builtin_ctz(pin->mask);

	if ((pins->avr->data[pin->port->r_ddr] & pin->mask) == 0)
		avr_raise_irq(pin->port->io.irq + IOPORT_IRQ_PIN0 + bit,
		    level);
}

static int
pin_connect(struct avr_pins *pins, unsigned number, int driven, int level)
{
	struct avr_pin *pin;

	if (number >= pins->count || level < 0 || level > 1)
		return -EINVAL;
	pin = &pins->pin[number];
	pin->driven = (uint8_t)driven;
	pin->level = (uint8_t)level;
	port_settle(pins, pin->port);
	pin_raise(pins, pin);
	return 0;
}

int
avr_pins_drive(struct avr_pins *pins, unsigned number, int level)
{
	return pin_connect(pins, number, 1, level);
}

int
avr_pins_release(struct avr_pins *pins, unsigned number)
{
	return pin_connect(pins, number, 0, 0);
}

void
avr_pins_restart(struct avr_pins *pins)
{
	for (unsigned i = 0; i < pins->count; i++)
		port_settle(pins, pins->pin[i].port);
	pins_look(pins);
}

int
avr_pins_set_analog(struct avr_pins *pins, unsigned channel, unsigned value)
{
	avr_irq_t *irq;

	irq = avr_io_getirq(pins->avr, AVR_IOCTL_ADC_GETIRQ,
	    ADC_IRQ_ADC0 + (int)channel);
	if (irq == NULL || channel > 7 || value > ADC_TOP)
		return -EINVAL;
	/* In millivolts, rounded up, because the conversion rounds down. */
	avr_raise_irq(irq, (value * pins->avr->avcc + ADC_TOP - 1) / ADC_TOP);
	return 0;
}
