/* SPDX-License-Identifier: MIT */
/*
 * The pins as pins (data sheet 2.19 and 2.3.1).  Each has a pad, with its
 * resistors, and a selector that connects it to one part of the chip; SIO is
 * the part for plain levels.
 *
 * Edges raise an interrupt.  It wakes the main loop, which then looks at the
 * levels itself, and it takes the time for a pulse that is being measured, to
 * the microsecond, whatever else the board is doing.
 */
#include "gpio.h"

#include "clocks.h"
#include "handlers.h"
#include "pin_hal.h"
#include "rp2040.h"

static volatile bool edge_seen;
static uint32_t watched;		/* a bit for each pin */

static volatile struct pulse {
	bool	 waiting;
	bool	 begun;
	bool	 high;
	uint8_t	 pin;
	uint32_t started_us, timeout_us;
	uint32_t begin_us, width_us;
} pulse;

void
gpio_function(uint8_t pin, uint32_t function)
{
	REG(IO_GPIO_CTRL(pin)) = function;
}

void
gpio_pull(uint8_t pin, uint32_t pull)
{
	REG(PADS_GPIO(pin)) = PAD_SCHMITT | PAD_DRIVE_4MA | PAD_INPUT_ENABLE |
	    pull;
}

void
gpio_init(void)
{
	uint8_t	pin;

	for (pin = 0; pin < GPIO_PINS; pin++)
		hal_mode(pin, PIN_MODE_INPUT);
	REG(NVIC_ISER) = BIT(IRQ_IO_BANK0);
}

void
hal_mode(uint8_t pin, enum pin_mode mode)
{
	if (mode == PIN_MODE_OUTPUT) {
		if ((REG(SIO_GPIO_OE) & BIT(pin)) == 0)
			hal_write(pin, false);
		return;
	}
	gpio_pull(pin, mode == PIN_MODE_PULLUP ? PAD_PULL_UP :
	    mode == PIN_MODE_PULLDOWN ? PAD_PULL_DOWN : 0);
	REG(SIO_GPIO_OE_CLR) = BIT(pin);
	gpio_function(pin, FUNC_SIO);
}

/* The level first, then the direction, then the connection: no glitch. */
void
hal_write(uint8_t pin, bool high)
{
	REG(high ? SIO_GPIO_OUT_SET : SIO_GPIO_OUT_CLR) = BIT(pin);
	REG(SIO_GPIO_OE_SET) = BIT(pin);
	gpio_pull(pin, 0);
	gpio_function(pin, FUNC_SIO);
}

/* A pin that leaves a bus must not pull its line. */
void
hal_stop(uint8_t pin, enum pin_use use)
{
	if (use == PIN_USE_BUS)
		hal_mode(pin, PIN_MODE_INPUT);
	else
		hal_write(pin, false);
}

bool
hal_read(uint8_t pin)
{
	return REG(SIO_GPIO_IN) & BIT(pin);
}

/* Edges are latched; only those from now on are wanted. */
static void
update_interrupt(uint8_t pin)
{
	bool	wanted = (watched & BIT(pin)) != 0 ||
		    (pulse.waiting && pulse.pin == pin);

	REG(IO_INTR(pin)) = IO_EDGES(pin);
	if (wanted)
		REG_SET(IO_PROC0_INTE(pin)) = IO_EDGES(pin);
	else
		REG_CLEAR(IO_PROC0_INTE(pin)) = IO_EDGES(pin);
}

void
hal_wake_on_change(uint8_t pin, bool on)
{
	if (pin >= GPIO_PINS)
		return;
	if (on)
		watched |= BIT(pin);
	else
		watched &= ~BIT(pin);
	update_interrupt(pin);
}

void
hal_pulse_start(uint8_t pin, bool high, uint16_t timeout_ms)
{
	pulse.pin = pin;
	pulse.high = high;
	pulse.begun = false;
	pulse.width_us = 0;
	pulse.started_us = clocks_us();
	pulse.timeout_us = timeout_ms * 1000u;
	pulse.waiting = true;
	update_interrupt(pin);
}

bool
hal_pulse_done(uint32_t *us)
{
	if (pulse.waiting &&
	    clocks_us() - pulse.started_us < pulse.timeout_us)
		return false;
	pulse.waiting = false;
	update_interrupt(pulse.pin);
	*us = pulse.width_us;
	return true;
}

/*
 * A pulse begins with an edge to its level and ends with the next edge.  When
 * both edges came since the last interrupt, the pulse was too short for us:
 * the level now tells which of them is the last.
 */
static void
pulse_edge(uint32_t now_us)
{
	bool	level = hal_read(pulse.pin);

	if (level == pulse.high) {
		pulse.begun = true;
		pulse.begin_us = now_us;
	} else if (pulse.begun) {
		pulse.width_us = now_us - pulse.begin_us;
		if (pulse.width_us == 0)
			pulse.width_us = 1;
		pulse.waiting = false;
	}
}

void
gpio_handler(void)
{
	uint32_t now_us = clocks_us(), edges;
	uint8_t	 first;

	for (first = 0; first < GPIO_PINS; first += 8) {
		edges = REG(IO_PROC0_INTS(first));
		REG(IO_INTR(first)) = edges;
		if (pulse.waiting && pulse.pin / 8 == first / 8 &&
		    (edges & IO_EDGES(pulse.pin)) != 0)
			pulse_edge(now_us);
	}
	edge_seen = true;
}

bool
gpio_take_edge(void)
{
	bool	seen = edge_seen;

	edge_seen = false;
	return seen;
}
