/* SPDX-License-Identifier: MIT */
/*
 * A board in its boot loader is that board still: the one that was there last, for
 * somebody pressed its button, or held it down.  A Pico in BOOTSEL has no port,
 * and the boot ROM of every RP2040 has the same serial number, so it is known by
 * where it is plugged in; if no board was there, it is a new one.  Other boot
 * loaders have a port that is never opened here: they would take what is said for
 * the start of an upload.
 */
#include "attach.h"

#include <stdio.h>
#include <string.h>

#include "daemon/flash/flash_recipe.h"
#include "daemon/usb/names.h"

/* Whether it can be in BOOTSEL at all: it is flashed there. */
static bool
loader_is_bootsel(const struct board *b, const struct claim *claim)
{
	struct flash_recipe	 recipe;
	char			 why[FLASH_WHY_MAX];

	(void)claim;
	return flash_recipe_get(b, &recipe, why) == 0 &&
	    recipe.tool == FLASH_PICOTOOL;
}

/* Whether that boot loader, with a port, may be its: both are of one maker. */
static bool
loader_is_its(const struct board *b, const struct claim *claim)
{
	const struct board_usb	*usb = board_usb(b);
	const struct known	*known = known_find(usb->vendor, usb->product);

	return usb->vendor == claim->as.vendor && known != NULL &&
	    (known->native_usb || strcmp(known->prefix, claim->as.prefix) == 0);
}

/* The board that was at that place last, is not there now, and may be it. */
static struct board *
loader_of(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty, bool (*may)(const struct board *,
    const struct claim *))
{
	struct board	*b, *last = NULL;
	size_t		 i;

	for (i = 0; (b = boards_get(at->boards, i)) != NULL; i++)
		if (!board_is_open(b) &&
		    strcmp(board_usb(b)->path, tty->path) == 0 &&
		    may(b, claim) && attach_find_board(at, b) == NULL &&
		    (last == NULL || boards_seen(at->boards, b) >=
		    boards_seen(at->boards, last)))
			last = b;
	return last;
}

struct board *
attach_bootsel(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	struct board		*b;
	char			 key[512];

	if (claim->config != NULL)
		return attach_section(at, claim);
	b = loader_of(at, claim, tty, loader_is_bootsel);
	if (b != NULL)
		return b;
	claim_key(tty, true, key, sizeof key);
	return attach_keyed(at, claim, tty, key);
}

struct board *
attach_loader(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	return claim->config != NULL ? attach_section(at, claim) :
	    loader_of(at, claim, tty, loader_is_its);
}

void
attach_enter_loader(struct board *b, const struct claim *claim,
    const struct board_usb *usb)
{
	char	problem[200];

	if (strcmp(board_usb(b)->path, usb->path) != 0)
		board_set_port(b, board_port(b), usb);
	if (claim->verdict == CLAIM_BOOTSEL)
		snprintf(problem, sizeof problem, "it is in BOOTSEL and waits "
		    "for firmware: picoctl flash -b %s pinserver, or "
		    "--micropython FILE.uf2", board_name(b));
	else
		snprintf(problem, sizeof problem, "%s: its reset button ends "
		    "that, and picoctl flash -b %s FILE writes a program",
		    claim->as.what, board_name(b));
	unit_set_loader(b, problem);
}
