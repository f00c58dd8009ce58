/* SPDX-License-Identifier: MIT */
/*
 * Ports that appear are claimed, named and plugged into their boards; ports that
 * vanish are taken out again.  A board stays in the list when it is unplugged;
 * a port that was never claimed does not.
 *
 * A port may be told twice (the monitor runs before the enumeration, udev repeats
 * itself), and "remove" may come before or after the port's own end.  Both are
 * folded by the list of what is attached.
 */
#include "attach.h"

#include <string.h>

#include "daemon/base/log.h"
#include "daemon/usb/match.h"

static struct board *
attach_find(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	struct board	*b = NULL;

	if (claim->verdict == CLAIM_KNOWN ||
	    claim->verdict == CLAIM_CONFIGURED)
		b = attach_becoming(at, claim, tty);
	if (b != NULL)
		return attach_become(at, b, claim, tty);
	switch (claim->verdict) {
	case CLAIM_CONFIGURED:
		return attach_section(at, claim);
	case CLAIM_KNOWN:
		return attach_known(at, claim, tty);
	case CLAIM_UNCLAIMED:
		return attach_unclaimed(at, claim, tty);
	case CLAIM_LOADER:
		return attach_loader(at, claim, tty);
	case CLAIM_BOOTSEL:
		return attach_bootsel(at, claim, tty);
	default:
		return NULL;
	}
}

/* One of several that fit a board. */
static struct board *
attach_second(struct attach *at, struct attached *a, const struct board *b,
    const struct hotplug_tty *tty)
{
	if (a->verdict == CLAIM_BOOTSEL) {
		log_warn("what is in BOOTSEL at %s fits board %s, which is at "
		    "%s already", tty->path, board_name(b), board_port(b));
		return NULL;
	}
	a->verdict = CLAIM_UNCLAIMED;
	return attach_spare(at, b, tty);
}

/*
 * The section says, and what it leaves open is as is usual for such a board; one
 * with another program may say that it is another one.
 */
static void
attach_configure(struct attach *at, struct board *b, const struct claim *claim)
{
	struct board_config	config = attach_config(claim->config, claim);
	int			error = boards_change(at->boards, b, &config);

	if (error < 0)
		log_error("board %s: %s", board_name(b), strerror(-error));
}

/* Another port of a device that has a board: by its interface it is none. */
static bool
attach_is_beside(const struct attached *sibling, const struct claim *claim)
{
	return sibling != NULL && claim->verdict == CLAIM_KNOWN &&
	    (sibling->verdict == CLAIM_KNOWN ||
	    sibling->verdict == CLAIM_CONFIGURED);
}

/* The board of a port, and what becomes of the port. */
static struct board *
attach_pick(struct attach *at, struct attached *a, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	const struct attached	*sibling = attach_find_sibling(at, tty);
	struct board		*b;

	a->verdict = claim->verdict;
	if (attach_is_beside(sibling, claim)) {
		a->verdict = CLAIM_UNCLAIMED;
		return attach_beside(at, sibling->board, tty);
	}
	b = attach_find(at, claim, tty);
	if (b == NULL && a->verdict == CLAIM_LOADER) {
		a->verdict = CLAIM_UNCLAIMED;
		return attach_unclaimed(at, claim, tty);
	}
	return attach_find_board(at, b) == NULL ? b :
	    attach_second(at, a, b, tty);
}

static void
attach_plug(struct attach *at, struct attached *a, const struct claim *claim,
    const struct hotplug_tty *tty)
{
	struct board	*b = attach_pick(at, a, claim, tty);

	a->board = b;
	if (b == NULL)
		return;
	if ((a->verdict == CLAIM_CONFIGURED || a->verdict == CLAIM_KNOWN) &&
	    !boards_is_kept(at->boards, b))
		attach_configure(at, b, claim);
	if (a->verdict == CLAIM_BOOTSEL || a->verdict == CLAIM_LOADER)
		attach_enter_loader(b, claim, &a->usb);
	else if (a->verdict == CLAIM_UNCLAIMED)
		board_set_port(b, tty->node, &a->usb);
	else
		boards_plug(at->boards, b, tty->node, &a->usb);
}

/* Out of its board, for a reason; one that was only there for the port goes. */
static void
attach_unplug(struct attach *at, struct attached *a, const char *reason)
{
	struct board	*b = a->board;

	a->board = NULL;
	if (b == NULL)
		return;
	if (a->verdict == CLAIM_UNCLAIMED)
		boards_remove(at->boards, b);
	else if (a->verdict == CLAIM_BOOTSEL || a->verdict == CLAIM_LOADER)
		unit_set_loader(b, NULL);
	else
		boards_unplug(at->boards, b, reason);
}

