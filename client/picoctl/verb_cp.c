/* SPDX-License-Identifier: MIT */
/*
 * picoctl cp: "put" and "get" in one, for those who think of cp(1).
 */
#include "remote.h"
#include "session.h"
#include "transfer.h"

static int
verb_cp_run(struct picoctl *ctl)
{
	int		 count = ctl->operand_count - 1, i, status;
	const char	*to = ctl->operands[count];
	bool		 from_board = remote_is(ctl->operands[0]);

	for (i = 1; i < count; i++)
		if (remote_is(ctl->operands[i]) != from_board)
			return picoctl_usage(ctl->verb, "either all or none of "
			    "what is copied is on the board");
	if (!from_board && !remote_is(to))
		return picoctl_usage(ctl->verb, "nothing of this is on a board, "
		    "which would begin with \":\"");
	status = session_open(ctl);
	if (status != STATUS_OK)
		return status;
	if (!from_board)
		return transfer_put(ctl, ctl->operands, count, remote_path(to));
	if (!remote_is(to))
		return transfer_get(ctl, ctl->operands, count, to);
	return transfer_copy(ctl, ctl->operands, count, remote_path(to));
}

const struct verb	verb_cp = {
	.name = "cp",
	.operands = "SOURCE... DESTINATION",
	.summary = "copy files to, from or on a board",
	.details =
"As cp(1): what begins with \":\" is on the board, so \"cp main.py :\" is \"put\", and\n"
"\"cp :main.py .\" is \"get\".  From \":\" to \":\" a file is copied on the board.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 2,
	.most = -1,
	.input = 1,
	.run = verb_cp_run,
};
