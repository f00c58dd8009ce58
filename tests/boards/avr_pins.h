/* SPDX-License-Identifier: MIT */
/* The pins of an Arduino, by the numbers that its sketches use. */
#ifndef AVR_PINS_H
#define AVR_PINS_H

#include <stddef.h>
#include <stdint.h>

#include <simavr/avr_ioport.h>
#include <simavr/avr_timer.h>

#include "avr_chip.h"

#define AVR_PINS_MAX 70		/* a Mega's */

enum avr_pin_mode {
	AVR_PIN_INPUT,		/* value: the level, 0 or 1 */
	AVR_PIN_OUTPUT,		/* value: the level, 0 or 1 */
	AVR_PIN_PWM,		/* value: the compare register, 0 to 255 */
};

struct avr_pin {
	avr_ioport_t		*port;
	avr_timer_t		*timer;		/* NULL: no PWM on this pin */
	const avr_timer_comp_t	*comp;
	uint8_t			 mask;
	uint8_t			 driven;	/* 1: from outside, to level */
	uint8_t			 level;
	enum avr_pin_mode	 mode;
	unsigned		 value;
};

/* Called when the firmware has changed a pin. */
typedef void avr_pin_fn(void *arg, unsigned number, const struct avr_pin *pin);

struct avr_pins {
	struct avr_t	*avr;
	struct avr_pin	 pin[AVR_PINS_MAX];
	unsigned	 count;
	avr_pin_fn	*changed;
	void		*arg;
};

/*
 * Gives the chip's pins their numbers.  The map names pin 0, 1, 2 ... by port
 * and bit, "D0 D1 D2", with spaces between.  Returns 0 or -EINVAL.
 */
int avr_pins_init(struct avr_pins *pins, struct avr_chip *chip,
    const char *map, avr_pin_fn *changed, void *arg);

/* To be called after each reset of the chip. */
void avr_pins_restart(struct avr_pins *pins);

/* Brings mode and value up to date and returns the pin; NULL if none. */
const struct avr_pin *avr_pins_get(struct avr_pins *pins, unsigned number);

/*
 * Connects a pin to 0 or 1 from outside, as a button would; release leaves it
 * to its pull-up, if it has one.  Returns 0 or -EINVAL.
 */
int avr_pins_drive(struct avr_pins *pins, unsigned number, int level);
int avr_pins_release(struct avr_pins *pins, unsigned number);

/*
 * Sets the voltage at an analog input so that analogRead() gives this value,
 * 0 to 1023.  Returns 0 or -EINVAL.
 */
int avr_pins_set_analog(struct avr_pins *pins, unsigned channel,
    unsigned value);

#endif
