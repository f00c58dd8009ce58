/* SPDX-License-Identifier: MIT */
/*
 * The boards picod knows by their USB identity: the table is boards.txt.
 */
#ifndef PICOD_KNOWN_H
#define PICOD_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/driver.h"

enum known_kind {
	KNOWN_BOARD,		/* a microcontroller: picod takes it */
	KNOWN_BRIDGE,		/* a port that may lead to anything */
	KNOWN_LOADER,		/* the boot loader of one, with a port */
	KNOWN_ROM,		/* a boot ROM, which has no port: to be flashed */
};

struct known {
	uint16_t	 vendor;
	uint16_t	 product, mask;	/* the bits that count */
	enum known_kind	 kind;
	const char	*prefix;	/* of names: "pico" gives pico0, pico1 */
	const struct driver_ops *driver;
	unsigned	 baud;		/* 0: USB, which has no speed */
	/*
	 * USB of its own: it takes DTR for "a host is there" and must see it
	 * fall when nobody reads, and of several ports the console is the first.
	 * Otherwise DTR is a reset line, and must not move.
	 */
	bool		 native_usb;
	const char	*flasher;	/* see flash_recipe.h; NULL: not known */
	const char	*reports;	/* letters set aside for them, or NULL */
	/*
	 * Its boot loader takes any byte for the start of an upload, and then
	 * waits for the rest for 8 s: none is sent before it must have left.
	 */
	bool		 boot_greedy;
	const char	*what;		/* for people */
};

/* The entry that fits best, or NULL. */
const struct known *known_find(uint16_t vendor, uint16_t product);

/* The i-th entry, or NULL past the last. */
const struct known *known_get(unsigned i);

#endif
