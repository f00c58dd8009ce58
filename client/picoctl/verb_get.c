/* SPDX-License-Identifier: MIT */
/*
 * picoctl get: files and directories from a board.
 */
#include "remote.h"
#include "session.h"
#include "transfer.h"

static int
verb_get_run(struct picoctl *ctl)
{
	int		 count = ctl->operand_count;
	const char	*to = ".";
	int		 status;

	if (count > 1 && !remote_is(ctl->operands[count - 1]))
		to = ctl->operands[--count];
	status = session_open(ctl);
	return status == STATUS_OK ? transfer_get(ctl, ctl->operands, count,
	    to) : status;
}

const struct verb	verb_get = {
	.name = "get",
	.operands = ":FILE... [DIRECTORY|NAME]",
	.summary = "copy files and directories from a board",
	.details =
"Copies each FILE of the board here: into a DIRECTORY that is there, else under\n"
"that NAME; into the current one without either.  The \":\" may be left out.  A\n"
"pattern such as \":*.py\" stands for all that is like it.  \"-\" is standard\n"
"output.  Of several boards each gets a directory of its name there.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.run = verb_get_run,
};
