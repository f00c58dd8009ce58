/* SPDX-License-Identifier: MIT */
/*
 * Text output of what boards answer, and of errors.
 */
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes bytes of a board, CR LF as LF. */
static void
output_text_bytes(struct output *o, const char *bytes, size_t len)
{
	const char	*cr;

	while ((cr = memmem(bytes, len, "\r\n", 2)) != NULL) {
		fwrite(bytes, 1, (size_t)(cr - bytes), o->out);
		len -= (size_t)(cr - bytes) + 1;
		bytes = cr + 1;
	}
	fwrite(bytes, 1, len, o->out);
}

/* What the board printed: data, where there is some, is the truth. */
static void
output_text_printed(struct output *o, const json_t *reply)
{
	size_t		 len;
	char		*owned;
	const char	*bytes = output_bytes(reply, &len, &owned);

	if (len > 0)
		o->midline = bytes[len - 1] != '\n';
	if (owned != NULL)
		output_text_bytes(o, bytes, len);
	else
		fwrite(bytes, 1, len, o->out);
	free(owned);
}

/* The board's verdict, "OK" or "RR", on a line of its own. */
static void
output_text_status(struct output *o, const char *status)
{
	fprintf(o->out, "%s%s\n", o->midline ? "\n" : "", status);
	o->midline = false;
}

/* A sentence, which may name a program, whose name is its own choice. */
static void
output_text_sentence(struct output *o, const char *sentence)
{
	fputs("picoctl: ", o->err);
	output_escape(o->err, OUTPUT_LINE, sentence, strlen(sentence));
	fputc('\n', o->err);
}

/* What else the user should know, whatever became of what was sent. */
static void
output_text_notice(struct output *o, const json_t *reply)
{
	const char	*notice = output_string(reply, "notice");

	if (notice[0] != '\0')
		output_text_sentence(o, notice);
}

static void
output_text_answer(struct output *o, const json_t *reply)
{
	const char	*status = output_string(reply, "status");

	output_text_printed(o, reply);
	if (status[0] != '\0')
		output_text_status(o, status);
	output_flush(o);
	output_text_notice(o, reply);
}

/* Of FlashFailed: lines of a program, or of a board. */
static void
output_text_log(struct output *o, const char *log)
{
	size_t	len;

	for (; *log != '\0'; log += len + (log[len] == '\n')) {
		len = strcspn(log, "\n");
		output_escape(o->err, OUTPUT_LINE, log, len);
		fputc('\n', o->err);
	}
}

static void
output_text_error(struct output *o, const char *name, const json_t *parameters,
    const char *message)
{
	const char	*traceback = output_string(parameters, "traceback");
	/* It may have NUL bytes, as a message of Python's may. */
	size_t		 len = json_string_length(
			    json_object_get(parameters, "traceback"));

	output_text_printed(o, parameters);
	if (strcmp(name, "io.picod.CommandRejected") == 0) {
		output_text_status(o, "RR");
		output_flush(o);
		return;
	}
	output_flush(o);
	output_text_log(o, output_string(parameters, "log"));
	if (o->midline && isatty(fileno(o->out)))
		fputc('\n', o->err);
	if (len > 0)
		fwrite(traceback, 1, len, o->err);
	if (len > 0 && traceback[len - 1] != '\n')
		fputc('\n', o->err);
	if (len == 0)
		output_text_sentence(o, message);
	output_text_notice(o, parameters);
}

static void
output_text_done(struct output *o, const json_t *reply)
{
	(void)o;
	(void)reply;
}

const struct output_ops	output_text = {
	.boards = output_text_boards,
	.answer = output_text_answer,
	.event = output_text_event,
	.trace = output_text_trace,
	.firmware = output_text_firmware,
	.flash = output_text_flash,
	.file = output_text_file,
	.volume = output_text_volume,
	.synced = output_text_synced,
	.progress = output_text_progress,
	.done = output_text_done,
	.error = output_text_error,
};
