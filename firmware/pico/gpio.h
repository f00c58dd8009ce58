/* SPDX-License-Identifier: MIT */
#ifndef GPIO_H
#define GPIO_H

#include <stdbool.h>
#include <stdint.h>

#define GPIO_PINS	30

/* Prepares all pins: inputs without pull, and their interrupt. */
void	gpio_init(void);

/* Connects a pin to a part of the chip, FUNC_. */
void	gpio_function(uint8_t pin, uint32_t function);

/* Sets the resistors of a pin: PAD_PULL_UP, PAD_PULL_DOWN or 0. */
void	gpio_pull(uint8_t pin, uint32_t pull);

/*
 * Whether an edge was seen since the last call, at a pin of which the host
 * wants to know.  To be called with interrupts disabled.
 */
bool	gpio_take_edge(void);

#endif
