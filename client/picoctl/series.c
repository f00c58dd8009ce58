/* SPDX-License-Identifier: MIT */
/*
 * gnuplot reads its orders and the data on its standard input; an empty line among
 * the data is a gap in the curve.
 */
#include "series.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "numbers.h"
#include "picoctl.h"

int
series_column(struct series *s, const char *name)
{
	size_t	i, row;

	for (i = 0; i < s->curves; i++)
		if (strcmp(s->names[i], name) == 0)
			return (int)i;
	if (s->curves == CANVAS_CURVES)
		return -1;
	s->names[s->curves++] = strdup(name);
	s->values = reallocarray(s->values, s->room + 1,
	    s->curves * sizeof *s->values);
	if (s->values == NULL)
		abort();
	for (row = s->rows; row-- > 0; ) {
		memmove(s->values + row * s->curves,
		    s->values + row * (s->curves - 1),
		    (s->curves - 1) * sizeof *s->values);
		s->values[row * s->curves + s->curves - 1] = NAN;
	}
	return (int)s->curves - 1;
}

double *
series_add(struct series *s, double seconds)
{
	double	*row;
	size_t	 i;

	if (s->rows == s->room) {
		s->room = s->room == 0 ? 256 : 2 * s->room;
		s->seconds = reallocarray(s->seconds, s->room,
		    sizeof *s->seconds);
		s->values = reallocarray(s->values, s->room + 1,
		    (s->curves + 1) * sizeof *s->values);
		if (s->seconds == NULL || s->values == NULL)
			abort();
	}
	s->seconds[s->rows] = seconds;
	row = s->values + s->rows++ * s->curves;
	for (i = 0; i < s->curves; i++)
		row[i] = NAN;
	return row;
}

void
series_finish(struct series *s)
{
	size_t	i;

	for (i = 0; i < s->curves; i++)
		free(s->names[i]);
	free(s->seconds);
	free(s->values);
	memset(s, 0, sizeof *s);
}

/* A string for gnuplot: in single quotes, which are doubled within. */
static void
draw_string(FILE *to, const char *text)
{
	fputc('\'', to);
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputc('\'', to);
		fputc(*text, to);
	}
	fputc('\'', to);
}

static void
draw_data(FILE *to, const struct series *s, size_t curve)
{
	char	at[NUMBER_TEXT], text[NUMBER_TEXT];
	double	value;
	size_t	row;
	bool	gap = true;

	for (row = 0; row < s->rows; row++) {
		value = s->values[row * s->curves + curve];
		if (!isnan(value)) {
			number_text(s->seconds[row], at);
			number_text(value, text);
			fprintf(to, "%s %s\n", at, text);
		} else if (!gap)
			fputc('\n', to);
		gap = isnan(value);
	}
	fputs("e\n", to);
}

static void
draw_all(FILE *to, const struct series *s, const char *path, bool svg)
{
	size_t	i;

	fprintf(to, "set terminal %s size 960,480 background 'white'\n",
	    svg ? "svg" : "pngcairo");
	fputs("set output ", to);
	draw_string(to, path);
	fputs("\nset xlabel 'seconds'\nset grid\nset key noenhanced\nplot ", to);
	for (i = 0; i < s->curves; i++) {
		fprintf(to, "%s'-' using 1:2 with linespoints linewidth 2 "
		    "pointtype 7 pointsize 0.2 title ",
		    i > 0 ? ", " : "");
		draw_string(to, s->names[i]);
	}
	fputc('\n', to);
	for (i = 0; i < s->curves; i++)
		draw_data(to, s, i);
}

/* gnuplot with its standard input; NULL after a complaint. */
static FILE *
draw_start(pid_t *pid)
{
	int	fds[2];

	if (pipe(fds) < 0)
		abort();
	fflush(NULL);
	*pid = fork();
	if (*pid < 0)
		abort();
	if (*pid == 0) {
		dup2(fds[0], STDIN_FILENO);
		close(fds[0]);
		close(fds[1]);
		execlp("gnuplot", "gnuplot", (char *)NULL);
		_exit(STATUS_NOT_FOUND);
	}
	close(fds[0]);
	return fdopen(fds[1], "w");
}

int
series_draw(const struct series *s, const char *path)
{
	const char	*dot = strrchr(path, '.');
	bool		 svg = dot != NULL && strcmp(dot, ".svg") == 0;
	FILE		*to;
	pid_t		 pid;
	int		 status;

	to = draw_start(&pid);
	draw_all(to, s, path, svg);
	fclose(to);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_NOT_FOUND) {
		picoctl_complain("pictures are drawn by gnuplot: sudo apt "
		    "install gnuplot-nox");
		return STATUS_NOT_FOUND;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		picoctl_complain("gnuplot could not draw %s", path);
		return STATUS_FILE;
	}
	return STATUS_OK;
}
