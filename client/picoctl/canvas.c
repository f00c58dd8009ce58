/* SPDX-License-Identifier: MIT */
/*
 * A braille character is U+2800 and a bit for each of its dots:
 *
 *	0 3
 *	1 4
 *	2 5
 *	6 7
 */
#include "canvas.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SCALE	11		/* columns left of the curves */
#define UNDER	2		/* rows under them: time, names */

struct canvas {
	size_t	 columns, rows;		/* of characters for curves */
	bool	 colours;
	uint8_t	*dots;
	uint8_t	*curve;			/* who drew last in it, from 1 */
};

static const int	palette[CANVAS_CURVES] = {
	36, 33, 35, 32, 34, 31, 96, 93
};

struct canvas *
canvas_create(size_t columns, size_t rows, bool colours)
{
	struct canvas	*c = calloc(1, sizeof *c);

	if (c == NULL)
		abort();
	c->columns = columns > SCALE + 10 ? columns - SCALE : 10;
	c->rows = rows > UNDER + 4 ? rows - UNDER : 4;
	c->colours = colours;
	c->dots = calloc(c->columns * c->rows, 1);
	c->curve = calloc(c->columns * c->rows, 1);
	if (c->dots == NULL || c->curve == NULL)
		abort();
	return c;
}

void
canvas_destroy(struct canvas *c)
{
	if (c == NULL)
		return;
	free(c->dots);
	free(c->curve);
	free(c);
}

size_t
canvas_width(const struct canvas *c)
{
	return 2 * c->columns;
}

static void
canvas_dot(struct canvas *c, size_t x, size_t y, size_t curve)
{
	static const uint8_t	bits[4][2] = {
		{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 }
	};
	size_t			at = y / 4 * c->columns + x / 2;

	if (x >= 2 * c->columns || y >= 4 * c->rows)
		return;
	c->dots[at] |= bits[y % 4][x % 2];
	c->curve[at] = (uint8_t)(curve + 1);
}

/* From one point to the next without holes, if both are there. */
static void
canvas_line(struct canvas *c, size_t x, long from, long to, size_t curve)
{
	long	y, step = from < to ? 1 : -1;

	for (y = from; y != to; y += step)
		canvas_dot(c, x, (size_t)y, curve);
	canvas_dot(c, x, (size_t)to, curve);
}

/* The least and the largest; a curve that is flat has room around it. */
static void
canvas_range(const double *values, size_t n, double *low, double *high)
{
	size_t	i;

	*low = INFINITY;
	*high = -INFINITY;
	for (i = 0; i < n; i++) {
		if (isnan(values[i]))
			continue;
		*low = fmin(*low, values[i]);
		*high = fmax(*high, values[i]);
	}
	if (*low > *high)
		*low = 0, *high = 1;
	if (*high - *low < 1e-9 * fmax(1, fabs(*high))) {
		*low -= 0.5;
		*high += 0.5;
	}
}

static void
canvas_curve(struct canvas *c, const double *values, size_t n, size_t curves,
    size_t curve, double low, double high)
{
	double	value, scale = (double)(4 * c->rows - 1) / (high - low);
	size_t	i, x;
	long	y, before = -1;

	for (i = 0; i < n; i++) {
		value = values[i * curves + curve];
		if (isnan(value)) {
			before = -1;
			continue;
		}
		x = canvas_width(c) - n + i;
		y = lround((high - value) * scale);
		canvas_line(c, x, before < 0 ? y : before, y, curve);
		before = y;
	}
}

static void
canvas_cell(const struct canvas *c, FILE *out, size_t at)
{
	unsigned	dots = c->dots[at];

	if (dots == 0) {
		fputc(' ', out);
		return;
	}
	if (c->colours)
		fprintf(out, "\x1b[%dm", palette[(c->curve[at] - 1) %
		    CANVAS_CURVES]);
	fprintf(out, "\xe2%c%c", 0xa0 + (dots >> 6), 0x80 + (dots & 0x3f));
	if (c->colours)
		fputs("\x1b[0m", out);
}

static void
canvas_rows(const struct canvas *c, FILE *out, double low, double high)
{
	size_t	row, column;
	double	value;

	for (row = 0; row < c->rows; row++) {
		value = high - (high - low) * (double)row /
		    (double)(c->rows - 1);
		/* Not at its end: some terminals lose the last column then. */
		fputs("\x1b[K", out);
		if (row % 4 == 0 || row == c->rows - 1)
			fprintf(out, "%*.5g |", SCALE - 2, value);
		else
			fprintf(out, "%*s|", SCALE - 1, "");
		for (column = 0; column < c->columns; column++)
			canvas_cell(c, out, row * c->columns + column);
		fputc('\n', out);
	}
}

void
canvas_draw(struct canvas *c, FILE *out, const double *values, size_t n,
    size_t curves, const char *const *names, double span)
{
	double	low, high;
	size_t	i, width = canvas_width(c);

	if (n > width) {
		span = span * (double)(width - 1) / (double)(n - 1);
		values += (n - width) * curves;
		n = width;
	}
	memset(c->dots, 0, c->columns * c->rows);
	canvas_range(values, n * curves, &low, &high);
	for (i = 0; i < curves; i++)
		canvas_curve(c, values, n, curves, i, low, high);
	canvas_rows(c, out, low, high);
	fprintf(out, "\x1b[K%*sthe last %.6g s\n", SCALE, "", span);
	fprintf(out, "\x1b[K%*s", SCALE, "");
	for (i = 0; i < curves; i++) {
		if (c->colours)
			fprintf(out, "\x1b[%dm", palette[i % CANVAS_CURVES]);
		fprintf(out, "%s%s%s", i > 0 ? "  " : "", names[i],
		    c->colours ? "\x1b[0m" : "");
		if (n > 0 && !isnan(values[(n - 1) * curves + i]))
			fprintf(out, " %.6g", values[(n - 1) * curves + i]);
	}
	fputc('\n', out);
}
