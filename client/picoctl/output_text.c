/* SPDX-License-Identifier: MIT */
/*
 * Text output of everything but events: the table of boards, a board in detail,
 * the answers of boards, and errors.
 */
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMN_NAME, COLUMN_STATE, COLUMN_DRIVER, COLUMN_PORT, COLUMN_ABOUT,
	COLUMN_COUNT };

static const struct {
	const char	*head;
	const char	*member;
} columns[COLUMN_COUNT] = {
	[COLUMN_NAME] = { "NAME", "name" },
	[COLUMN_STATE] = { "STATE", "state" },
	[COLUMN_DRIVER] = { "DRIVER", "driver" },
	[COLUMN_PORT] = { "PORT", "port" },
	[COLUMN_ABOUT] = { "ABOUT", "about" },
};

static void
output_text_row(struct output *o, const char *const cells[], const int widths[])
{
	int	i, last = COLUMN_COUNT - 1;

	while (last > 0 && cells[last][0] == '\0')
		last--;
	for (i = 0; i < last; i++) {
		output_escape(o->out, OUTPUT_LINE, cells[i], strlen(cells[i]));
		fprintf(o->out, "%*s", widths[i] - (int)strlen(cells[i]) + 2,
		    "");
	}
	output_escape(o->out, OUTPUT_LINE, cells[i], strlen(cells[i]));
	fputc('\n', o->out);
}

static void
output_text_table(struct output *o, const json_t *boards)
{
	const char	*cells[COLUMN_COUNT];
	int		 widths[COLUMN_COUNT], width, c;
	const json_t	*board;
	size_t		 i;

	for (c = 0; c < COLUMN_COUNT; c++) {
		cells[c] = columns[c].head;
		widths[c] = (int)strlen(cells[c]);
		json_array_foreach(boards, i, board) {
			width = (int)strlen(output_string(board,
			    columns[c].member));
			if (width > widths[c])
				widths[c] = width;
		}
	}
	output_text_row(o, cells, widths);
	json_array_foreach(boards, i, board) {
		for (c = 0; c < COLUMN_COUNT; c++)
			cells[c] = output_string(board, columns[c].member);
		output_text_row(o, cells, widths);
	}
}

static void
output_text_problem(struct output *o, const json_t *board)
{
	const char	*problem = output_string(board, "problem");
	const char	*name = output_string(board, "name");

	if (problem[0] == '\0')
		return;
	output_escape(o->out, OUTPUT_LINE, name, strlen(name));
	fputs(": ", o->out);
	output_escape(o->out, OUTPUT_LINE, problem, strlen(problem));
	fputc('\n', o->out);
}

static void
output_text_detail(struct output *o, const char *label, const char *value)
{
	if (value[0] == '\0')
		return;
	fprintf(o->out, "    %-8s ", label);
	output_escape(o->out, OUTPUT_LINE, value, strlen(value));
	fputc('\n', o->out);
}

static void
output_text_usb(struct output *o, const json_t *usb)
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

/* "runs     3 Send "on()" for python3 (pid 7, ben) since 2024-05-01 14:03:05" */
static void
output_text_request(struct output *o, const json_t *request)
{
	const json_t	*text = json_object_get(request, "text");
	const json_t	*client = json_object_get(request, "client");
	const char	*method = output_string(request, "method");

	fprintf(o->out, "    %-8s %lld ", json_is_true(json_object_get(request,
	    "running")) ? "runs" : "waits", (long long)json_integer_value(
	    json_object_get(request, "id")));
	output_escape(o->out, OUTPUT_LINE, method, strlen(method));
	if (json_string_length(text) > 0) {
		fputc(' ', o->out);
		output_escape(o->out, OUTPUT_QUOTED, json_string_value(text),
		    json_string_length(text));
	}
	fputs(" for ", o->out);
	output_client(o->out, client);
	fputs(" since ", o->out);
	output_date(o->out, json_integer_value(
	    json_object_get(client, "since")));
	fputc('\n', o->out);
}

static void
output_text_board(struct output *o, const json_t *board)
{
	const json_t	*holder = json_object_get(board, "holder"), *request;
	const char	*name = output_string(board, "name");
	size_t		 i;

	output_escape(o->out, OUTPUT_LINE, name, strlen(name));
	fputc('\n', o->out);
	output_text_detail(o, "state", output_string(board, "state"));
	output_text_detail(o, "problem", output_string(board, "problem"));
	output_text_detail(o, "driver", output_string(board, "driver"));
	output_text_detail(o, "port", output_string(board, "port"));
	output_text_usb(o, json_object_get(board, "usb"));
	output_text_detail(o, "about", output_string(board, "about"));
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
		output_text_request(o, request);
}

static void
output_text_boards(struct output *o, const json_t *boards, bool details)
{
	const json_t	*board;
	size_t		 i;

	if (json_array_size(boards) == 0)
		fputs("picoctl: there are no boards: plug one in, or name its "
		    "port in /etc/picod/picod.conf, see picod.conf(5)\n",
		    o->err);
	else if (!details)
		output_text_table(o, boards);
	json_array_foreach(boards, i, board) {
		if (details)
			output_text_board(o, board);
		else
			output_text_problem(o, board);
	}
}

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

static void
output_text_answer(struct output *o, const json_t *reply)
{
	const char	*status = output_string(reply, "status");

	output_text_printed(o, reply);
	if (status[0] != '\0')
		output_text_status(o, status);
	output_flush(o);
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
	output_text_end_bar(o);
	output_text_log(o, output_string(parameters, "log"));
	if (o->midline && isatty(fileno(o->out)))
		fputc('\n', o->err);
	if (len > 0)
		fwrite(traceback, 1, len, o->err);
	if (len > 0 && traceback[len - 1] != '\n')
		fputc('\n', o->err);
	if (len == 0)
		fprintf(o->err, "picoctl: %s\n", message);
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
	.done = output_text_done,
	.error = output_text_error,
};
