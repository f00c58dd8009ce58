/* SPDX-License-Identifier: MIT */
/*
 * gnuplot reads its orders and the data on its standard input; an empty line among
 * the data is a gap in the curve.  It draws into memory, since it says nothing of
 * what it could not write.
 */
#include "series.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local.h"
#include "numbers.h"
#include "program.h"

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
draw_all(FILE *to, const struct series *s, bool png)
{
	size_t	i;

	fprintf(to, "set terminal %s size 960,480 background 'white'\n",
	    png ? "pngcairo" : "svg");
	fputs("set xlabel 'seconds'\nset grid\nset key noenhanced\nplot ", to);
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

/* gnuplot with its standard input, and its picture. */
static FILE *
draw_start(pid_t *pid, int picture)
{
	int	fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		abort();
	fflush(NULL);
	*pid = fork();
	if (*pid < 0)
		abort();
	if (*pid == 0) {
		dup2(fds[0], STDIN_FILENO);
		dup2(picture, STDOUT_FILENO);
		execlp("gnuplot", "gnuplot", (char *)NULL);
		_exit(STATUS_NOT_FOUND);
	}
	signal(SIGPIPE, SIG_IGN);	/* one that ends at once has a status */
	close(fds[0]);
	return fdopen(fds[1], "w");
}

/* What is drawn, and how much; 0 if gnuplot cannot. */
static size_t
draw_picture(const struct series *s, bool png, int picture)
{
	FILE	*to;
	pid_t	 pid;
	int	 status;
	off_t	 size;

	to = draw_start(&pid, picture);
	draw_all(to, s, png);
	fclose(to);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	size = lseek(picture, 0, SEEK_END);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 && size > 0 ?
	    (size_t)size : 0;
}

bool
series_is_empty(const struct series *s)
{
	size_t	i;

	for (i = 0; i < s->rows * s->curves; i++)
		if (!isnan(s->values[i]))
			return false;
	return true;
}

int
series_try(const char *path)
{
	if (program_is_there("gnuplot"))
		return local_try(path);
	picoctl_complain("pictures are drawn by gnuplot: sudo apt install "
	    "gnuplot-nox");
	return STATUS_NOT_FOUND;
}

int
series_draw(const struct series *s, const char *path)
{
	const char	*dot = strrchr(path, '.');
	bool		 png = dot != NULL && strcasecmp(dot, ".png") == 0;
	int		 status, picture = memfd_create("picture", MFD_CLOEXEC);
	size_t		 size;
	void		*bytes;

	if (picture < 0)
		abort();
	size = draw_picture(s, png, picture);
	bytes = size == 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ,
	    MAP_PRIVATE, picture, 0);
	if (bytes == MAP_FAILED) {
		picoctl_complain("gnuplot could not draw %s", path);
		status = STATUS_FILE;
	} else {
		status = local_write(path, bytes, size);
		munmap(bytes, size);
	}
	close(picture);
	return status;
}
