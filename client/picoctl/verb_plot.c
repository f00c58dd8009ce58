/* SPDX-License-Identifier: MIT */
/*
 * picoctl plot: values of boards over time, to look at.
 *
 * They are asked for, as "sample" does, or with --watch are those that a board
 * prints by itself.  In a terminal the picture is drawn again with each; a picture
 * in a file is drawn at the end, which Ctrl-C is.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "lines.h"
#include "numbers.h"
#include "sampler.h"
#include "series.h"
#include "session.h"
#include "several.h"
#include "stop.h"

struct plot {
	struct picoctl	*ctl;
	struct series	 series;
	size_t		 height;	/* of what is on the terminal */
	/* Of --watch. */
	long long	 start_us;
	char		*owners[CANVAS_CURVES];	/* boards, by curve */
};

static void
plot_show(struct plot *p)
{
	struct canvas	*canvas;
	FILE		*out = p->ctl->output.out;
	size_t		 columns = (size_t)output_columns(out);
	size_t		 rows = (size_t)output_rows(out);
	size_t		 n = p->series.rows, from;
	double		 span;

	if (columns == 0 || options_given(&p->ctl->options, OPTION_OUTPUT) ||
	    n == 0)
		return;
	rows = rows > 24 ? 24 : rows < 8 ? 8 : rows;
	canvas = canvas_create(columns, rows - 1, p->ctl->output.colour);
	if (p->height > 0)
		fprintf(out, "\x1b[%zuA", p->height);
	from = n > canvas_width(canvas) ? n - canvas_width(canvas) : 0;
	span = p->series.seconds[n - 1] - p->series.seconds[from];
	canvas_draw(canvas, out, p->series.values + from * p->series.curves,
	    n - from, p->series.curves,
	    (const char *const *)p->series.names, span);
	p->height = rows - 1;
	canvas_destroy(canvas);
	output_flush(&p->ctl->output);
}

static int
plot_sample(struct plot *p)
{
	struct sampler	*s;
	struct sample	 sample;
	size_t		 i;
	double		*row;
	int		 status = sampler_create(p->ctl, &s);

	if (status != STATUS_OK)
		return status;
	for (i = 0; i < sampler_count(s); i++)
		if (series_column(&p->series, sampler_name(s, i)) < 0) {
			picoctl_complain("a plot has %d curves at most",
			    CANVAS_CURVES);
			sampler_destroy(s);
			return STATUS_USAGE;
		}
	stop_catch();
	while (p->ctl->output.error == 0 && (status =
	    sampler_next(s, &sample)) == STATUS_OK) {
		row = series_add(&p->series, sample.seconds);
		memcpy(row, sample.values, sample.count * sizeof *row);
		plot_show(p);
	}
	sampler_destroy(s);
	return status == -1 ? STATUS_OK : status;
}

/*
 * A row at that time, in which every curve is where it was: what a line does not
 * name is no gap.
 */
static double *
plot_go_on(struct plot *p, long long time_us)
{
	size_t	 n = p->series.rows, curves = p->series.curves;
	double	*row;

	if (p->start_us == 0)
		p->start_us = time_us;
	row = series_add(&p->series, (double)(time_us - p->start_us) / 1e6);
	if (n > 0)
		memcpy(row, row - curves, curves * sizeof *row);
	return row;
}

/* The curve of a number in a line; -1: there are too many. */
static int
plot_column(struct plot *p, const char *board, const char *name, size_t place)
{
	char	unnamed[80];
	int	column;

	snprintf(unnamed, sizeof unnamed, "%.40s %zu", board, place);
	column = series_column(&p->series, name[0] != '\0' ? name : unnamed);
	if (column >= 0 && p->owners[column] == NULL)
		p->owners[column] = strdup(board);
	return column;
}

/* The numbers of a line: "21.5", "temp: 21.5 light: 3", "1,2,3". */
static void
plot_line(const char *board, const char *line, long long time_us, void *arg)
{
	struct plot	*p = arg;
	const char	*at = line;
	char		 name[64];
	double		 values[CANVAS_CURVES], value, *row;
	int		 columns[CANVAS_CURVES], column;
	size_t		 n = 0, i;

	while (n < CANVAS_CURVES && number_next(&at, name, sizeof name,
	    &value)) {
		column = plot_column(p, board, name, n + 1);
		if (column < 0)
			break;
		columns[n] = column;
		values[n++] = value;
	}
	if (n == 0)
		return;
	row = plot_go_on(p, time_us);
	for (i = 0; i < n; i++)
		row[columns[i]] = values[i];
	plot_show(p);
}

