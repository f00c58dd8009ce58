/* SPDX-License-Identifier: MIT */
/*
 * The configuration was read again.  Boards of which it says the same as before
 * are not touched, so that neither they nor their clients notice.  The others
 * are dropped; the ports they had, and those that now fall to another board, are
 * treated as if they had just appeared.
 */
#include "attach.h"

#include <string.h>

static const struct config_board *
config_find(const struct config *config, const char *name)
{
	const struct config_board	*b = config->boards;

	for (; b < config->boards + config->board_count; b++)
		if (strcmp(b->name, name) == 0)
			return b;
	return NULL;
}

static bool
is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
config_is_same(const struct config_board *a, const struct config_board *b)
{
	return a != NULL && b != NULL && is_same_text(a->port, b->port) &&
	    is_same_text(a->match, b->match) && a->driver == b->driver &&
	    a->baud == b->baud && a->interrupt == b->interrupt &&
	    is_same_text(a->reports, b->reports) &&
	    is_same_text(a->flasher, b->flasher) &&
	    is_same_text(a->part, b->part) &&
	    is_same_text(a->programmer, b->programmer) &&
	    a->flash_baud == b->flash_baud;
}

/* Takes the ports of a board away from it, to be looked at again. */
static void
attach_release(struct attach *at, const struct board *b,
    struct attached_list *again)
{
	struct attached	*a, *next;

	for (a = LIST_FIRST(&at->ports); a != NULL; a = next) {
		next = LIST_NEXT(a, entry);
		if (a->board != b)
			continue;
		a->board = NULL;
		LIST_REMOVE(a, entry);
		LIST_INSERT_HEAD(again, a, entry);
	}
}

/* Drops the boards of one configuration of which the other says otherwise. */
static void
attach_drop(struct attach *at, const struct config *config,
    const struct config *other, struct attached_list *again)
{
	const struct config_board	*c = config->boards;
	struct board			*b;

	for (; c < config->boards + config->board_count; c++) {
		b = attach_named(at, c->name);
		if (b == NULL || config_is_same(c, config_find(other, c->name)))
			continue;
		attach_release(at, b, again);
		boards_remove(at->boards, b);
	}
}

/* Whether a port is still where the configuration would have it. */
static bool
attach_fits(const struct attach *at, const struct attached *a)
{
	struct hotplug_tty	tty = attached_tty(a);
	struct claim		claim = claim_decide(at->config, &tty);

	return claim.verdict == a->verdict && (claim.config == NULL ||
	    (a->board != NULL &&
	    strcmp(board_name(a->board), claim.config->name) == 0));
}

/* Takes out the ports that now fall to another board, or to none. */
static void
attach_sort_out(struct attach *at, struct attached_list *again)
{
	struct attached	*a, *next;
	struct board	*b;

	for (a = LIST_FIRST(&at->ports); a != NULL; a = next) {
		next = LIST_NEXT(a, entry);
		if (attach_fits(at, a))
			continue;
		b = a->board;
		a->board = NULL;
		LIST_REMOVE(a, entry);
		LIST_INSERT_HEAD(again, a, entry);
		if (b != NULL && a->verdict == CLAIM_CONFIGURED)
			boards_unplug(at->boards, b,
			    "the configuration gives its port to another board");
		else if (b != NULL)
			boards_remove(at->boards, b);
	}
}

void
attach_reload(struct attach *at, const struct config *old)
{
	struct attached_list	 again = LIST_HEAD_INITIALIZER(again);
	struct attached		*a;
	struct hotplug_tty	 tty;

	attach_drop(at, old, at->config, &again);
	attach_drop(at, at->config, old, &again);
	attach_sort_out(at, &again);
	(void)attach_configured(at);	/* what is wrong is logged */
	while ((a = LIST_FIRST(&again)) != NULL) {
		LIST_REMOVE(a, entry);
		tty = attached_tty(a);
		attach_port(at, &tty);
		attached_destroy(a);
	}
}
