/* SPDX-License-Identifier: MIT */
/*
 * picoctl rm: removes files of a board.
 */
#include "remote.h"
#include "session.h"

static int
verb_rm_like(struct picoctl *ctl, const char *word)
{
	bool			recursive = options_given(&ctl->options,
				    OPTION_RECURSIVE);
	struct remote_list	list = { 0 };
	size_t			i;
	int			status = remote_glob(ctl, word, false, &list);

	for (i = 0; status == STATUS_OK && i < list.count; i++)
		status = remote_pass_over(ctl, remote_remove(ctl,
		    list.files[i].path, recursive));
	remote_list_free(&list);
	return status;
}

static int
verb_rm_run(struct picoctl *ctl)
{
	int	i, status = session_open(ctl);

	for (i = 0; status == STATUS_OK && i < ctl->operand_count; i++)
		status = verb_rm_like(ctl, ctl->operands[i]);
	return remote_passed_over(ctl, status);
}

const struct verb	verb_rm = {
	.name = "rm",
	.operands = ":FILE...",
	.summary = "remove files of a board",
	.details =
"Removes each FILE, or empty directory, of the board; with -r directories with\n"
"all that is in them, of \":\" all that the board has.  A pattern such as \":*.mpy\"\n"
"stands for all that is like it.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT) |
	    OPTION_BIT(RECURSIVE),
	.least = 1,
	.most = -1,
	.run = verb_rm_run,
};
