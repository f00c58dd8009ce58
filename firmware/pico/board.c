/* SPDX-License-Identifier: MIT */
/*
 * What is special about the Pico among boards with this chip: its pins.  GPIO
 * 23 to 25 and 29 are not on its edge, but inside: 23 chooses the mode of the
 * power supply, 24 sees whether USB has power, 25 is the light, 29 has a third
 * of the supply's voltage.
 */
#include "adc.h"
#include "gpio.h"
#include "pin_hal.h"

#define PIN_LED		25
#define PIN_VBUS	24
#define PIN_VSYS	29

const struct hal_info hal_info = {
	.pins = ADC_FIRST_PIN + ADC_INPUTS,
	.first_analog = ADC_FIRST_PIN,
	.analogs = ADC_INPUTS,
	.analog_bits = 12,
	.led = PIN_LED,
	.servos = 16,
	.boots = true,
	.name = "PinServer " PIN_RELEASE " Raspberry Pi Pico",
};

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

	if (pin == PIN_VBUS)
		can = PIN_CAN_INPUT;
	else if (pin < GPIO_PINS && pin != PIN_VSYS)
		can = PIN_CAN_INPUT | PIN_CAN_OUTPUT | PIN_CAN_PULLUP |
		    PIN_CAN_PULLDOWN | PIN_CAN_PWM | PIN_CAN_SERVO |
		    PIN_CAN_TONE;
	if (pin >= ADC_FIRST_PIN && pin < ADC_FIRST_PIN + ADC_INPUTS)
		can |= PIN_CAN_ANALOG;
	if (among(pin, hal_i2c_pins))
		can |= PIN_CAN_I2C;
	if (among(pin, hal_spi_pins))
		can |= PIN_CAN_SPI;
	return can;
}
