/* SPDX-License-Identifier: MIT */
/*
 * picoctl watch: what happens on the boards, until it is interrupted.
 */
#include "session.h"

static int
verb_watch_run(struct picoctl *ctl)
{
	json_t	*parameters;
	int	 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	/* It takes no hold: whoever may look may look at a held board too. */
	parameters = session_parameters(ctl, false);
	if (parameters != NULL && options_given(&ctl->options, OPTION_HISTORY))
		json_object_set_new(parameters, "history", json_true());
	return session_stream(ctl, "io.picod.Watch", parameters, true,
	    ctl->output.ops->event);
}

const struct verb	verb_watch = {
	.name = "watch",
	.operands = "",
	.summary = "show what happens on the boards",
	.details =
"Shows, line by line, the state of each board and every change of it, boards\n"
"that come and go or restart, and, behind a \"|\", what boards print or send\n"
"that nobody asked for.  With -b, only of that board.  With --history or\n"
"--since-boot, it begins with what they said since they started, as far as\n"
"picod kept it.  Control characters in it are shown as \\x1b and the like.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(HISTORY),
	.single = true,
	.run = verb_watch_run,
};
