/* SPDX-License-Identifier: MIT */
/*
 * picoctl put: files and directories to a board.
 */
#include "remote.h"
#include "session.h"
#include "transfer.h"

static int
verb_put_run(struct picoctl *ctl)
{
	int		 count = ctl->operand_count;
	const char	*to = ":";
	int		 status;

	if (count > 1 && remote_is(ctl->operands[count - 1]))
		to = ctl->operands[--count];
	if (remote_is(ctl->operands[0]))
		return picoctl_usage(ctl->verb, "\"%s\" is on the board; name "
		    "what is to go there, or \"picoctl get\" it",
		    ctl->operands[0]);
	status = session_open(ctl);
	return status == STATUS_OK ? transfer_put(ctl, ctl->operands, count,
	    remote_path(to)) : status;
}

const struct verb	verb_put = {
	.name = "put",
	.operands = "FILE... [:DIRECTORY|:NAME]",
	.summary = "copy files and directories to a board",
	.details =
"Copies each FILE, directories with all that is in them but hidden files and\n"
"__pycache__, to the board: into a directory that is there, else under that\n"
"name.  \":\" stands for the board, and for all of it where nothing follows.\n"
"\"-\" is standard input, for which a NAME is needed.\n"
"\n"
"Each file is written beside the old one, read back on the board, and only then\n"
"gets its name, so that a pulled cable leaves the old file or the new one.  What\n"
"the board has already is not sent.  (A micro:bit cannot rename: there the name\n"
"is not whole for some tenths of a second, and \"~\" is.)\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.input = 1,
	.run = verb_put_run,
};
