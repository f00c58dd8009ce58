/* SPDX-License-Identifier: MIT */
/*
 * What a PinServer needs of the board it runs on.  Each board has one file, or
 * a few, that define these; the rest is the same everywhere.
 *
 * The caller has checked every parameter: pins are below hal_info.pins and
 * have the capability that the call needs.  Nothing here may wait for long.
 */
#ifndef PIN_HAL_H
#define PIN_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PIN_VERSION	1	/* of the protocol: the commands as they are */
#define PIN_RELEASE	"1.0"	/* of the firmware */
#define PIN_MAX		72	/* pins on the largest board (a Mega has 70) */
#define PIN_BUS_MAX	32	/* bytes in one I2C or SPI transfer */
#define PIN_NONE	0xff

enum {
#define PIN_CAPABILITY(bit, name, word) PIN_CAN_##name = bit,
#include "commands.def"
};

enum pin_mode {
#define PIN_MODE(digit, name, needs, word) PIN_MODE_##name = digit,
#include "commands.def"
};

/* What a pin is used for.  Those from PIN_USE_PWM on need a timer. */
enum pin_use {
	PIN_USE_NONE,
	PIN_USE_BUS,
	PIN_USE_PWM,
	PIN_USE_SERVO,
	PIN_USE_TONE,
};

struct hal_info {
	uint8_t		 pins;		/* they are numbered from 0 */
	uint8_t		 first_analog;	/* the pin called A0 */
	uint8_t		 analogs;
	uint8_t		 analog_bits;	/* of a value read from them */
	uint8_t		 led;		/* PIN_NONE where there is none */
	uint8_t		 servos;	/* how many at a time */
	bool		 boots;		/* command b works */
	const char	*name;
};

extern const struct hal_info hal_info;

/* PIN_CAN_ bits of a pin; 0 for one that is missing or not to be touched. */
uint16_t hal_can(uint8_t pin);

/*
 * Which timer a pin needs for a use, and which output of it.  Pins that share
 * a timer can have the same use only; pins that share an output not even that.
 */
uint8_t	hal_timer(uint8_t pin, enum pin_use use);
uint8_t	hal_output(uint8_t pin);

void	hal_mode(uint8_t pin, enum pin_mode mode);

/* Makes the pin an output of that level, without a glitch of the other. */
void	hal_write(uint8_t pin, bool high);
bool	hal_read(uint8_t pin);
uint16_t hal_analog(uint8_t pin);

void	hal_pwm(uint8_t pin, uint8_t duty);
void	hal_servo(uint8_t pin, uint16_t us);
void	hal_tone(uint8_t pin, uint16_t hz);

/* Ends a use that is not PIN_USE_NONE.  The pin is low then, or an input. */
void	hal_stop(uint8_t pin, enum pin_use use);

/*
 * Measures a pulse.  A pulse that has begun before does not count.  After
 * start, done is asked until it says true; *us is 0 if there was none.
 */
void	hal_pulse_start(uint8_t pin, bool high, uint16_t timeout_ms);
bool	hal_pulse_done(uint32_t *us);

/* Asks to be woken when the level changes, where a board sleeps. */
void	hal_wake_on_change(uint8_t pin, bool on);

/* The pins of a bus, ended by PIN_NONE, and giving them to it. */
extern const uint8_t hal_i2c_pins[], hal_spi_pins[];
void	hal_i2c_start(void);
void	hal_spi_start(void);

/* False, and nothing changed, if the board cannot do that. */
bool	hal_i2c_clock(uint16_t khz);
bool	hal_spi_setup(uint8_t mode, uint16_t khz);

/*
 * False if nothing answered, or a byte was refused.  With no byte to write and
 * none to read it only asks whether there is something at the address.
 */
bool	hal_i2c(uint8_t address, const uint8_t *out, uint8_t outs,
	    uint8_t *in, uint8_t ins);

/* Each byte is replaced by the one that came back. */
void	hal_spi(uint8_t *bytes, uint8_t count);

#ifdef __cplusplus
}
#endif

#endif
