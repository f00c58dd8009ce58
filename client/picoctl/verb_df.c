/* SPDX-License-Identifier: MIT */
/*
 * picoctl df: how much room a board has.
 */
#include "remote.h"
#include "session.h"

static int
verb_df_run(struct picoctl *ctl)
{
	json_t	*parameters, *reply;
	int	 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	parameters = session_parameters(ctl, true);
	if (parameters == NULL)
		return STATUS_USAGE;
	json_object_set_new(parameters, "path", json_string("/"));
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	status = session_call(ctl, "io.picod.Stat", parameters, &reply);
	if (status != STATUS_OK)
		return status;
	if (json_object_get(reply, "capacity") != NULL)
		ctl->output.ops->volume(&ctl->output, reply);
	else {
		picoctl_complain("this board cannot tell how much room it has");
		status = STATUS_USAGE;
	}
	json_decref(reply);
	return status;
}

const struct verb	verb_df = {
	.name = "df",
	.operands = "",
	.summary = "show how much room for files a board has",
	.details =
"Shows how large the file system of the board is, how much of it is used and how\n"
"much is free, in bytes.  Where the board cannot tell, as a micro:bit, the exit\n"
"status is 2.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.run = verb_df_run,
};
