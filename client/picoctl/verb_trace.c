/* SPDX-License-Identifier: MIT */
/*
 * picoctl trace: every byte between picod and a board, for bug reports.
 */
#include "session.h"

static int
verb_trace_run(struct picoctl *ctl)
{
	json_t	*parameters;
	int	 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	/* It takes no hold: whoever may look may look at a held board too. */
	parameters = session_parameters(ctl, false);
	if (parameters != NULL)
		json_object_set_new(parameters, "trace", json_true());
	return session_stream(ctl, "io.picod.Watch", parameters, true,
	    ctl->output.ops->trace);
}

const struct verb	verb_trace = {
	.name = "trace",
	.operands = "",
	.summary = "show every byte to and from the boards",
	.details =
"Shows every byte that goes to a board (>) or comes from it (<), as a string in\n"
"C, with the time, and for whom it was; and between them the changes of the\n"
"board's state.  That is what a report of a fault needs.  With -b, only of that\n"
"board.\n",
	.options = OPTION_BIT(BOARD),
	.single = true,
	.run = verb_trace_run,
};
