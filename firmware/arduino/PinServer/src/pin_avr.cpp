/* SPDX-License-Identifier: MIT */
/*
 * The pins of an AVR Arduino (Uno, Nano, Mega, Leonardo, Micro), through the
 * functions of the Arduino core where these do what is wanted.  They do not
 * for reading (digitalRead() ends a pin's PWM) and for servos, whose library
 * does not come with the core: see pin_avr_servo.cpp.
 */
#ifdef ARDUINO_ARCH_AVR

#include <Arduino.h>
#include <SPI.h>
#include <Wire.h>

#include "pin_avr_servo.h"
#include "pin_hal.h"

#define VERSION "PinServer " PIN_RELEASE " "

/* The pins 0 and 1 carry the serial line, but where USB is in the chip. */
#if defined(USBCON)
#define IS_LINE(pin)	false
#else
#define IS_LINE(pin)	((pin) < 2)
#endif

/* Which timer Tone.cpp of the core takes. */
#if defined(__AVR_ATmega32U4__)
#define TONE_TIMER	3
#else
#define TONE_TIMER	2
#endif

#if defined(ARDUINO_AVR_UNO)
#define NAME VERSION "Arduino Uno"
#elif defined(ARDUINO_AVR_NANO)
#define NAME VERSION "Arduino Nano"
#elif defined(ARDUINO_AVR_MEGA2560)
#define NAME VERSION "Arduino Mega"
#elif defined(ARDUINO_AVR_LEONARDO)
#define NAME VERSION "Arduino Leonardo"
#elif defined(ARDUINO_AVR_MICRO)
#define NAME VERSION "Arduino Micro"
#else
#define NAME VERSION "Arduino AVR"
#endif

/* Digital pins that are no analogue inputs, and then these. */
#define PINS	(PIN_A0 + NUM_ANALOG_INPUTS)
#if defined(__AVR_ATmega32U4__)
#define DIGITALS	(PIN_A0 + 6)	/* A6 to A11 are other names */
#else
#define DIGITALS	NUM_DIGITAL_PINS
#endif

const struct hal_info hal_info = {
	PINS, PIN_A0, NUM_ANALOG_INPUTS, 10, LED_BUILTIN, PIN_AVR_SERVOS,
	false, NAME,
};

const uint8_t hal_i2c_pins[] = { SDA, SCL, PIN_NONE };
const uint8_t hal_spi_pins[] = { MISO, MOSI, SCK, PIN_NONE };

static uint32_t i2c_hz;
static SPISettings spi_settings;
static uint32_t pulse_us;

static bool
among(uint8_t pin, const uint8_t *pins)
{
	while (*pins != PIN_NONE) {
		if (*pins++ == pin)
			return true;
	}
	return false;
}

uint16_t
hal_can(uint8_t pin)
{
	uint16_t can = 0;

	if (pin < DIGITALS && !IS_LINE(pin)) {
		can |= PIN_CAN_INPUT | PIN_CAN_OUTPUT | PIN_CAN_PULLUP |
		    PIN_CAN_SERVO | PIN_CAN_TONE;
		if (digitalPinToTimer(pin) != NOT_ON_TIMER)
			can |= PIN_CAN_PWM;
	}
	if (pin >= PIN_A0 && pin < PIN_A0 + NUM_ANALOG_INPUTS)
		can |= PIN_CAN_ANALOG;
	if (among(pin, hal_i2c_pins))
		can |= PIN_CAN_I2C;
	if (among(pin, hal_spi_pins))
		can |= PIN_CAN_SPI;
	return can;
}

uint8_t
hal_timer(uint8_t pin, enum pin_use use)
{
	if (use == PIN_USE_SERVO)
		return PIN_AVR_SERVO_TIMER;
	if (use == PIN_USE_TONE)
		return TONE_TIMER;
	switch (digitalPinToTimer(pin)) {
	case TIMER0A: case TIMER0B:
		return 0;
	case TIMER1A: case TIMER1B: case TIMER1C:
		return 1;
	case TIMER2: case TIMER2A: case TIMER2B:
		return 2;
	case TIMER3A: case TIMER3B: case TIMER3C:
		return 3;
	case TIMER4A: case TIMER4B: case TIMER4C: case TIMER4D:
		return 4;
	default:
		return 5;
	}
}

uint8_t
hal_output(uint8_t pin)
{
	return pin;
}

static bool
is_output(uint8_t pin)
{
	return *portModeRegister(digitalPinToPort(pin)) &
	    digitalPinToBitMask(pin);
}

