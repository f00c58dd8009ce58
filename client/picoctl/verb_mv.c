/* SPDX-License-Identifier: MIT */
/*
 * picoctl mv: gives a file of a board another name.
 */
#include "remote.h"
#include "session.h"

static int
verb_mv_run(struct picoctl *ctl)
{
	int	status = session_open(ctl);

	return status == STATUS_OK ? remote_rename(ctl,
	    remote_path(ctl->operands[0]), remote_path(ctl->operands[1])) :
	    status;
}

const struct verb	verb_mv = {
	.name = "mv",
	.operands = ":FILE :NAME",
	.summary = "give a file of a board another name",
	.details =
"Gives FILE, or a directory, of the board another NAME.  What has that name is\n"
"replaced.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 2,
	.most = 2,
	.run = verb_mv_run,
};
