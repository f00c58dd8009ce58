/* SPDX-License-Identifier: MIT */
/*
 * JSON output: what picod answered, as it is, one object per line.
 */
#include "output.h"

static void
output_json_line(struct output *o, const json_t *object)
{
	json_dumpf(object, o->out, JSON_COMPACT);
	fputc('\n', o->out);
	output_flush(o);
}

static void
output_json_boards(struct output *o, const json_t *boards, bool details)
{
	const json_t	*board;
	size_t		 i;

	(void)details;		/* picod left them out already */
	json_array_foreach(boards, i, board)
		output_json_line(o, board);
}

static void
output_json_firmware(struct output *o, const json_t *firmware)
{
	output_json_boards(o, firmware, false);
}

static void
output_json_file(struct output *o, const json_t *file, bool details)
{
	(void)details;
	output_json_line(o, file);
}

static void
output_json_synced(struct output *o, unsigned changed, unsigned same,
    unsigned removed)
{
	json_t	*line = json_pack("{s:i, s:i, s:i}", "changed", (int)changed,
		    "same", (int)same, "removed", (int)removed);

	output_json_line(o, line);
	json_decref(line);
}

/* What is read by a program is shown when it is done. */
static void
output_json_progress(struct output *o, const char *what,
    unsigned long long done, unsigned long long total)
{
	(void)o, (void)what, (void)done, (void)total;
}

static void
output_json_error(struct output *o, const char *name, const json_t *parameters,
    const char *message)
{
	json_t	*line = json_object();

	(void)message;		/* among the parameters */
	json_object_set_new(line, "error", json_string(name));
	json_object_set_new(line, "parameters", json_is_object(parameters) ?
	    json_deep_copy(parameters) : json_object());
	output_json_line(o, line);
	json_decref(line);
}

const struct output_ops	output_json = {
	.boards = output_json_boards,
	.answer = output_json_line,
	.event = output_json_line,
	.trace = output_json_line,
	.firmware = output_json_firmware,
	.flash = output_json_line,
	.file = output_json_file,
	.volume = output_json_line,
	.synced = output_json_synced,
	.progress = output_json_progress,
	.done = output_json_line,
	.error = output_json_error,
};
