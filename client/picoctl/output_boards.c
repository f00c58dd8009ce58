/* SPDX-License-Identifier: MIT */
/*
 * Boards as text: a table of them, with what is wrong below it, or each in
 * detail.
 *
 * On a terminal the table fits its width: what the board says of itself is cut
 * first, then the port, of which the end tells most, then who uses the board, then
 * names.  A file or a pipe gets all of it.
 */
#include "output.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMN_NAME, COLUMN_STATE, COLUMN_DRIVER, COLUMN_PORT, COLUMN_USER,
	COLUMN_ABOUT, COLUMN_COUNT };

static const struct {
	const char	*head;
	const char	*member;
	int		 least;		/* columns that it may be cut to; 0: not */
} columns[COLUMN_COUNT] = {
	[COLUMN_NAME] = { "NAME", "name", 12 },
	[COLUMN_STATE] = { "STATE", "state", 0 },
	[COLUMN_DRIVER] = { "DRIVER", "driver", 0 },
	[COLUMN_PORT] = { "PORT", "port", 12 },
	[COLUMN_USER] = { "USED BY", NULL, 12 },
	[COLUMN_ABOUT] = { "ABOUT", "about", 10 },
};
/* What stands before the details of a board. */
#define BOARDS_INDENT	13
static const int	cut_first[] = {
	COLUMN_ABOUT, COLUMN_PORT, COLUMN_USER, COLUMN_NAME
};

/* Who holds a board, and how many wait for it. */
static void
boards_print_user(FILE *file, const json_t *board)
{
	const json_t	*holder = json_object_get(board, "holder");
	const char	*program = output_string(holder, "program");
	const char	*user = output_string(holder, "user");
	json_int_t	 waiting = json_integer_value(
			    json_object_get(board, "waiting"));

	if (json_is_object(holder)) {
		output_escape(file, OUTPUT_LINE, program, strlen(program));
		fputs(" (", file);
		output_escape(file, OUTPUT_LINE, user, strlen(user));
		fputc(')', file);
	}
	if (waiting > 0)
		fprintf(file, "%s%lld wait%s", json_is_object(holder) ? ", " :
		    "", (long long)waiting, waiting == 1 ? "s" : "");
}

/* A cell as it is shown, to be freed. */
static char *
boards_cell(const json_t *board, int column)
{
	char		*text = NULL;
	size_t		 size;
	FILE		*file = open_memstream(&text, &size);
	const char	*value;

	if (file == NULL)
		abort();
	if (board == NULL) {
		fputs(columns[column].head, file);
	} else if (column == COLUMN_USER) {
		boards_print_user(file, board);
	} else {
		value = output_string(board, columns[column].member);
		output_escape(file, OUTPUT_LINE, value, strlen(value));
	}
	if (fclose(file) != 0 || text == NULL)
		abort();
	return text;
}

/* Shrinks columns until a row has so much; one that is left too small is left out. */
static void
boards_fit(int widths[], int room)
{
	size_t	i;
	int	c, excess = -room;

	for (c = 0; c < COLUMN_COUNT; c++)
		excess += widths[c] > 0 ? widths[c] + 2 : 0;
	excess -= 2;
	for (i = 0; i < sizeof cut_first / sizeof *cut_first; i++) {
		c = cut_first[i];
		if (excess <= 0 || widths[c] <= columns[c].least)
			continue;
		if (widths[c] - excess >= columns[c].least) {
			widths[c] -= excess;
			return;
		}
		if (c == COLUMN_ABOUT) {
			excess -= widths[c] + 2;
			widths[c] = 0;
		} else {
			excess -= widths[c] - columns[c].least;
			widths[c] = columns[c].least;
		}
	}
}

