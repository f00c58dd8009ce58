/* SPDX-License-Identifier: MIT */
/*
 * picoctl list: the boards that picod knows.
 */
#include <string.h>

#include "protocol/error.h"
#include "session.h"

static void
verb_list_show(struct picoctl *ctl, const json_t *boards)
{
	const json_t	*board;
	size_t		 i;

	if (!options_given(&ctl->options, OPTION_NAMES)) {
		ctl->output.ops->boards(&ctl->output, boards,
		    options_given(&ctl->options, OPTION_DETAILS));
		return;
	}
	json_array_foreach(boards, i, board)
		fprintf(ctl->output.out, "%s\n", output_string(board, "name"));
}

/* Adds the board of that name. */
static int
verb_list_add(json_t *to, const json_t *boards, const char *name, size_t len)
{
	json_t		*board;
	const char	*other;
	size_t		 i;

	json_array_foreach(boards, i, board) {
		other = output_string(board, "name");
		if (strlen(other) != len || memcmp(other, name, len) != 0)
			continue;
		json_array_append(to, board);
		return STATUS_OK;
	}
	picoctl_complain("there is no board \"%.*s\"; \"picoctl list\" shows "
	    "those there are", (int)len, name);
	return error_status(ERROR_NO_SUCH_BOARD);
}

/* The boards that are named, with commas between them, in that order. */
static int
verb_list_some(struct picoctl *ctl, const json_t *boards, const char *names)
{
	json_t	*some = json_array();
	size_t	 len;
	int	 status, first = STATUS_OK;

	do {
		len = strcspn(names, ",");
		status = verb_list_add(some, boards, names, len);
		if (first == STATUS_OK)
			first = status;
		names += len;
	} while (*names++ != '\0');
	if (json_array_size(some) > 0)
		verb_list_show(ctl, some);
	json_decref(some);
	return first;
}

static int
verb_list_run(struct picoctl *ctl)
{
	const char	*names = ctl->options.value[OPTION_BOARD];
	json_t		*parameters, *reply, *boards;
	int		 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	parameters = json_object();
	if (options_given(&ctl->options, OPTION_DETAILS))
		json_object_set_new(parameters, "details", json_true());
	status = session_call(ctl, "io.picod.ListBoards", parameters, &reply);
	if (status != STATUS_OK)
		return status;
	boards = json_object_get(reply, "boards");
	if (names == NULL || strcmp(names, "all") == 0)
		verb_list_show(ctl, boards);
	else
		status = verb_list_some(ctl, boards, names);
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
"the number is what \"picoctl cancel\" takes.  With -b, only those boards.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(DETAILS) | OPTION_BIT(NAMES),
	.itself = true,
	.run = verb_list_run,
};
