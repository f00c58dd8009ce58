/* SPDX-License-Identifier: MIT */
/*
 * picoctl send: statements, programs and commands to a board.
 *
 * Every text is a call of its own, and the next is sent when the one before has
 * succeeded.  As text, output is asked for in pieces and shown as it comes; as
 * JSON, an answer is one object, which is what a script wants to read.
 */
#include <string.h>
#include <unistd.h>

#include "send.h"
#include "session.h"

static int
verb_send_nothing(const struct picoctl *ctl)
{
	if (isatty(STDIN_FILENO))
		return picoctl_usage(ctl->verb, "send needs a TEXT");
	return picoctl_usage(ctl->verb, "send needs a TEXT; \"-\" sends "
	    "standard input as a program");
}

static int
verb_send_run(struct picoctl *ctl)
{
	const char	*file = ctl->options.value[OPTION_FILE];
	const char	*text;
	int		 i, status;

	if (file == NULL && ctl->operand_count == 0)
		return verb_send_nothing(ctl);
	status = session_open(ctl);
	if (status == STATUS_OK && file != NULL)
		status = send_file(ctl, file);
	for (i = 0; status == STATUS_OK && i < ctl->operand_count; i++) {
		text = ctl->operands[i];
		status = strcmp(text, "-") == 0 ? send_file(ctl, text) :
		    send_text(ctl, text, strlen(text), "that");
	}
	return status;
}

const struct verb	verb_send = {
	.name = "send",
	.operands = "TEXT...",
	.summary = "send statements or commands to a board",
	.details =
"Each TEXT is a statement of MicroPython or CircuitPython, or a command of a\n"
"PiSerial board, on its own.  They are sent in order, and the first that fails\n"
"is the last.  \"-\" stands for standard input, and -f FILE, which is sent before\n"
"any TEXT, for a script: each is sent as one program.  A TEXT that begins with\n"
"\"-\" comes after \"--\".\n"
"\n"
"What the board prints goes to standard output as it comes; tracebacks and\n"
"errors go to standard error.  A PiSerial board's OK is printed, or its RR,\n"
"with exit status 1.  What is typed meanwhile is the statement's input.\n"
"\n"
"--timeout counts from the start on the board; without it a statement takes as\n"
"long as it takes.  --wait is for the time before: in the queue, or until the\n"
"board is plugged in.  Ctrl-C stops the statement on the board too.\n"
"\n"
"--max-age takes an answer to the same TEXT that another got so recently, or\n"
"waits for it together with him: many who ask are one who asks.\n"
"\n"
"A board that ran a program of its own (main.py) has been stopped for this, and\n"
"stays so until \"picoctl reset\" starts it again.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(FILE) | OPTION_BIT(TIMEOUT) |
	    OPTION_BIT(WAIT) | OPTION_BIT(MAX_AGE),
	.most = -1,
	.input = -1,
	.run = verb_send_run,
};
