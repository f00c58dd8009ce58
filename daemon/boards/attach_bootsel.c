/* SPDX-License-Identifier: MIT */
/*
 * A Pico in BOOTSEL has no port, and the boot ROM of every RP2040 has the same
 * serial number.  So it is known by where it is plugged in: it is the board that
 * was there last, for somebody held its button down, or else a new one.
 */
#include "attach.h"

#include <string.h>

#include "daemon/flash/flash_recipe.h"
#include "daemon/usb/names.h"

/* Whether it can be in BOOTSEL at all: it is flashed there. */
static bool
attach_has_bootsel(const struct board *b)
{
	struct flash_recipe	 recipe;
	const char		*why;

	return flash_recipe_get(board_usb(b), board_flash(b), &recipe,
	    &why) == 0 && recipe.tool == FLASH_PICOTOOL;
}

/* The board that was at that place last, and is not there now. */
static struct board *
attach_was_there(struct attach *at, const char *path)
{
	struct board	*b, *last = NULL;
	size_t		 i;

	for (i = 0; (b = boards_get(at->boards, i)) != NULL; i++)
		if (!board_is_open(b) && strcmp(board_usb(b)->path, path) == 0 &&
		    attach_has_bootsel(b) && attach_find_board(at, b) == NULL &&
		    (last == NULL || boards_seen(at->boards, b) >=
		    boards_seen(at->boards, last)))
			last = b;
	return last;
}

struct board *
attach_bootsel(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	struct board_config	 config;
	struct board		*b;
	char			 key[512];

	if (claim->config != NULL) {
		config = attach_config(claim->config, claim->known);
		return attach_board(at, &config);
	}
	b = attach_was_there(at, tty->path);
	if (b != NULL)
		return b;
	claim_key(tty, true, key, sizeof key);
	return attach_keyed(at, claim, tty, key);
}
