/* SPDX-License-Identifier: MIT */
/*
 * picoctl list: the boards that picod knows.
 */
#include "protocol/error.h"
#include "session.h"

static int
verb_list_show(struct picoctl *ctl, json_t *boards)
{
	const char	*name = ctl->options.value[OPTION_BOARD];
	const json_t	*board;
	size_t		 i;

	if (name != NULL && session_select(boards, name) == 0) {
		picoctl_complain("there is no board \"%s\"; \"picoctl list\" "
		    "shows those there are", name);
		return error_status(ERROR_NO_SUCH_BOARD);
	}
	if (!options_given(&ctl->options, OPTION_NAMES)) {
		ctl->output.ops->boards(&ctl->output, boards,
		    options_given(&ctl->options, OPTION_DETAILS));
		return STATUS_OK;
	}
	json_array_foreach(boards, i, board)
		fprintf(ctl->output.out, "%s\n", output_string(board, "name"));
	return STATUS_OK;
}

static int
verb_list_run(struct picoctl *ctl)
{
	json_t	*parameters, *reply;
	int	 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	parameters = json_object();
	if (options_given(&ctl->options, OPTION_DETAILS))
		json_object_set_new(parameters, "details", json_true());
	status = session_call(ctl, "io.picod.ListBoards", parameters, &reply);
	if (status != STATUS_OK)
		return status;
	status = verb_list_show(ctl, json_object_get(reply, "boards"));
	json_decref(reply);
	return status;
}

const struct verb	verb_list = {
	.name = "list",
	.operands = "",
	.summary = "show the boards",
	.details =
"Shows every board that picod knows: its name, its state, its language\n"
"(repl, piserial, or auto while that is not known), its port, and what it\n"
"says of itself.  Below the table stands what is wrong with a board, and what\n"
"to do.  With -v, everything about each board, and what runs and waits on it:\n"
"the number is what \"picoctl cancel\" takes.  With -b, only that board.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(DETAILS) | OPTION_BIT(NAMES),
	.single = true,
	.run = verb_list_run,
};
