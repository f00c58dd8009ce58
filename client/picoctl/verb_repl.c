/* SPDX-License-Identifier: MIT */
/*
 * picoctl repl: the board's prompt, beside everybody else.
 */
#include "console.h"

static int
verb_repl_run(struct picoctl *ctl)
{
	return console_run(ctl, true);
}

const struct verb	verb_repl = {
	.name = "repl",
	.operands = "",
	.summary = "be at a board's prompt, beside everybody else",
	.details =
"The prompt of a board with MicroPython or CircuitPython, or a line for the\n"
"commands of a PiSerial board.  Others go on using the board: each statement\n"
"comes in its turn.  Ctrl-C stops what you have started and nothing else, Ctrl-D\n"
"restarts the board's program, Ctrl-E begins to paste, Ctrl-] leaves; what runs\n"
"then goes on until somebody else wants the board.\n",
	.options = OPTION_BIT(BOARD),
	.single = true,
	.run = verb_repl_run,
};
