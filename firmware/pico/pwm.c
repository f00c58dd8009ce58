/* SPDX-License-Identifier: MIT */
/*
 * PWM, servos and tones (data sheet 4.5).  There are eight counters
 * ("slices"), each with two outputs, A and B.  GPIO 0 and 1 are A and B of
 * slice 0, GPIO 2 and 3 of slice 1, and after GPIO 15 it begins again.  So two
 * neighbours share a frequency, and two pins that are 16 apart share all.
 *
 * A slice counts at 1 MHz from 0 to TOP; an output is high while the count is
 * below its half of CC.
 *
 *	PWM	TOP 254: 3.9 kHz; CC 255 is never reached: always high
 *	servo	TOP 19999: 20 ms; CC is the pulse in us
 *	tone	TOP by the frequency, CC half of it; 7.8 MHz from 250 Hz on, for
 *		the sake of the high ones
 */
#include "pwm.h"

#include "clocks.h"
#include "gpio.h"
#include "pin_hal.h"
#include "rp2040.h"

#define SLICES		8
#define DIV_1MHZ	(125u << 4)	/* 4.5.2.1: 8 bits and 4 of fraction */
#define DIV_7MHZ	(16u << 4)

static enum pin_use slice_use[SLICES];

void
pwm_init(void)
{
	clocks_unreset(RESET_PWM);
}

uint8_t
hal_timer(uint8_t pin, enum pin_use use)
{
	(void)use;
	return pin / 2 % SLICES;
}

uint8_t
hal_output(uint8_t pin)
{
	return pin % (2 * SLICES);
}

static void
slice_start(uint8_t slice, enum pin_use use, uint32_t divider, uint32_t top)
{
	REG(PWM_CSR(slice)) = 0;
	REG(PWM_DIV(slice)) = divider;
	REG(PWM_TOP(slice)) = top;
	REG(PWM_CC(slice)) = 0;
	REG(PWM_CTR(slice)) = 0;
	REG(PWM_CSR(slice)) = PWM_ENABLE;
	slice_use[slice] = use;
}

/* CC has A in its lower half and B in the upper. */
static void
set_level(uint8_t pin, uint32_t level)
{
	uint32_t cc = PWM_CC(hal_timer(pin, PIN_USE_PWM));

	if (pin % 2 == 0)
		REG(cc) = (REG(cc) & 0xffff0000) | level;
	else
		REG(cc) = (REG(cc) & 0x0000ffff) | level << 16;
	gpio_pull(pin, 0);
	gpio_function(pin, FUNC_PWM);
}

/* The caller has seen to it that no other pin has the slice for a use. */
static void
need_slice(uint8_t pin, enum pin_use use, uint32_t top)
{
	uint8_t	slice = hal_timer(pin, use);

	if (slice_use[slice] != use)
		slice_start(slice, use, DIV_1MHZ, top);
}

void
hal_pwm(uint8_t pin, uint8_t duty)
{
	need_slice(pin, PIN_USE_PWM, 254);
	set_level(pin, duty);
}

void
hal_servo(uint8_t pin, uint16_t us)
{
	need_slice(pin, PIN_USE_SERVO, 19999);
	set_level(pin, us);
}

void
hal_tone(uint8_t pin, uint16_t hz)
{
	uint8_t	 slice = hal_timer(pin, PIN_USE_TONE);
	uint32_t counts = hz < 250 ? CLOCK_HZ / 125 : CLOCK_HZ / 16;
	uint32_t period = (counts + hz / 2) / hz;

	slice_start(slice, PIN_USE_TONE, hz < 250 ? DIV_1MHZ : DIV_7MHZ,
	    period - 1);
	set_level(pin, period / 2);
}
