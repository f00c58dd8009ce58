/* SPDX-License-Identifier: MIT */
/*
 * picoctl run: a program of ours on a board, without storing it there.
 *
 * Its arguments have to be in sys.argv before its first line, so both are sent
 * under a hold: nobody comes in between.  They are gone when it is over, or
 * the next program, which has none, would take them for its own.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/error.h"
#include "protocol/limits.h"
#include "send.h"
#include "session.h"

/* As it is after a reset. */
#define NO_ARGUMENTS	"getattr(__import__('sys'),'argv',[]).clear()"

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

/*
 * Takes a hold, which this connection's end gives back; its last will empties
 * sys.argv, however this ends.
 */
static int
verb_run_hold(struct picoctl *ctl)
{
	json_t	*parameters = session_parameters(ctl, true), *reply;
	int	 failure;

	if (parameters == NULL)
		return STATUS_USAGE;
	json_object_set_new(parameters, "will", json_string(NO_ARGUMENTS));
	session_add_time(ctl, parameters, OPTION_WAIT, "wait");
	failure = session_ask(ctl, "io.picod.Hold", json_incref(parameters),
	    &reply);
	/* As Send: it waits behind a hold, not for a board that is away. */
	if (failure > 0 && ctl->options.ms[OPTION_WAIT] < 0 &&
	    error_find(picod_error_name(ctl->picod)) == ERROR_BOARD_BUSY) {
		json_object_set_new(parameters, "wait",
		    json_integer(LIMIT_TIME_MS));
		failure = session_ask(ctl, "io.picod.Hold",
		    json_incref(parameters), &reply);
	}
	json_decref(parameters);
	if (failure != 0)
		return session_failed(ctl, failure, false);
	setenv("PICOD_HOLD", output_string(reply, "token"), 1);
	json_decref(reply);
	return STATUS_OK;
}

/* Of a hold that is not ours, and has another will or none. */
static void
verb_run_forget_arguments(struct picoctl *ctl)
{
	json_t	*parameters = session_parameters(ctl, true), *reply;

	if (parameters == NULL)
		return;
	json_object_set_new(parameters, "text", json_string(NO_ARGUMENTS));
	if (picod_json_call(ctl->picod, "io.picod.Send", parameters,
	    &reply) == 0)
		json_decref(reply);
}

static int
verb_run_with_arguments(struct picoctl *ctl)
{
	bool	is_held = getenv("PICOD_HOLD") != NULL;
	int	status = is_held ? STATUS_OK : verb_run_hold(ctl);

	if (status == STATUS_OK)
		status = verb_run_arguments(ctl);
	if (status != STATUS_OK)
		return status;
	status = send_file(ctl, ctl->operands[0]);
	if (is_held)
		verb_run_forget_arguments(ctl);
	return status;
}

static int
verb_run_run(struct picoctl *ctl)
{
	int	status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	return ctl->operand_count > 1 ? verb_run_with_arguments(ctl) :
	    send_file(ctl, ctl->operands[0]);
}

const struct verb	verb_run = {
	.name = "run",
	.operands = "FILE [ARGUMENT...]",
	.summary = "run a program on a board, without storing it there",
	.details =
"Sends FILE as one program, and shows what it prints as it comes; \"-\" is\n"
"standard input.  The ARGUMENTs, with FILE in front, are sys.argv there while\n"
"it runs, on boards that have it.  Options of picoctl stand before FILE.\n"
"\n"
"Ctrl-C stops the program on the board too.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(TIMEOUT) | OPTION_BIT(WAIT),
	.least = 1,
	.most = -1,
	.input = 1,
	.arguments = true,
	.run = verb_run_run,
};
