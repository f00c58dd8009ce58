/* SPDX-License-Identifier: MIT */
/*
 * picoctl hold: a board for the exclusive use of a program.
 *
 * The hold belongs to picoctl's connection and ends with it, so picoctl stays
 * until the program ends, and survives what a terminal sends to both.  The
 * program gets the hold's token in its environment.  Only where it ends with
 * status 0 is the hold dropped in an orderly way; otherwise the connection is
 * simply closed, and picod runs the last will: a program that died with the
 * motor on is what a will is for.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "session.h"

static int
verb_hold_environment(const struct picoctl *ctl, const json_t *hold)
{
	char	path[PATH_MAX];
	int	error = program_socket_path(ctl, path);

	if (error == 0 && (setenv("PICOD_SOCKET", path, 1) < 0 ||
	    setenv("PICOD_BOARD", output_string(hold, "board"), 1) < 0 ||
	    setenv("PICOD_HOLD", output_string(hold, "token"), 1) < 0))
		error = -errno;
	if (error == 0)
		return STATUS_OK;
	picoctl_complain("cannot prepare the program's environment: %s",
	    strerror(-error));
	return STATUS_OWN_FAILURE;
}

static void
verb_hold_drop(struct picoctl *ctl, const json_t *hold)
{
	json_t	*parameters = json_object(), *reply;

	json_object_set(parameters, "board", json_object_get(hold, "board"));
	if (picod_json_call(ctl->picod, "io.picod.Drop", parameters,
	    &reply) == 0)
		json_decref(reply);
}

/* Takes the board; *hold is the reply. */
static int
verb_hold_take(struct picoctl *ctl, json_t **hold)
{
	const char	*will = ctl->options.value[OPTION_WILL];
	json_t		*parameters, *json;
	int		 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	/* A hold within a hold is a new one: the old token has no say in it. */
	parameters = session_parameters(ctl, false);
	if (parameters == NULL)
		return STATUS_USAGE;
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	if (will != NULL) {
		json = json_string(will);
		if (json == NULL) {
			json_decref(parameters);
			return picoctl_usage(ctl->verb,
			    "the will is not UTF-8");
		}
		json_object_set_new(parameters, "will", json);
	}
	return session_call(ctl, "io.picod.Hold", parameters, hold);
}

static int
verb_hold_run(struct picoctl *ctl)
{
	json_t	*hold;
	pid_t	 pid;
	int	 status;

	program_lend_name(ctl->operands);
	if (verb_hold_take(ctl, &hold) != STATUS_OK)
		return STATUS_OWN_FAILURE;
	status = verb_hold_environment(ctl, hold);
	if (status == STATUS_OK)
		status = program_start(ctl->operands, &pid);
	if (status == STATUS_OK) {
		program_guard(ctl, pid, ctl->operands[0], "the hold is over",
		    "goes on without it");
		status = program_wait(pid);
		if (status == 0)
			verb_hold_drop(ctl, hold);
	} else {
		verb_hold_drop(ctl, hold);	/* it never began */
	}
	json_decref(hold);
	return status;
}

const struct verb	verb_hold = {
	.name = "hold",
	.operands = "PROGRAM ARGUMENT...",
	.summary = "run a program that has a board to itself",
	.details =
"Runs PROGRAM while nobody else can use the board, nor interrupt or reset it;\n"
"only root can.  What PROGRAM sends through picoctl or the libraries goes to\n"
"that board and passes: they heed $PICOD_BOARD, $PICOD_HOLD and $PICOD_SOCKET.\n"
"The hold ends when PROGRAM does.\n"
"\n"
"A board that others use is refused at once; --wait TIME waits for it.\n"
"\n"
"--will TEXT leaves a last will: a statement that picod runs should PROGRAM not\n"
"end with status 0, or picoctl be killed.  A motor can be stopped like that.\n"
"\n"
"The exit status is that of PROGRAM, or 128 and the number of the signal that\n"
"killed it; 127 if it was not found, 126 if it cannot be run, 125 if the board\n"
"could not be held.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT) | OPTION_BIT(WILL),
	.least = 1,
	.most = -1,
	.program = true,
	.single = true,
	.run = verb_hold_run,
};
