/* SPDX-License-Identifier: MIT */
/*
 * Events as lines: the time, the board, what happened.
 *
 * What a board prints comes in pieces that end anywhere.  To show a piece when it
 * comes and still have lines, a line of output stays open at its end: the next
 * piece of the same board goes on there, and whatever else comes first closes
 * it.
 */
#include "output.h"

#include <stdlib.h>
#include <string.h>

static void
output_event_close(struct output *o)
{
	if (o->open[0] != '\0')
		fputc('\n', o->out);
	o->open[0] = '\0';
}

/* Begins a line, after closing an open one. */
static void
output_event_begin(struct output *o, const json_t *event)
{
	const char	*board = output_string(event, "board");

	output_event_close(o);
	output_clock(o->out, json_integer_value(
	    json_object_get(event, "time")));
	fputc(' ', o->out);
	if (board[0] == '\0')
		return;		/* it concerns no board in particular */
	output_escape(o->out, OUTPUT_LINE, board, strlen(board));
	fputc(' ', o->out);
}

static void
output_event_line(struct output *o, const json_t *event, const char *bytes,
    size_t len)
{
	const char	*board = output_string(event, "board");

	if (strcmp(o->open, board) != 0) {
		output_event_begin(o, event);
		fputs("| ", o->out);
	}
	if (len > 0 && bytes[len - 1] == '\r')
		len--;		/* of a CR LF that came in two pieces */
	output_escape(o->out, OUTPUT_LINE, bytes, len);
	snprintf(o->open, sizeof o->open, "%s", board);
}

static void
output_event_printed(struct output *o, const json_t *event)
{
	const json_t	*output = json_object_get(event, "output");
	const char	*bytes = output_string(event, "output"), *end;
	size_t		 n, len = json_string_length(output);

	for (; len > 0; bytes += n + 1, len -= n + 1) {
		end = memchr(bytes, '\n', len);
		n = end != NULL ? (size_t)(end - bytes) : len;
		output_event_line(o, event, bytes, n);
		if (end == NULL)
			return;
		output_event_close(o);
	}
}

/* Columns of the time, and of what says of which board. */
static int
output_event_used(const json_t *event)
{
	int	width = output_width(output_string(event, "board"));

	return 13 + (width > 0 ? width + 1 : 0);
}

/* "busy: a request of python3 (pid 7, user ben) runs" */
static void
output_event_reason(struct output *o, const json_t *event, const char *what)
{
	const char	*reason = output_string(event, "reason");
	const char	*colour = output_state_colour(o, what);

	fprintf(o->out, "%s%s%s", colour, what, colour[0] != '\0' ?
	    OUTPUT_PLAIN : "");
	if (reason[0] == '\0') {
		fputc('\n', o->out);
		return;
	}
	fputs(": ", o->out);
	output_wrap(o, output_event_used(event) + output_width(what) + 2, 4,
	    reason);
}

void
output_text_event(struct output *o, const json_t *event)
{
	const char	*kind = output_string(event, "event");

	if (strcmp(kind, "output") == 0) {
		output_event_printed(o, event);
	} else {
		output_event_begin(o, event);
		if (strcmp(kind, "state") == 0)
			kind = output_string(event, "state");
		output_event_reason(o, event, kind);
	}
	output_flush(o);
}

/* '> "2 + 2\x04"', and who caused it where the bytes go to the board. */
static void
output_trace_bytes(struct output *o, const json_t *event)
{
	const json_t	*client = json_object_get(event, "client");
	size_t		 len;
	char		*owned;
	const char	*bytes = output_bytes(event, &len, &owned);

	output_event_begin(o, event);
	fputs(json_is_true(json_object_get(event, "toBoard")) ? "> " : "< ",
	    o->out);
	output_escape(o->out, OUTPUT_EXACT, bytes, len);
	free(owned);
	if (json_is_object(client)) {
		fputs(" for ", o->out);
		output_client(o->out, client);
	}
	fputc('\n', o->out);
}

/* The bytes a board printed are in the trace already. */
void
output_text_trace(struct output *o, const json_t *event)
{
	const char	*kind = output_string(event, "event");

	if (strcmp(kind, "trace") == 0)
		output_trace_bytes(o, event);
	else if (strcmp(kind, "output") != 0)
		output_text_event(o, event);
	output_flush(o);
}