/* A board that is away is a gap in its curves. */
static void
plot_leave(struct plot *p, const json_t *event)
{
	const char	*board = output_string(event, "board");
	double		*row;
	size_t		 i;

	if (strcmp(output_string(event, "state"), "absent") != 0 ||
	    p->series.rows == 0)
		return;
	row = plot_go_on(p, json_integer_value(json_object_get(event, "time")));
	for (i = 0; i < p->series.curves; i++)
		if (p->owners[i] != NULL && strcmp(p->owners[i], board) == 0)
			row[i] = NAN;
	plot_show(p);
}

static bool
plot_is_over(const struct plot *p, long long end_ms)
{
	return stop_asked() || p->ctl->output.error < 0 ||
	    (end_ms >= 0 && clock_ms() >= end_ms);
}

static int
plot_watch(struct plot *p)
{
	json_t		*parameters, *event;
	long long	 end_ms = -1;
	struct pollfd	 fd;
	struct lines	*lines;
	bool		 continues = true;
	int		 failure, status = session_open(p->ctl);

	if (status != STATUS_OK)
		return status;
	if (options_given(&p->ctl->options, OPTION_FOR))
		end_ms = clock_ms() + p->ctl->options.ms[OPTION_FOR];
	parameters = session_parameters(p->ctl, false);
	if (parameters == NULL)
		return STATUS_USAGE;
	lines = lines_create(plot_line, p);
	failure = picod_json_begin(p->ctl->picod, "io.picod.Watch", parameters,
	    true);
	fd = (struct pollfd){ picod_fd(p->ctl->picod), POLLIN, 0 };
	stop_catch();
	while (failure == 0 && continues && !plot_is_over(p, end_ms)) {
		failure = picod_json_try(p->ctl->picod, &event, &continues);
		if (failure == -EAGAIN) {
			failure = 0;
			stop_poll(&fd, 1, end_ms);
			continue;
		}
		if (failure != 0)
			break;
		lines_feed(lines, event);
		plot_leave(p, event);
		json_decref(event);
	}
	lines_destroy(lines);
	return failure == 0 ? STATUS_OK : session_failed(p->ctl, failure, true);
}

/* Also where picod ended: what was seen until then is not lost. */
static int
plot_draw(const struct plot *p, const char *path, int status)
{
	int	drawn = STATUS_OK;

	if (!series_is_empty(&p->series)) {
		drawn = series_draw(&p->series, path);
	} else if (status == STATUS_OK) {
		picoctl_complain("there is nothing to draw into %s: no number "
		    "came", path);
		drawn = STATUS_FAILED;
	}
	return status == STATUS_OK ? drawn : status;
}

static int
verb_plot_run(struct picoctl *ctl)
{
	const char	*path = ctl->options.value[OPTION_OUTPUT];
	bool		 watch = options_given(&ctl->options, OPTION_WATCH);
	struct plot	 p = { .ctl = ctl };
	size_t		 i;
	int		 status;

	if (watch != (ctl->operand_count == 0))
		return picoctl_usage(ctl->verb, "plot needs an EXPRESSION, or "
		    "--watch for what the board prints by itself");
	if (watch && several_named(ctl))
		return picoctl_usage(ctl->verb, "plot --watch is for one board "
		    "at a time, or without -b for all");
	if (path == NULL && !isatty(fileno(ctl->output.out)))
		return picoctl_usage(ctl->verb, "standard output is no "
		    "terminal; -o FILE.svg or FILE.png draws a picture");
	if (path != NULL && (status = series_try(path)) != STATUS_OK)
		return status;
	status = watch ? plot_watch(&p) : plot_sample(&p);
	stop_release();
	if (path != NULL)
		status = plot_draw(&p, path, status);
	for (i = 0; i < CANVAS_CURVES; i++)
		free(p.owners[i]);
	series_finish(&p.series);
	return status;
}

const struct verb	verb_plot = {
	.name = "plot",
	.operands = "[EXPRESSION...]",
	.summary = "draw values of boards over time",
	.details =
"Draws what each EXPRESSION is, asked as \"sample\" does, in the terminal; or\n"
"with --watch the numbers that a board prints by itself: \"21.5\", \"1,2,3\" or\n"
"\"temp: 21.5 light: 3\".  With -o, a picture is drawn into a file at the end,\n"
"which is after --for or Ctrl-C, by gnuplot: SVG, or PNG if it is called .png.\n"
"Where no number came, there is no picture, and the exit status is 1.\n"
"\n"
"A gap in a curve is a time when the board did not answer, or was away; a number\n"
"that a line of the board does not name stays as it was.\n",
	.options = OPTION_BIT(BOARD) | OPTION_BIT(EVERY) | OPTION_BIT(FOR) |
	    OPTION_BIT(TIMEOUT) | OPTION_BIT(WATCH) | OPTION_BIT(OUTPUT),
	.most = -1,
	.itself = true,
	.run = verb_plot_run,
};
