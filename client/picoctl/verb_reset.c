/* SPDX-License-Identifier: MIT */
/*
 * picoctl reset: restarts a board.
 */
#include "session.h"

static int
verb_reset_run(struct picoctl *ctl)
{
	bool	 hard = options_given(&ctl->options, OPTION_HARD);
	bool	 bootloader = options_given(&ctl->options, OPTION_BOOTLOADER);
	json_t	*parameters;
	int	 status;

	if (hard && bootloader)
		return picoctl_usage(ctl->verb,
		    "--hard and --bootloader exclude each other");
	status = session_open(ctl);
	if (status != STATUS_OK)
		return status;
	parameters = session_parameters(ctl, true);
	if (parameters == NULL)
		return STATUS_USAGE;
	if (hard || bootloader)
		json_object_set_new(parameters, "kind",
		    json_string(hard ? "hard" : "bootloader"));
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	status = session_do(ctl, "io.picod.Reset", parameters);
	if (status == STATUS_OK && bootloader)
		picoctl_complain("the board is in its bootloader and runs "
		    "nothing until it is flashed or plugged in anew");
	return status;
}

const struct verb	verb_reset = {
	.name = "reset",
	.operands = "",
	.summary = "restart a board",
	.details =
"Restarts the board's own program (main.py), as Ctrl-D does at its prompt; its\n"
"variables are gone.  This is also how a board goes on with its program after\n"
"\"picoctl send\", which stops it.  With --hard the chip itself is reset; with\n"
"--bootloader it waits for new firmware.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(HARD) |
	    OPTION_BIT(BOOTLOADER) | OPTION_BIT(WAIT),
	.run = verb_reset_run,
};
