/* SPDX-License-Identifier: MIT */
/*
 * picoctl firmware: the images that come with picod.
 */
#include <stdlib.h>

#include "session.h"

static int
verb_firmware_run(struct picoctl *ctl)
{
	const char	*board = ctl->options.value[OPTION_BOARD];
	json_t		*parameters, *reply;
	int		 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	if (board == NULL)
		board = getenv("PICOD_BOARD");
	parameters = json_object();
	if (board != NULL)
		json_object_set_new(parameters, "board", json_string(board));
	status = session_call(ctl, "io.picod.ListFirmware", parameters, &reply);
	if (status != STATUS_OK)
		return status;
	ctl->output.ops->firmware(&ctl->output,
	    json_object_get(reply, "firmware"));
	json_decref(reply);
	return STATUS_OK;
}

const struct verb	verb_firmware = {
	.name = "firmware",
	.operands = "",
	.summary = "show the firmware that comes with picod",
	.details =
"Shows the images that \"picoctl flash\" knows by name, and the kind of board\n"
"each is for.  With -b, only those for that board.\n",
	.options = OPTION_BIT(BOARD),
	.run = verb_firmware_run,
};
