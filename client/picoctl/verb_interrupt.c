/* SPDX-License-Identifier: MIT */
/*
 * picoctl interrupt: Ctrl-C for whatever runs on a board, whoever sent it.
 */
#include "session.h"

static int
verb_interrupt_run(struct picoctl *ctl)
{
	int	status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	return session_do(ctl, "io.picod.Interrupt", session_parameters(ctl, true));
}

const struct verb	verb_interrupt = {
	.name = "interrupt",
	.operands = "",
	.summary = "stop what runs on a board",
	.details =
"Stops the statement that runs on the board, ahead of everything that waits for\n"
"it; whoever sent it is told.  Where none runs, it is the board's own program\n"
"(main.py) that stops.\n",
	.options = OPTION_BIT(BOARD),
	.run = verb_interrupt_run,
};
