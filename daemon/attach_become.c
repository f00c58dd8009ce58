/* SPDX-License-Identifier: MIT */
/*
 * A board that is being flashed comes back as another USB device, with another
 * port and perhaps another language, and not by the hand of a person.  So what
 * comes to its place meanwhile is that board; it keeps its name, now and when it
 * is plugged in again, and the requests that wait for it.
 */
#include "attach.h"

#include <string.h>

#include "names.h"

struct board *
attach_becoming(struct attach *at, const struct hotplug_tty *tty)
{
	struct board	*b;
	size_t		 i;

	for (i = 0; (b = boards_get(at->boards, i)) != NULL; i++)
		if (b->becoming && !b->open && strcmp(b->usb.path, tty->path) == 0)
			return b;
	return NULL;
}

static const struct config_board *
attach_configuration(const struct attach *at, const char *name)
{
	const struct config_board	*b = at->config->boards;

	for (; b < at->config->boards + at->config->board_count; b++)
		if (strcmp(b->name, name) == 0)
			return b;
	return NULL;
}

struct board *
attach_become(struct attach *at, struct board *b, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	const struct config_board *configured = attach_configuration(at,
						    b->name);
	struct board_config	config = attach_config(configured, claim->known);
	char			key[512];

	if (tty->vendor == b->usb.vendor && tty->product == b->usb.product)
		return b;
	if (boards_change(at->boards, b, &config) < 0)
		return NULL;
	if (configured == NULL) {
		attach_key(at, tty, key, sizeof key);
		names_set(at->names, key, b->name);
	}
	return b;
}
