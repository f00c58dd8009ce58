/* SPDX-License-Identifier: MIT */
/*
 * Flashing, as text: on a terminal one line that grows, else a line for each
 * stage, both on standard error; how it ended goes to standard output.
 */
#include <string.h>
#include <unistd.h>

#include "output.h"

void
output_text_firmware(struct output *o, const json_t *firmware)
{
	const json_t	*f;
	size_t		 i;

	if (json_array_size(firmware) == 0) {
		fputs("picoctl: no firmware came with this picod; "
		    "Debian has it in the package picod-firmware, and its "
		    "sources by \"make firmware\" and \"make install\"\n",
		    o->err);
		return;
	}
	fprintf(o->out, "%-12s %-12s %8s\n", "BOARD", "NAME", "SIZE");
	json_array_foreach(firmware, i, f)
		fprintf(o->out, "%-12s %-12s %8lld\n", output_string(f, "board"),
		    output_string(f, "name"), (long long)
		    json_integer_value(json_object_get(f, "size")));
}

/* Somebody has to do something, or it is over. */
static void
output_text_flash_message(struct output *o, FILE *file, const json_t *reply)
{
	const char	*board = output_string(reply, "board");
	const char	*message = output_string(reply, "message");
	const char	*answer = output_string(reply, "answer");

	output_end_bar(o);
	output_escape(file, OUTPUT_LINE, board, strlen(board));
	fputs(": ", file);
	output_escape(file, OUTPUT_LINE, message, strlen(message));
	if (answer[0] != '\0') {
		fputs(": ", file);
		output_escape(file, OUTPUT_LINE, answer, strlen(answer));
	}
	fputc('\n', file);
}

void
output_text_flash(struct output *o, const json_t *reply)
{
	const char	*stage = output_string(reply, "stage");
	const json_t	*percent = json_object_get(reply, "percent");
	bool		 is_new = strcmp(stage, o->stage) != 0;
	bool		 is_ready = strcmp(stage, "ready") == 0;

	if (is_new && !is_ready) {
		output_end_bar(o);
		snprintf(o->stage, sizeof o->stage, "%s", stage);
		if (!isatty(fileno(o->err)) || !json_is_integer(percent))
			fprintf(o->err, "%s\n", stage);
	}
	if (output_string(reply, "message")[0] != '\0')
		output_text_flash_message(o, is_ready ? o->out : o->err, reply);
	else if (json_is_integer(percent) && isatty(fileno(o->err)))
		output_text_progress(o, stage, (unsigned long long)
		    json_integer_value(percent), 100);
	output_flush(o);
}
