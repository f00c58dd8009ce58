/* SPDX-License-Identifier: MIT */
/*
 * The list of what is there: ports, and boards in BOOTSEL, which have none.
 */
#include "attach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"

const struct attached *
attach_find_twin(const struct attach *at, const struct hotplug_tty *tty)
{
	const struct attached	*a;

	LIST_FOREACH(a, &at->ports, entry)
		if (a->usb.vendor == tty->vendor &&
		    a->usb.product == tty->product &&
		    strcmp(a->usb.serial, tty->serial) == 0 &&
		    strcmp(a->usb.path, tty->path) != 0)
			return a;
	return NULL;
}

struct attached *
attach_find_sibling(const struct attach *at, const struct hotplug_tty *tty)
{
	struct attached	*a;

	LIST_FOREACH(a, &at->ports, entry)
		if (strcmp(a->usb.path, tty->path) == 0 && a->board != NULL &&
		    a->verdict != CLAIM_UNCLAIMED)
			return a;
	return NULL;
}

const struct attached *
attach_find_board(const struct attach *at, const struct board *b)
{
	const struct attached	*a;

	LIST_FOREACH(a, &at->ports, entry)
		if (b != NULL && a->board == b)
			return a;
	return NULL;
}

struct attached *
attach_find_spare(const struct attach *at, const struct board *b,
    const char *path)
{
	struct attached		*a;
	struct claim		 claim;

	LIST_FOREACH(a, &at->ports, entry) {
		if (a->verdict != CLAIM_UNCLAIMED ||
		    strcmp(a->usb.path, path) == 0)
			continue;
		claim = claim_decide(at->config, &a->tty);
		if (claim.verdict == CLAIM_CONFIGURED &&
		    strcmp(claim.config->name, board_name(b)) == 0)
			return a;
	}
	return NULL;
}

struct attached *
attach_find_port(const struct attach *at, const char *id)
{
	struct attached	*a;

	LIST_FOREACH(a, &at->ports, entry)
		if (strcmp(a->tty.id, id) == 0)
			return a;
	return NULL;
}

/* The strings of what was told, in any order. */
#define ATTACHED_STRINGS	9

static void
attached_strings(struct hotplug_tty *tty, const char **strings[])
{
	const char	**each[ATTACHED_STRINGS] = {
		&tty->id, &tty->node, &tty->serial, &tty->path, &tty->place,
		&tty->label, &tty->maker, &tty->role, &tty->model,
	};
	size_t		  i;

	for (i = 0; i < ATTACHED_STRINGS; i++)
		strings[i] = each[i];
	for (i = 0; i < HOTPLUG_UDEV_COUNT; i++)
		strings[ATTACHED_STRINGS + i] = &tty->udev[i];
}

void
attached_destroy(struct attached *a)
{
	const char	**strings[ATTACHED_STRINGS + HOTPLUG_UDEV_COUNT];
	size_t		  i;

	if (a == NULL)
		return;
	attached_strings(&a->tty, strings);
	for (i = 0; i < ATTACHED_STRINGS + HOTPLUG_UDEV_COUNT; i++)
		free((void *)(uintptr_t)*strings[i]);
	free(a);
}

struct attached *
attached_create(const struct hotplug_tty *tty)
{
	struct attached	 *a = xcalloc(1, sizeof *a);
	const char	**strings[ATTACHED_STRINGS + HOTPLUG_UDEV_COUNT];
	size_t		  i;

	a->tty = *tty;
	attached_strings(&a->tty, strings);
	for (i = 0; i < ATTACHED_STRINGS + HOTPLUG_UDEV_COUNT; i++)
		*strings[i] = xstrdup(*strings[i] == NULL ? "" : *strings[i]);
	a->usb.vendor = tty->vendor;
	a->usb.product = tty->product;
	a->usb.interface = tty->interface;
	snprintf(a->usb.serial, sizeof a->usb.serial, "%s", a->tty.serial);
	snprintf(a->usb.path, sizeof a->usb.path, "%s", a->tty.path);
	snprintf(a->usb.place, sizeof a->usb.place, "%s", a->tty.place);
	return a;
}
