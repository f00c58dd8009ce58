/* SPDX-License-Identifier: MIT */
/*
 * Times of day stand there, not ages, so that a picture is as true a minute later
 * as when it was drawn.
 */
#include "top_picture.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TOP_WAITING	4	/* requests that are named; others are counted */
#define TOP_NAME	20	/* columns that names get, if they need them */
#define TOP_STATE	12

/* What is being drawn, and the line in work. */
struct top {
	const struct output	*output;
	FILE			*out;
	char			*text;
	size_t			 size;
	FILE			*line;
	char			*line_text;
	size_t			 line_size;
	int			 name_width;
};

static FILE *
top_open(char **text, size_t *size)
{
	FILE	*file = open_memstream(text, size);

	if (file == NULL)
		abort();
	return file;
}

static void
top_begin(struct top *t)
{
	t->line = top_open(&t->line_text, &t->line_size);
}

/* Takes the line into the picture, cut to so many columns. */
static void
top_end(struct top *t, int room)
{
	if (fclose(t->line) != 0)
		abort();
	if (output_width(t->line_text) <= room)
		fprintf(t->out, "%s\n", t->line_text);
	else
		fprintf(t->out, "%.*s...\n", (int)(output_skip(t->line_text,
		    room > 3 ? room - 3 : 0) - t->line_text), t->line_text);
	free(t->line_text);
}

/* Columns right of so many that are taken. */
static int
top_room(const struct top *t, int taken)
{
	return t->output->columns > 0 ? t->output->columns - taken : INT_MAX;
}

/* "  waits 14:03:05.123 python3 (pid 7, ben)" */
static void
top_client(struct top *t, const char *what, const json_t *client)
{
	fprintf(t->line, "  %-6s", what);
	output_clock(t->line, json_integer_value(json_object_get(client,
	    "since")));
	fputc(' ', t->line);
	output_client(t->line, client);
}

static void
top_request(struct top *t, const char *what, const json_t *request)
{
	const json_t	*text = json_object_get(request, "text");
	const char	*method = output_string(request, "method");

	top_begin(t);
	top_client(t, what, json_object_get(request, "client"));
	fputs(": ", t->line);
	output_escape(t->line, OUTPUT_LINE, method, strlen(method));
	if (json_string_length(text) > 0) {
		fputc(' ', t->line);
		output_escape(t->line, OUTPUT_QUOTED, json_string_value(text),
		    json_string_length(text));
	}
	top_end(t, top_room(t, 0));
}

static void
top_requests(struct top *t, const json_t *board)
{
	const json_t	*holder = json_object_get(board, "holder"), *request;
	json_int_t	 waiting = json_integer_value(json_object_get(board,
			    "waiting")), named = 0;
	size_t		 i;

	if (json_is_object(holder)) {
		top_begin(t);
		top_client(t, "holds", holder);
		top_end(t, top_room(t, 0));
	}
	json_array_foreach(json_object_get(board, "requests"), i, request) {
		if (json_is_true(json_object_get(request, "running")))
			top_request(t, "runs", request);
		else if (named++ < TOP_WAITING)
			top_request(t, "waits", request);
	}
	if (waiting <= TOP_WAITING)
		return;
	top_begin(t);
	fprintf(t->line, "  and %lld more", (long long)waiting - TOP_WAITING);
	top_end(t, top_room(t, 0));
}

/* "pico0  busy        | the line it printed last", or what is wrong with it. */
static void
top_board(struct top *t, const json_t *board, const char *said)
{
	const char	*problem = output_string(board, "problem");
	const char	*state = output_string(board, "state");
	const char	*name = output_string(board, "name");
	const char	*colour = output_state_colour(t->output, state);
	int		 width = t->name_width, pad = TOP_STATE -
			    output_width(state);

	fprintf(t->out, "%.*s%*s  %s%s%s", (int)(output_skip(name, width) -
	    name), name, width > output_width(name) ? width -
	    output_width(name) : 0, "", colour, state, colour[0] != '\0' ?
	    OUTPUT_PLAIN : "");
	if (problem[0] != '\0' || said[0] != '\0')
		fprintf(t->out, "%*s", pad > 0 ? pad : 1, "");
	top_begin(t);
	if (problem[0] != '\0') {
		output_escape(t->line, OUTPUT_LINE, problem, strlen(problem));
	} else if (said[0] != '\0') {
		fputs("| ", t->line);
		output_escape(t->line, OUTPUT_LINE, said, strlen(said));
	}
	top_end(t, top_room(t, width + 2 + TOP_STATE));
	top_requests(t, board);
}

/* "3 boards: 1 request runs, 2 wait" */
static void
top_head(struct top *t, const json_t *boards)
{
	const json_t	*board, *request;
	size_t		 i, j, run = 0, wait = 0;
	int		 width;

	json_array_foreach(boards, i, board) {
		wait += (size_t)json_integer_value(json_object_get(board,
		    "waiting"));
		json_array_foreach(json_object_get(board, "requests"), j,
		    request)
			run += json_is_true(json_object_get(request,
			    "running"));
		width = output_width(output_string(board, "name"));
		if (width > t->name_width)
			t->name_width = width < TOP_NAME ? width : TOP_NAME;
	}
	top_begin(t);
	fprintf(t->line, "%zu board%s: %zu request%s, %zu wait%s",
	    json_array_size(boards), json_array_size(boards) == 1 ? "" : "s",
	    run, run == 1 ? " runs" : "s run", wait, wait == 1 ? "s" : "");
	top_end(t, top_room(t, 0));
}

char *
top_picture(const struct output *o, const json_t *boards, const json_t *said)
{
	struct top	 t = { .output = o };
	const json_t	*board;
	size_t		 i;

	t.out = top_open(&t.text, &t.size);
	top_head(&t, boards);
	json_array_foreach(boards, i, board)
		top_board(&t, board, output_string(said,
		    output_string(board, "name")));
	if (fclose(t.out) != 0)
		abort();
	return t.text;
}
