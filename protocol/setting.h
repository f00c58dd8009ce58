/* SPDX-License-Identifier: MIT */
/*
 * What settings of a board in picod.conf(5) may be: picod reads them and picoctl
 * writes them.  Each check returns NULL, or a sentence that says what it may be.
 */
#ifndef PICOD_SETTING_H
#define PICOD_SETTING_H

#define SETTING_BAUD_MIN	50
#define SETTING_BAUD_MAX	4000000

/* Each is a recipe of the daemon's that needs no more settings. */
#define SETTING_FLASHERS \
	"uno, nano, nano-old, mega, leonardo, micro, pico"

/* Where a board is: the kinds of ports are those of daemon/port/link.c. */
const char	*setting_port(const char *value);

const char	*setting_driver(const char *value);

/* A number, or "auto". */
const char	*setting_baud(const char *value);

/* One of those, or "avrdude", which does need more. */
const char	*setting_flasher(const char *value);

#endif
