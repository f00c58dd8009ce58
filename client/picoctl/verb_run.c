/* SPDX-License-Identifier: MIT */
/*
 * picoctl run: a program of ours on a board, without storing it there.
 *
 * Its arguments have to be in sys.argv before its first line, so both are sent
 * under a hold: nobody comes in between.
 */
#include <stdlib.h>
#include <string.h>

#include "send.h"
#include "session.h"

/* A literal of Python for bytes of a command line. */
static void
verb_run_literal(FILE *text, const char *word)
{
	fputc('\'', text);
	for (; *word != '\0'; word++) {
		if (*word == '\'' || *word == '\\')
			fprintf(text, "\\%c", *word);
		else if ((unsigned char)*word < 0x20)
			fprintf(text, "\\x%02x", *word);
		else
			fputc(*word, text);
	}
	fputc('\'', text);
}

static int
verb_run_arguments(struct picoctl *ctl)
{
	char	*text;
	size_t	 len;
	FILE	*file = open_memstream(&text, &len);
	int	 i, status;

	if (file == NULL)
		abort();
	fputs("__import__('sys').argv[:]=[", file);
	for (i = 0; i < ctl->operand_count; i++) {
		verb_run_literal(file, ctl->operands[i]);
		fputs(i < ctl->operand_count - 1 ? "," : "]", file);
	}
	fclose(file);
	status = send_text(ctl, text, len, "an argument");
	free(text);
	return status;
}

/* Takes a hold, which this connection's end gives back. */
static int
verb_run_hold(struct picoctl *ctl)
{
	json_t	*parameters = session_parameters(ctl, true), *reply;
	int	 status;

	if (getenv("PICOD_HOLD") != NULL) {
		json_decref(parameters);
		return STATUS_OK;
	}
	if (parameters != NULL)
		session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	status = session_call(ctl, "io.picod.Hold", parameters, &reply);
	if (status != STATUS_OK)
		return status;
	setenv("PICOD_HOLD", output_string(reply, "token"), 1);
	json_decref(reply);
	return STATUS_OK;
}

static int
verb_run_run(struct picoctl *ctl)
{
	bool	has_arguments = ctl->operand_count > 1;
	int	status = session_open(ctl);

	if (status == STATUS_OK && has_arguments)
		status = verb_run_hold(ctl);
	if (status == STATUS_OK && has_arguments)
		status = verb_run_arguments(ctl);
	return status == STATUS_OK ? send_file(ctl, ctl->operands[0]) : status;
}

const struct verb	verb_run = {
	.name = "run",
	.operands = "FILE [ARGUMENT...]",
	.summary = "run a program on a board, without storing it there",
	.details =
"Sends FILE as one program, and shows what it prints as it comes; \"-\" is\n"
"standard input.  The ARGUMENTs, with FILE in front, are sys.argv there, on\n"
"boards that have it.  Options of picoctl stand before FILE.\n"
"\n"
"Ctrl-C stops the program on the board too.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(TIMEOUT) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.input = 1,
	.arguments = true,
	.run = verb_run_run,
};
