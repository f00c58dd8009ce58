/* SPDX-License-Identifier: MIT */
/*
 * A board that is being flashed comes back as another USB device, with another
 * port and perhaps another language, and not by the hand of a person.  So what
 * comes to its place meanwhile is that board; it keeps its name, now and when it
 * is plugged in again, and the requests that wait for it.  The same holds for a
 * board in BOOTSEL that somebody flashes in another way, unless what comes has a
 * name of its own.
 */
#include "attach.h"

#include <string.h>

#include "daemon/usb/names.h"

/* Whether what is at a port may be the board, as far as its name tells. */
static bool
attach_may_become(struct attach *at, const struct board *b,
    const struct hotplug_tty *tty)
{
	const char	*name;
	char		 key[512];

	attach_key(at, tty, key, sizeof key);
	name = names_known(at->names, key);
	return name == NULL || strcmp(name, board_name(b)) == 0;
}

struct board *
attach_becoming(struct attach *at, const struct hotplug_tty *tty)
{
	struct board	*b;
	size_t		 i;

	for (i = 0; (b = boards_get(at->boards, i)) != NULL; i++)
		if (board_is_becoming(b) && !board_is_open(b) &&
		    strcmp(board_usb(b)->path, tty->path) == 0 &&
		    (board_is_away(b) || attach_may_become(at, b, tty)))
			return b;
	return NULL;
}

/* The place of a board that was in BOOTSEL is free for the next one. */
static void
attach_forget_bootsel(struct attach *at, const struct board *b)
{
	const struct board_usb		*usb = board_usb(b);
	const struct hotplug_tty	tty = {
		.vendor = usb->vendor, .product = usb->product,
		.serial = usb->serial, .path = usb->path,
	};
	const struct known		*known = known_find(tty.vendor,
					    tty.product);
	char				key[512];

	if (known == NULL || known->kind != KNOWN_BOOTSEL)
		return;
	claim_key(&tty, true, key, sizeof key);
	names_drop(at->names, key);
}

struct board *
attach_become(struct attach *at, struct board *b, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	const struct config_board *configured = attach_configuration(at,
						    board_name(b));
	struct board_config	config = attach_config(configured, claim->known);
	char			key[512];

	board_set_becoming(b, board_is_away(b));
	if (tty->vendor == board_usb(b)->vendor &&
	    tty->product == board_usb(b)->product)
		return b;
	if (boards_change(at->boards, b, &config) < 0)
		return NULL;
	if (configured == NULL) {
		attach_key(at, tty, key, sizeof key);
		names_set(at->names, key, board_name(b));
		attach_forget_bootsel(at, b);
	}
	return b;
}