/* A cell, cut to its column. */
static void
boards_print_cell(struct output *o, int column, const char *text, int width)
{
	int		 has = output_width(text);
	const char	*colour = column == COLUMN_STATE ?
			    output_state_colour(o, text) : "";

	fputs(colour, o->out);
	if (has <= width)
		fputs(text, o->out);
	else if (column == COLUMN_PORT)
		fprintf(o->out, "...%s", output_skip(text, has - width + 3));
	else
		fprintf(o->out, "%.*s...", (int)(output_skip(text, width - 3) -
		    text), text);
	fputs(colour[0] != '\0' ? OUTPUT_PLAIN : "", o->out);
}

static void
boards_print_row(struct output *o, char *const cells[], const int widths[])
{
	int	c, gap = 0;

	for (c = 0; c < COLUMN_COUNT; c++) {
		if (widths[c] == 0)
			continue;
		if (cells[c][0] != '\0') {
			fprintf(o->out, "%*s", gap, "");
			boards_print_cell(o, c, cells[c], widths[c]);
			gap = -output_width(cells[c]);
			if (gap < -widths[c])
				gap = -widths[c];
		}
		gap += widths[c] + 2;
	}
	fputc('\n', o->out);
}

static void
boards_print_table(struct output *o, const json_t *boards)
{
	size_t	 i, rows = json_array_size(boards) + 1;
	char	*(*cells)[COLUMN_COUNT] = calloc(rows, sizeof *cells);
	int	 widths[COLUMN_COUNT] = { 0 }, width, c;

	if (cells == NULL)
		abort();
	for (i = 0; i < rows; i++)
		for (c = 0; c < COLUMN_COUNT; c++) {
			cells[i][c] = boards_cell(i == 0 ? NULL :
			    json_array_get(boards, i - 1), c);
			width = output_width(cells[i][c]);
			/* A head over nothing is left out. */
			if (i == 0 && c != COLUMN_USER)
				widths[c] = width;
			else if (i > 0 && width > 0)
				widths[c] = width > widths[c] ? width :
				    widths[c];
		}
	if (widths[COLUMN_USER] > 0 && widths[COLUMN_USER] < 7)
		widths[COLUMN_USER] = 7;
	if (o->columns > 0)
		boards_fit(widths, o->columns);
	for (i = 0; i < rows; i++) {
		boards_print_row(o, cells[i], widths);
		for (c = 0; c < COLUMN_COUNT; c++)
			free(cells[i][c]);
	}
	free(cells);
}

static void
boards_print_problem(struct output *o, const json_t *board, const char *problem)
{
	char	*name;

	if (problem[0] == '\0')
		return;
	name = output_escaped(output_string(board, "name"));
	fprintf(o->out, "%s: ", name);
	output_wrap(o, output_width(name) + 2, 4, problem);
	free(name);
}

static void
boards_print_problems(struct output *o, const json_t *board)
{
	boards_print_problem(o, board, output_string(board, "problem"));
	boards_print_problem(o, board,
	    output_string(json_object_get(board, "tty"), "note"));
}

static void
boards_print_detail(struct output *o, const char *label, const char *value)
{
	if (value[0] == '\0')
		return;
	fprintf(o->out, "    %-8s ", label);
	output_wrap(o, BOARDS_INDENT, BOARDS_INDENT, value);
}

static void
boards_print_usb(struct output *o, const json_t *usb)
{
	const char	*serial = output_string(usb, "serial");
	const char	*path = output_string(usb, "path");

	if (!json_is_object(usb))
		return;
	fprintf(o->out, "    %-8s %04llx:%04llx", "usb",
	    (unsigned long long)json_integer_value(
	    json_object_get(usb, "vendor")),
	    (unsigned long long)json_integer_value(
	    json_object_get(usb, "product")));
	if (serial[0] != '\0') {
		fputs(" serial ", o->out);
		output_escape(o->out, OUTPUT_LINE, serial, strlen(serial));
	}
	if (path[0] != '\0') {
		fputs(" at ", o->out);
		output_escape(o->out, OUTPUT_LINE, path, strlen(path));
	}
	fputc('\n', o->out);
}

