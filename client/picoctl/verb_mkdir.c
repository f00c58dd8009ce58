/* SPDX-License-Identifier: MIT */
/*
 * picoctl mkdir: makes directories on a board.
 */
#include "remote.h"
#include "session.h"

static int
verb_mkdir_run(struct picoctl *ctl)
{
	int	i, status = session_open(ctl);

	for (i = 0; status == STATUS_OK && i < ctl->operand_count; i++)
		status = remote_make_directory(ctl,
		    remote_path(ctl->operands[i]));
	return status;
}

const struct verb	verb_mkdir = {
	.name = "mkdir",
	.operands = ":DIRECTORY...",
	.summary = "make directories on a board",
	.details =
"Makes each DIRECTORY, and those above it.  It is no error if it is there.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.run = verb_mkdir_run,
};