void
hal_mode(uint8_t pin, enum pin_mode mode)
{
	switch (mode) {
	case PIN_MODE_OUTPUT:
		if (!is_output(pin))
			hal_write(pin, false);
		break;
	case PIN_MODE_PULLUP:
		pinMode(pin, INPUT_PULLUP);
		break;
	default:
		pinMode(pin, INPUT);
	}
}

void
hal_write(uint8_t pin, bool high)
{
	digitalWrite(pin, high);
	pinMode(pin, OUTPUT);
}

bool
hal_read(uint8_t pin)
{
	return *portInputRegister(digitalPinToPort(pin)) &
	    digitalPinToBitMask(pin);
}

uint16_t
hal_analog(uint8_t pin)
{
	return analogRead(pin);
}

void
hal_pwm(uint8_t pin, uint8_t duty)
{
	analogWrite(pin, duty);
}

void
hal_servo(uint8_t pin, uint16_t us)
{
	pin_avr_servo_set(pin, us);
}

void
hal_tone(uint8_t pin, uint16_t hz)
{
	tone(pin, hz);
}

/*
 * The core puts timer 2 back into the mode that PWM needs when a tone ends,
 * but leaves timer 3 as it is.
 */
static void
tone_stop(uint8_t pin)
{
	noTone(pin);
#if TONE_TIMER == 3
	TCCR3A = _BV(WGM30);
	TCCR3B = _BV(CS31) | _BV(CS30);
#endif
}

void
hal_stop(uint8_t pin, enum pin_use use)
{
	switch (use) {
	case PIN_USE_BUS:
		if (among(pin, hal_i2c_pins))
			Wire.end();
		else
			SPI.end();
		break;
	case PIN_USE_SERVO:
		pin_avr_servo_stop(pin);
		break;
	case PIN_USE_TONE:
		tone_stop(pin);
		break;
	default:
		digitalWrite(pin, LOW);
	}
}

/*
 * This waits, as everything that measures a pulse by looking at the pin must.
 * pulseInLong() takes the time from the timer, so that interrupts (bytes that
 * come in meanwhile) do not spoil the result; its step is 4 us.
 */
void
hal_pulse_start(uint8_t pin, bool high, uint16_t timeout_ms)
{
	pulse_us = pulseInLong(pin, high, timeout_ms * 1000UL);
}

bool
hal_pulse_done(uint32_t *us)
{
	*us = pulse_us;
	return true;
}

void
hal_wake_on_change(uint8_t pin, bool on)
{
	(void)pin;
	(void)on;
}

/* 31 kHz is the slowest that the divider gives, 400 the chip's limit. */
bool
hal_i2c_clock(uint16_t khz)
{
	if (khz < 31 || khz > 400)
		return false;
	i2c_hz = khz * 1000UL;
	Wire.setClock(i2c_hz);
	return true;
}

void
hal_i2c_start(void)
{
	Wire.begin();
	Wire.setClock(i2c_hz);
	Wire.setWireTimeout(25000, true);
}

bool
hal_i2c(uint8_t address, const uint8_t *out, uint8_t outs, uint8_t *in,
    uint8_t ins)
{
	uint8_t	i;

	if (outs > 0 || ins == 0) {
		Wire.beginTransmission(address);
		Wire.write(out, outs);
		if (Wire.endTransmission(ins == 0) != 0)
			return false;
	}
	if (ins > 0 && Wire.requestFrom(address, ins) != ins)
		return false;
	for (i = 0; i < ins; i++)
		in[i] = Wire.read();
	return true;
}

/* 125 kHz is the slowest that the divider gives. */
bool
hal_spi_setup(uint8_t mode, uint16_t khz)
{
	static const uint8_t modes[] = {
		SPI_MODE0, SPI_MODE1, SPI_MODE2, SPI_MODE3
	};

	if (khz < 125)
		return false;
	spi_settings = SPISettings(khz * 1000UL, MSBFIRST, modes[mode]);
	return true;
}

void
hal_spi_start(void)
{
	SPI.begin();
}

/*
 * The chip ceases to be the master, and the transfer would never end, if its
 * SS pin is an input and low.  So that pin must be an output, and as it may well
 * select something, a high one.
 */
void
hal_spi(uint8_t *bytes, uint8_t count)
{
	if (!is_output(SS))
		hal_write(SS, true);
	SPI.beginTransaction(spi_settings);
	SPI.transfer(bytes, count);
	SPI.endTransaction();
}

#endif
