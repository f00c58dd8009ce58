/* SPDX-License-Identifier: MIT */
/*
 * The analogue inputs (data sheet 4.9): 12 bits, 3.3 V being all ones, each
 * conversion 2 us.  The fifth input is the temperature sensor in the chip:
 *
 *	degrees Celsius = 27 - (volts - 0.706) / 0.001721
 */
#include "adc.h"

#include "clocks.h"
#include "pin_hal.h"
#include "rp2040.h"

void
adc_init(void)
{
	clocks_unreset(RESET_ADC);
	REG(ADC_CS) = ADC_CS_ENABLE | ADC_CS_TEMPERATURE;
	while ((REG(ADC_CS) & ADC_CS_READY) == 0)
		;
}

/*
 * The digital input of the pin is switched off meanwhile, for it draws current
 * at voltages between the levels and disturbs the reading (4.9.2).
 */
uint16_t
hal_analog(uint8_t pin)
{
	uint32_t input = pin - ADC_FIRST_PIN;
	uint16_t value;

	if (input < ADC_INPUTS - 1)
		REG_CLEAR(PADS_GPIO(pin)) = PAD_INPUT_ENABLE;
	REG(ADC_CS) = ADC_CS_ENABLE | ADC_CS_TEMPERATURE |
	    ADC_CS_INPUT(input) | ADC_CS_START_ONE;
	while ((REG(ADC_CS) & ADC_CS_READY) == 0)
		;
	value = (uint16_t)REG(ADC_RESULT);
	if (input < ADC_INPUTS - 1)
		REG_SET(PADS_GPIO(pin)) = PAD_INPUT_ENABLE;
	return value;
}
