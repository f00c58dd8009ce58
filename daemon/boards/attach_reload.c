/* SPDX-License-Identifier: MIT */
/*
 * The configuration was read again.  A board keeps its holds, its loans and its
 * queue as long as it keeps its name: how it is served is changed under it, and
 * if nothing of that is new, neither it nor its clients notice.  Boards that are
 * configured no more are dropped; the ports they had, and those that now fall to
 * another board, are treated as if they had just appeared.
 *
 * A board that is being flashed is passed over, and so is what is at its port: a
 * program is writing there.  All this is done again when that is over.
 */
#include "attach.h"

#include <errno.h>
#include <string.h>

#include "daemon/base/log.h"

static struct attached *
attach_of(struct attach *at, const struct board *b)
{
	struct attached	*a;

	LIST_FOREACH(a, &at->ports, entry)
		if (a->board == b)
			return a;
	return NULL;
}

/* Its port will be looked at again. */
static void
attach_drop(struct attach *at, struct board *b, struct attached_list *again)
{
	struct attached	*a = attach_of(at, b);

	if (a != NULL) {
		a->board = NULL;
		attach_take_out(at, a, again, "");
	}
	boards_remove(at->boards, b);
}

/* Drops the boards that were configured, and are no more. */
static void
attach_drop_old(struct attach *at, struct attached_list *again)
{
	struct board	*b;
	size_t		 i = 0;

	while ((b = boards_get(at->boards, i)) != NULL)
		if (boards_is_configured(at->boards, b) &&
		    !boards_is_kept(at->boards, b) &&
		    attach_configuration(at, board_name(b)) == NULL)
			attach_drop(at, b, again);	/* one less */
		else
			i++;
}

static struct claim
attach_claim(const struct attach *at, const struct attached *a)
{
	return claim_decide(at->config, &a->tty);
}

/* A board that had its name by itself is that of the section, or another. */
static bool
attach_is_meant(struct attach *at, const struct board *b,
    const struct config_board *c)
{
	struct attached	*a = attach_of(at, b);

	return a != NULL && a->verdict != CLAIM_UNCLAIMED &&
	    attach_claim(at, a).config == c;
}

static void
attach_change(struct attach *at, struct board *b, const struct config_board *c)
{
	struct attached		*a = attach_of(at, b);
	struct claim		 claim;
	struct board_config	 config;
	int			 error;

	if (a != NULL)
		claim = attach_claim(at, a);
	config = attach_config(c, a == NULL ? NULL : &claim);
	error = boards_change(at->boards, b, &config);
	if (error < 0)
		log_error("board %s: %s", c->name, strerror(-error));
	if (a != NULL && a->verdict == CLAIM_KNOWN)
		a->verdict = CLAIM_CONFIGURED;
}

/* Boards that have the name of a section. */
static void
attach_change_named(struct attach *at, struct attached_list *again)
{
	const struct config_board	*c = at->config->boards;
	struct board			*b;

	for (; c < at->config->boards + at->config->board_count; c++) {
		b = attach_named(at, c->name);
		if (b == NULL || boards_is_kept(at->boards, b))
			continue;
		if (boards_is_configured(at->boards, b) ||
		    attach_is_meant(at, b, c))
			attach_change(at, b, c);
		else
			attach_drop(at, b, again);
	}
}

/* Whether a port is still where the configuration would have it. */
static bool
attach_fits(const struct attach *at, const struct attached *a)
{
	struct claim	claim = attach_claim(at, a);

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
	bool		 stays;

	for (a = LIST_FIRST(&at->ports); a != NULL; a = next) {
		next = LIST_NEXT(a, entry);
		b = a->board;
		if (b != NULL && boards_is_kept(at->boards, b))
			continue;
		if (attach_fits(at, a)) {
			if (a->verdict == CLAIM_CONFIGURED)
				boards_plug(at->boards, b, a->tty.node,
				    &a->usb);
			continue;
		}
		stays = b == NULL || a->verdict == CLAIM_UNCLAIMED ||
		    attach_configuration(at, board_name(b)) != NULL;
		attach_take_out(at, a, again,
		    "the configuration gives its port to another board");
		if (!stays)
			boards_remove(at->boards, b);
	}
}

void
attach_reload(struct attach *at)
{
	struct attached_list	again = LIST_HEAD_INITIALIZER(again);

	attach_drop_old(at, &again);
	attach_change_named(at, &again);
	attach_sort_out(at, &again);
	(void)attach_configured(at);	/* what is wrong is logged */
	attach_again(at, &again);
}
