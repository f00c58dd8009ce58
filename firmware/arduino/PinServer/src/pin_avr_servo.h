/* SPDX-License-Identifier: MIT */
/*
 * Servo pulses on any pin of an AVR Arduino.
 */
#ifndef PIN_AVR_SERVO_H
#define PIN_AVR_SERVO_H

#include <stdint.h>

#define PIN_AVR_SERVOS	7	/* 7 x 2.5 ms fit into 20 */

/* The timer that is taken; a Mega has one with fewer PWM pins on it. */
#if defined(__AVR_ATmega2560__)
#define PIN_AVR_SERVO_TIMER	5
#else
#define PIN_AVR_SERVO_TIMER	1
#endif

/* Begins pulses of that length on the pin, or changes their length. */
void	pin_avr_servo_set(uint8_t pin, uint16_t us);

/* Ends them.  With the last one the timer goes back to PWM. */
void	pin_avr_servo_stop(uint8_t pin);

#endif
