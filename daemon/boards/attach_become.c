/* SPDX-License-Identifier: MIT */
/*
 * A board that is being flashed comes back as another USB device, with another
 * port and perhaps another language, and not by the hand of a person.  So what
 * comes to its place meanwhile is that board; it keeps its name, now and when it
 * is plugged in again, and the requests that wait for it.  The same holds for a
 * board in BOOTSEL that somebody flashes in another way, unless what comes has a
 * name of its own, or a serial number that is not the board's, or cannot have been
 * in BOOTSEL at all.
 */
#include "attach.h"

#include <string.h>

#include "daemon/flash/flash_recipe.h"
#include "daemon/usb/names.h"

/* Whether what is at a port can be a chip that has BOOTSEL. */
static bool
attach_has_bootsel(const struct claim *claim)
{
	const char			*flasher = claim->as.flasher;
	const struct flash_recipe	*recipe;

	if (claim->is_known && !claim->as.native_usb)
		return false;
	recipe = flasher == NULL ? NULL : flash_recipe_find(flasher);
	return flasher == NULL || strcmp(flasher, "uf2") == 0 ||
	    (recipe != NULL && recipe->tool == FLASH_PICOTOOL);
}

/* The same firmware, with another serial number. */
static bool
attach_is_another(const struct board_usb *usb, const struct hotplug_tty *tty)
{
	return usb->vendor == tty->vendor && usb->product == tty->product &&
	    usb->serial[0] != '\0' && tty->serial[0] != '\0' &&
	    strcmp(usb->serial, tty->serial) != 0;
}

/* By picod, and has not come back yet. */
static bool
attach_is_flashed(const struct board *b)
{
	return board_is_away(b) || board_is_expected(b);
}

/* Whether what is at a port may be the board, which nobody flashes by picod. */
static bool
attach_may_become(struct attach *at, const struct board *b,
    const struct claim *claim, const struct hotplug_tty *tty)
{
	const char	*name;
	char		 key[512];

	attach_key(at, tty, key, sizeof key);
	name = names_known(at->names, key);
	if (name != NULL)
		return strcmp(name, board_name(b)) == 0;
	return attach_has_bootsel(claim) &&
	    !attach_is_another(board_usb(b), tty);
}

struct board *
attach_becoming(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	struct board	*b;
	size_t		 i;

	for (i = 0; (b = boards_get(at->boards, i)) != NULL; i++)
		if (boards_is_becoming(at->boards, b) && !board_is_open(b) &&
		    strcmp(board_usb(b)->path, tty->path) == 0 &&
		    (attach_is_flashed(b) || attach_may_become(at, b, claim, tty)))
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
		.place = usb->place,
	};
	const struct known		*known = known_find(tty.vendor,
					    tty.product);
	char				key[512];

	if (known == NULL || known->kind != KNOWN_ROM)
		return;
	claim_key(&tty, true, key, sizeof key);
	names_drop(at->names, key);
}

/* What is at that port has the board's name from now on, and keeps it. */
static void
attach_name_again(struct attach *at, const struct board *b,
    const struct hotplug_tty *tty)
{
	const struct board_usb		*usb = board_usb(b);
	const struct hotplug_tty	before = {
		.vendor = usb->vendor, .product = usb->product,
		.serial = usb->serial, .path = usb->path,
		.place = usb->place,
	};
	char				key[512];

	if (attach_is_another(usb, tty)) {	/* flashed in its place */
		claim_key(&before, false, key, sizeof key);
		names_drop(at->names, key);
	}
	attach_key(at, tty, key, sizeof key);
	names_set(at->names, key, board_name(b));
	attach_forget_bootsel(at, b);
}

struct board *
attach_become(struct attach *at, struct board *b, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	const struct config_board *configured = attach_configuration(at,
						    board_name(b));
	struct board_config	config = attach_config(configured, claim);
	const struct board_usb	*usb = board_usb(b);

	/* If it is no more, it goes once it is flashed: attach_reload(). */
	config.configured = boards_is_configured(at->boards, b);
	board_set_becoming(b, board_is_away(b));
	/* The same, flashed anew, is served as before until that is over. */
	if ((tty->vendor != usb->vendor || tty->product != usb->product ||
	    !boards_is_kept(at->boards, b)) &&
	    boards_change(at->boards, b, &config) < 0)
		return NULL;
	if (!config.configured)
		attach_name_again(at, b, tty);
	return b;
}
