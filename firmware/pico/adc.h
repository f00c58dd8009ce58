/* SPDX-License-Identifier: MIT */
#ifndef ADC_H
#define ADC_H

#define ADC_FIRST_PIN	26	/* input 0 is at GPIO 26, 3 at GPIO 29 */
#define ADC_INPUTS	5	/* 4 is the sensor; we call it pin 30 */

void	adc_init(void);

#endif
