/* SPDX-License-Identifier: MIT */
/*
 * picoctl lend: a board's port for a program that wants the port itself.
 *
 * picod closes the port for as long as picoctl's connection lives.  So picoctl
 * stays until the program ends, and however either of them ends, picod has the
 * board back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "session.h"

/* Borrows the board; *lent is the reply. */
static int
verb_lend_take(struct picoctl *ctl, json_t **lent)
{
	json_t	*parameters;
	int	 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	parameters = session_parameters(ctl, true);
	if (parameters == NULL)
		return STATUS_USAGE;
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	return session_call(ctl, "io.picod.Lend", parameters, lent);
}

static int
verb_lend_run(struct picoctl *ctl)
{
	const char	*port;
	json_t		*lent;
	char		**argv;
	pid_t		 pid;
	int		 status;

	program_lend_name(ctl->operands);
	if (verb_lend_take(ctl, &lent) != STATUS_OK)
		return STATUS_OWN_FAILURE;
	port = output_string(lent, "port");
	argv = program_words(ctl, port);
	if (argv == NULL || setenv("PICOD_PORT", port, 1) < 0) {
		picoctl_complain("%s", strerror(ENOMEM));
		status = STATUS_OWN_FAILURE;
	} else {
		status = program_start(argv, &pid);
		if (status == STATUS_OK) {
			program_guard(ctl, pid, argv[0], "the board is not "
			    "lent any more", "may meet others at its port");
			status = program_wait(pid);
		}
	}
	program_words_free(argv);
	json_decref(lent);
	return status;
}

const struct verb	verb_lend = {
	.name = "lend",
	.operands = "PROGRAM ARGUMENT...",
	.summary = "run a program that wants the port of a board",
	.details =
"Has picod close the board's port and runs PROGRAM, with each {} in its\n"
"arguments replaced by the port, which is in $PICOD_PORT, too.  picod takes the\n"
"board back when PROGRAM ends, however it ends; other clients wait meanwhile.\n"
"\n"
"  picoctl lend -b uno0 -- avrdude -c arduino -p m328p -P {} -U flash:r:x.hex:i\n"
"\n"
"The exit status is that of PROGRAM, or 128 and the number of the signal that\n"
"killed it; 127 if it was not found, 126 if it cannot be run, 125 if the board\n"
"could not be lent.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.program = true,
	.single = true,
	.run = verb_lend_run,
};