/* "tty      /run/picod/tty/pico0, open: thonny (pid 7)" */
static void
boards_print_tty(struct output *o, const json_t *tty)
{
	const char	*path = output_string(tty, "path");
	const char	*program = output_string(tty, "program");

	if (!json_is_object(tty))
		return;
	fprintf(o->out, "    %-8s ", "tty");
	output_escape(o->out, OUTPUT_LINE, path, strlen(path));
	if (json_is_true(json_object_get(tty, "open")))
		fputs(", open", o->out);
	if (program[0] != '\0') {
		fputs(": ", o->out);
		output_escape(o->out, OUTPUT_LINE, program, strlen(program));
		fprintf(o->out, " (pid %lld)", (long long)json_integer_value(
		    json_object_get(tty, "pid")));
	}
	fputc('\n', o->out);
	boards_print_detail(o, "", output_string(tty, "note"));
}

/* "3 Send "on()" for python3 (pid 7, ben) since 2024-05-01 14:03:05" */
static void
boards_tell_request(FILE *file, const json_t *request)
{
	const json_t	*text = json_object_get(request, "text");
	const json_t	*client = json_object_get(request, "client");
	const char	*method = output_string(request, "method");

	fprintf(file, "%lld ", (long long)json_integer_value(
	    json_object_get(request, "id")));
	output_escape(file, OUTPUT_LINE, method, strlen(method));
	if (json_string_length(text) > 0) {
		fputc(' ', file);
		output_escape(file, OUTPUT_QUOTED, json_string_value(text),
		    json_string_length(text));
	}
	fputs(" for ", file);
	output_client(file, client);
	fputs(" since ", file);
	output_date(file, json_integer_value(json_object_get(client, "since")));
}

static void
boards_print_request(struct output *o, const json_t *request)
{
	char	*line = NULL;
	size_t	 size;
	FILE	*file = open_memstream(&line, &size);

	if (file == NULL)
		abort();
	boards_tell_request(file, request);
	if (fclose(file) != 0)
		abort();
	boards_print_detail(o, json_is_true(json_object_get(request,
	    "running")) ? "runs" : "waits", line);
	free(line);
}

static void
boards_print_board(struct output *o, const json_t *board)
{
	const json_t	*holder = json_object_get(board, "holder"), *request;
	const char	*name = output_string(board, "name");
	size_t		 i;

	output_escape(o->out, OUTPUT_LINE, name, strlen(name));
	fputc('\n', o->out);
	boards_print_detail(o, "state", output_string(board, "state"));
	boards_print_detail(o, "problem", output_string(board, "problem"));
	boards_print_detail(o, "driver", output_string(board, "driver"));
	boards_print_detail(o, "port", output_string(board, "port"));
	boards_print_usb(o, json_object_get(board, "usb"));
	boards_print_tty(o, json_object_get(board, "tty"));
	boards_print_detail(o, "about", output_string(board, "about"));
	fprintf(o->out, "    %-8s %lld\n", "boot", (long long)
	    json_integer_value(json_object_get(board, "boot")));
	if (json_is_object(holder)) {
		fprintf(o->out, "    %-8s ", "holder");
		output_client(o->out, holder);
		fputs(" since ", o->out);
		output_date(o->out, json_integer_value(
		    json_object_get(holder, "since")));
		fputc('\n', o->out);
	}
	json_array_foreach(json_object_get(board, "requests"), i, request)
		boards_print_request(o, request);
}

void
output_text_boards(struct output *o, const json_t *boards, bool details)
{
	const json_t	*board;
	size_t		 i;

	if (json_array_size(boards) == 0)
		fputs("picoctl: there are no boards: plug one in, or name its "
		    "port in /etc/picod/picod.conf, see picod.conf(5)\n",
		    o->err);
	else if (!details)
		boards_print_table(o, boards);
	json_array_foreach(boards, i, board) {
		if (details)
			boards_print_board(o, board);
		else
			boards_print_problems(o, board);
	}
}

