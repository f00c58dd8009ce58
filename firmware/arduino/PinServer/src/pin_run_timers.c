/* SPDX-License-Identifier: MIT */
/*
 * What needs a timer: PWM, servos, tones and the measuring of pulses.
 *
 * Timers are shared between pins, and a pin that is made to do one thing must
 * not silently spoil what another does.  So who comes first keeps the timer,
 * and who would need it for something else gets RR.
 */
#include "pin_run.h"

/* Whether two pins in the digits would need the same output of a timer. */
static bool
outputs_clash(struct pin_args args, uint8_t skip, enum pin_use use)
{
	struct pin_args	rest;
	uint8_t		pin, other;

	while (pin_args_more(&args)) {
		pin = pin_args_pin(&args);
		args.next += skip;
		rest = args;
		while (pin_args_more(&rest)) {
			other = pin_args_pin(&rest);
			rest.next += skip;
			if (other != pin &&
			    hal_timer(other, use) == hal_timer(pin, use) &&
			    hal_output(other) == hal_output(pin))
				return true;
		}
	}
	return false;
}

bool
pin_run_pwm(struct pin_server *server, struct pin_args *args)
{
	struct pin_args	look = *args;
	uint8_t		pin;

	if (outputs_clash(*args, 2, PIN_USE_PWM))
		return false;
	while (pin_args_more(&look)) {
		if (!pin_server_free(server, pin_args_pin(&look), PIN_USE_PWM))
			return false;
		look.next += 2;
	}
	while (pin_args_more(args)) {
		pin = pin_args_pin(args);
		pin_server_take(server, pin, PIN_USE_PWM);
		hal_pwm(pin, (uint8_t)pin_args_take(args, 2));
	}
	return true;
}

static bool
check_servos(const struct pin_server *server, struct pin_args args)
{
	uint16_t us;
	uint8_t	 pin, servos = 0;

	if (outputs_clash(args, 4, PIN_USE_SERVO))
		return false;
	for (pin = 0; pin < hal_info.pins; pin++)
		servos += server->use[pin] == PIN_USE_SERVO;
	while (pin_args_more(&args)) {
		pin = pin_args_pin(&args);
		us = pin_args_take(&args, 4);
		if (us == 0)
			continue;
		if (us < 500 || us > 2500 ||
		    !pin_server_free(server, pin, PIN_USE_SERVO))
			return false;
		servos += server->use[pin] != PIN_USE_SERVO;
	}
	return servos <= hal_info.servos;
}

bool
pin_run_servo(struct pin_server *server, struct pin_args *args)
{
	uint16_t us;
	uint8_t	 pin;

	if (!check_servos(server, *args))
		return false;
	while (pin_args_more(args)) {
		pin = pin_args_pin(args);
		us = pin_args_take(args, 4);
		if (us > 0) {
			pin_server_take(server, pin, PIN_USE_SERVO);
			hal_servo(pin, us);
		} else if (server->use[pin] == PIN_USE_SERVO) {
			pin_server_take(server, pin, PIN_USE_NONE);
		}
	}
	return true;
}

/*
 * 31 Hz is the lowest tone that the timers of all boards can make.  A tone is
 * not shorter than asked for, though the millisecond now has begun before.
 */
bool
pin_run_tone(struct pin_server *server, struct pin_args *args)
{
	uint8_t	 pin = pin_args_pin(args);
	uint16_t hz = pin_args_take(args, 4), ms = 0;
	bool	 ends = pin_args_more(args);

	if (ends)
		ms = pin_args_take(args, 4);
	if ((hz > 0 && hz < 31) || (ends && (ms == 0 || hz == 0)))
		return false;
	if (hz == 0) {
		if (server->tone_pin == pin)
			pin_server_take(server, pin, PIN_USE_NONE);
		return true;
	}
	if ((server->tone_pin != PIN_NONE && server->tone_pin != pin) ||
	    !pin_server_free(server, pin, PIN_USE_TONE))
		return false;
	pin_server_take(server, pin, PIN_USE_TONE);
	hal_tone(pin, hz);
	server->tone_pin = pin;
	server->tone_ends = ends;
	server->tone_end_ms = server->now_ms + ms + 1;
	return true;
}

bool
pin_run_pulse(struct pin_server *server, struct pin_args *args)
{
	uint8_t	 pin = pin_args_pin(args);
	uint8_t	 level = (uint8_t)pin_args_take(args, 1);
	uint16_t ms = pin_args_take(args, 4);

	if (level > 1 || ms < 1 || ms > 1000)
		return false;
	hal_pulse_start(pin, level, ms);
	server->measuring = true;
	return true;
}
