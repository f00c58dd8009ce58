/* SPDX-License-Identifier: MIT */
/*
 * picoctl cat: what is in files of a board.
 */
#include "remote.h"
#include "session.h"
#include "transfer.h"

static int
verb_cat_run(struct picoctl *ctl)
{
	int	status = session_open(ctl);

	return status == STATUS_OK ? transfer_get(ctl, ctl->operands,
	    ctl->operand_count, "-") : status;
}

const struct verb	verb_cat = {
	.name = "cat",
	.operands = ":FILE...",
	.summary = "show what is in files of a board",
	.details =
"Writes what is in each FILE of the board to standard output, as it is.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.run = verb_cat_run,
};
