/* SPDX-License-Identifier: MIT */
/*
 * A servo wants a pulse of 1 to 2 ms every 20 ms or so.  One timer serves
 * several: their pulses follow each other, the end of one being the beginning
 * of the next, and after the last comes a pause that fills the 20 ms.  Each
 * edge is one compare interrupt of a timer that counts half microseconds.
 */
#ifdef ARDUINO_ARCH_AVR

#include <Arduino.h>
#include <util/atomic.h>

#include "pin_avr_servo.h"

#define TICKS_PER_US	2		/* 16 MHz / 8 */
#define FRAME_TICKS	(20000U * TICKS_PER_US)

#if PIN_AVR_SERVO_TIMER == 5
#define TCCRA	TCCR5A
#define TCCRB	TCCR5B
#define TCNT	TCNT5
#define OCRA	OCR5A
#define TIMSK	TIMSK5
#define TIFR	TIFR5
#define SERVO_VECTOR	TIMER5_COMPA_vect
#else
#define TCCRA	TCCR1A
#define TCCRB	TCCR1B
#define TCNT	TCNT1
#define OCRA	OCR1A
#define TIMSK	TIMSK1
#define TIFR	TIFR1
#define SERVO_VECTOR	TIMER1_COMPA_vect
#endif
/* The bits of these registers stand at the same places in both timers. */

struct servo {
	uint8_t			 pin;
	uint8_t			 mask;
	volatile uint8_t	*port;
	uint16_t		 ticks;
};

static struct servo servos[PIN_AVR_SERVOS];
static uint8_t count;
static uint8_t pulsing;		/* count: in the pause */
static uint16_t elapsed;

ISR(SERVO_VECTOR)
{
	uint16_t ticks;

	if (pulsing < count) {
		*servos[pulsing].port &= ~servos[pulsing].mask;
		pulsing++;
	} else {
		pulsing = 0;
		elapsed = 0;
	}
	if (pulsing < count) {
		*servos[pulsing].port |= servos[pulsing].mask;
		ticks = servos[pulsing].ticks;
	} else {
		ticks = FRAME_TICKS - elapsed;
	}
	elapsed += ticks;
	OCRA += ticks;
}

static void
timer_start(void)
{
	elapsed = 0;
	pulsing = count;
	TCCRA = 0;
	TCCRB = _BV(CS11);
	TCNT = 0;
	OCRA = 100;
	TIFR = _BV(OCF1A);
	TIMSK = _BV(OCIE1A);
}

/* As the core's init() leaves it. */
static void
timer_stop(void)
{
	TIMSK = 0;
	TCCRB = _BV(CS11) | _BV(CS10);
	TCCRA = _BV(WGM10);
}

static uint8_t
find(uint8_t pin)
{
	uint8_t	i = 0;

	while (i < count && servos[i].pin != pin)
		i++;
	return i;
}

void
pin_avr_servo_set(uint8_t pin, uint16_t us)
{
	uint8_t	i = find(pin);

	if (i == count) {
		digitalWrite(pin, LOW);
		pinMode(pin, OUTPUT);
	}
	ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
		servos[i].ticks = us * TICKS_PER_US;
		if (i == count) {
			servos[i].pin = pin;
			servos[i].mask = digitalPinToBitMask(pin);
			servos[i].port =
			    portOutputRegister(digitalPinToPort(pin));
			/* In the pause it stays the pause. */
			if (count > 0 && pulsing == count)
				pulsing++;
			count++;
			if (count == 1)
				timer_start();
		}
	}
}

void
pin_avr_servo_stop(uint8_t pin)
{
	uint8_t	i = find(pin);

	if (i == count)
		return;
	ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
		*servos[i].port &= ~servos[i].mask;
		count--;
		if (pulsing > i)
			pulsing--;
		for (; i < count; i++)
			servos[i] = servos[i + 1];
		if (count == 0)
			timer_stop();
	}
}

#endif
