/* SPDX-License-Identifier: MIT */
/*
 * picoctl touch: makes empty files on a board.
 */
#include "remote.h"
#include "session.h"

/* A board's clock is seldom right, so one that is there stays as it is. */
static int
verb_touch_path(struct picoctl *ctl, const char *path)
{
	int	status = remote_stat(ctl, path, false, NULL);

	return status == REMOTE_ABSENT ? remote_write(ctl, path, "", 0, NULL) :
	    status;
}

static int
verb_touch_run(struct picoctl *ctl)
{
	int	i, status = session_open(ctl);

	for (i = 0; status == STATUS_OK && i < ctl->operand_count; i++)
		status = verb_touch_path(ctl, remote_path(ctl->operands[i]));
	return status;
}

const struct verb	verb_touch = {
	.name = "touch",
	.operands = ":FILE...",
	.summary = "make empty files on a board",
	.details =
"Makes each FILE that is not there, empty.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.run = verb_touch_run,
};
