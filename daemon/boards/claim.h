/* SPDX-License-Identifier: MIT */
/*
 * What to do with a serial port that appeared, or a board without one.  Decides,
 * does nothing.
 */
#ifndef PICOD_CLAIM_H
#define PICOD_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/config/config.h"
#include "daemon/usb/hotplug.h"
#include "daemon/usb/known.h"

enum claim_verdict {
	CLAIM_IGNORED,		/* the configuration says so, or it is nothing */
	CLAIM_CONFIGURED,	/* it is a board that the configuration names */
	CLAIM_KNOWN,		/* it is a board, by what it says it is */
	CLAIM_UNCLAIMED,	/* it may be anything: listed, left alone */
	CLAIM_LOADER,		/* the boot loader of what is there, with a port */
	CLAIM_BOOTSEL,		/* it has no port; config says which, or NULL */
};

struct claim {
	enum claim_verdict		 verdict;
	const struct config_board	*config;	/* of CONFIGURED */
	bool				 is_known;
	struct known			 as;	/* what, if it is known */
	const char			*udev_flasher;	/* udev's word, or NULL */
};

/* Strings in it are those of the port and of the configuration. */
struct claim	claim_decide(const struct config *, const struct hotplug_tty *);

/* What it is known as, or NULL. */
const struct known *claim_known(const struct claim *);

/*
 * Whether a port is its program's, beside a console: nothing is ever said to it,
 * unless a section names the interface.
 */
bool		claim_is_data(const struct hotplug_tty *);

/*
 * What tells a board from all others: its serial number, or where it is plugged
 * in if it has none, or is_shared: another has the same.
 */
void		claim_key(const struct hotplug_tty *, bool is_shared, char *key,
    size_t size);

#endif
