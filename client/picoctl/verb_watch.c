/* SPDX-License-Identifier: MIT */
/*
 * picoctl watch: what happens on the boards, until it is interrupted.
 */
#include <string.h>

#include "lines.h"
#include "session.h"

/* The line of a board, for --lines. */
static void
verb_watch_line(const char *board, const char *line, long long time_us,
    void *arg)
{
	struct picoctl	*ctl = arg;
	FILE		*out = ctl->output.out;
	char		 time[40];
	json_t		*json;

	lines_time(time_us, time);
	if (options_given(&ctl->options, OPTION_JSON)) {
		json = json_pack("{s:s, s:s, s:s}", "time", time, "board",
		    board, "line", line);
		ctl->output.ops->done(&ctl->output, json);
		json_decref(json);
		return;
	}
	fprintf(out, "%s %s ", time, board);
	output_escape(out, OUTPUT_LINE, line, strlen(line));
	fputc('\n', out);
	output_flush(&ctl->output);
}

static struct lines	*verb_watch_lines;

static void
verb_watch_feed(struct output *o, const json_t *event)
{
	(void)o;
	lines_feed(verb_watch_lines, event);
}

static int
verb_watch_run(struct picoctl *ctl)
{
	json_t	*parameters;
	int	 status = session_open(ctl);

	if (status != STATUS_OK)
		return status;
	/* It takes no hold: whoever may look may look at a held board too. */
	parameters = session_parameters(ctl, false);
	if (parameters != NULL && options_given(&ctl->options, OPTION_HISTORY))
		json_object_set_new(parameters, "history", json_true());
	if (!options_given(&ctl->options, OPTION_LINES))
		return session_stream(ctl, "io.picod.Watch", parameters, true,
		    ctl->output.ops->event);
	verb_watch_lines = lines_create(verb_watch_line, ctl);
	status = session_stream(ctl, "io.picod.Watch", parameters, true,
	    verb_watch_feed);
	lines_flush(verb_watch_lines);
	lines_destroy(verb_watch_lines);
	return status;
}

const struct verb	verb_watch = {
	.name = "watch",
	.operands = "",
	.summary = "show what happens on the boards",
	.details =
"Shows, line by line, the state of each board and every change of it, boards\n"
"that come and go or restart, and, behind a \"|\", what boards print or send\n"
"that nobody asked for.  With -b, only of that board.  With --history or\n"
"--since-boot, it begins with what they said since they started, as far as\n"
"picod kept it.  Control characters in it are shown as \\x1b and the like.\n"
"\n"
"With --lines it shows only what boards print, by whole lines, each behind its\n"
"date and its board; with --json too, as an object a line.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(HISTORY) | OPTION_BIT(LINES),
	.single = true,
	.run = verb_watch_run,
};
