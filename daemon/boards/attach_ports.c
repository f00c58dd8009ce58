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

bool
attach_has_sibling(const struct attach *at, const struct hotplug_tty *tty)
{
	const struct attached	*a;

	LIST_FOREACH(a, &at->ports, entry)
		if (strcmp(a->usb.path, tty->path) == 0 && a->board != NULL)
			return true;
	return false;
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
attach_find_spare(const struct attach *at, const struct board *b)
{
	struct attached		*a;
	struct hotplug_tty	 tty;
	struct claim		 claim;

	LIST_FOREACH(a, &at->ports, entry) {
		if (a->verdict != CLAIM_UNCLAIMED)
			continue;
		tty = attached_tty(a);
		claim = claim_decide(at->config, &tty);
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
		if (strcmp(a->id, id) == 0)
			return a;
	return NULL;
}

void
attached_destroy(struct attached *a)
{
	if (a == NULL)
		return;
	free(a->id);
	free(a->node);
	free(a);
}

struct attached *
attached_create(const struct hotplug_tty *tty)
{
	struct attached	*a = xcalloc(1, sizeof *a);

	a->id = xstrdup(tty->id);
	a->node = xstrdup(tty->node);
	a->interface = tty->interface;
	a->usb.vendor = tty->vendor;
	a->usb.product = tty->product;
	snprintf(a->usb.serial, sizeof a->usb.serial, "%s", tty->serial);
	snprintf(a->usb.path, sizeof a->usb.path, "%s", tty->path);
	return a;
}

struct hotplug_tty
attached_tty(const struct attached *a)
{
	return (struct hotplug_tty){
		.id = a->id, .node = a->node, .vendor = a->usb.vendor,
		.product = a->usb.product, .serial = a->usb.serial,
		.path = a->usb.path, .interface = a->interface, .label = "",
	};
}