void
attach_take_out(struct attach *at, struct attached *a,
    struct attached_list *again, const char *reason)
{
	attach_unplug(at, a, reason);
	LIST_REMOVE(a, entry);
	LIST_INSERT_HEAD(again, a, entry);
}

/* Whether whatever has the same identity is meant, and not one of its ports. */
static bool
attach_is_any_port(const struct claim *claim)
{
	return claim->verdict == CLAIM_KNOWN ||
	    (claim->verdict == CLAIM_CONFIGURED && claim->config->match != NULL &&
	    !match_names_interface(claim->config->match));
}

/*
 * Of several ports of a device the first is the console, by its interface: udev
 * may tell of them in any order.  Nor is what has a port in BOOTSEL.
 */
static void
attach_displace(struct attach *at, const struct claim *claim,
    const struct hotplug_tty *tty, struct attached_list *again)
{
	struct attached	*sibling = attach_find_sibling(at, tty);

	if (sibling == NULL || boards_is_kept(at->boards, sibling->board))
		return;
	if (tty->node[0] != '\0' && sibling->verdict == CLAIM_BOOTSEL) {
		LIST_REMOVE(sibling, entry);
		attach_unplug(at, sibling, "it is not in BOOTSEL");
		attached_destroy(sibling);
	} else if (attach_is_any_port(claim) &&
	    sibling->verdict == claim->verdict &&
	    tty->interface < sibling->tty.interface)
		attach_take_out(at, sibling, again, "its first port is there");
}

void
attach_port(struct attach *at, const struct hotplug_tty *tty)
{
	struct attached_list	 again = LIST_HEAD_INITIALIZER(again);
	struct attached		*a;
	struct claim		 claim;

	if (attach_find_port(at, tty->id) != NULL)
		return;
	claim = claim_decide(at->config, tty);
	if (tty->node[0] == '\0' && claim.as.kind != KNOWN_ROM)
		return;		/* a hub, a mouse, or a device with ports */
	a = attached_create(tty);
	attach_displace(at, &claim, tty, &again);
	LIST_INSERT_HEAD(&at->ports, a, entry);
	attach_plug(at, a, &claim, tty);
	attach_again(at, &again);
	log_debug("%s (%04x:%04x %s) is %s", a->verdict == CLAIM_BOOTSEL ?
	    tty->path : tty->node, tty->vendor,
	    tty->product, tty->label, a->board == NULL ? "left alone" :
	    board_name(a->board));
}

void
attach_again(struct attach *at, struct attached_list *again)
{
	struct attached	*a;

	while ((a = LIST_FIRST(again)) != NULL) {
		LIST_REMOVE(a, entry);
		attach_port(at, &a->tty);
		attached_destroy(a);
	}
}

/* A board was pulled: another that fits its section takes over. */
static void
attach_take_over(struct attach *at, const struct board *pulled,
    const char *path)
{
	struct attached_list	 again = LIST_HEAD_INITIALIZER(again);
	struct attached		*a = attach_find_spare(at, pulled, path);

	if (a == NULL)
		return;
	attach_take_out(at, a, &again, "");
	attach_again(at, &again);
}

void
attach_gone(struct attach *at, const char *id)
{
	struct attached	*a = attach_find_port(at, id);
	struct board	*pulled;

	if (a == NULL)
		return;
	pulled = a->verdict == CLAIM_CONFIGURED ? a->board : NULL;
	LIST_REMOVE(a, entry);
	attach_unplug(at, a, "it is unplugged; plug it in");
	if (pulled != NULL)
		attach_take_over(at, pulled, a->usb.path);
	attached_destroy(a);
}

/* One that is not there any more, or is another by now; or NULL. */
static const struct attached *
attach_find_gone(const struct attach *at)
{
	const struct attached	*a;

	LIST_FOREACH(a, &at->ports, entry)
		if (!hotplug_is_there(at->hotplug, &a->tty))
			return a;
	return NULL;
}

/* Those that stayed notice nothing, as nothing is told twice. */
void
attach_anew(struct attach *at)
{
	const struct attached	*a;
	int			 error;

	while ((a = attach_find_gone(at)) != NULL)
		attach_gone(at, a->tty.id);
	error = hotplug_enumerate(at->hotplug);
	if (error < 0)
		log_error("what is plugged in cannot be listed: %s",
		    strerror(-error));
}
