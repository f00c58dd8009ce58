/* SPDX-License-Identifier: MIT */
/*
 * The interrupt handlers, for the vector table.  They do little more than to
 * end the sleep of the main loop, which does the work.
 */
#ifndef HANDLERS_H
#define HANDLERS_H

void	timer_handler(void);
void	usb_handler(void);
void	gpio_handler(void);

#endif
