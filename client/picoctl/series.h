/* SPDX-License-Identifier: MIT */
/*
 * What was measured: rows of numbers over time, for a plot.  NaN is a gap.
 */
#ifndef PICOD_SERIES_H
#define PICOD_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "canvas.h"

struct series {
	char	*names[CANVAS_CURVES];
	size_t	 curves;
	double	*seconds;		/* of each row, from the first on */
	double	*values;		/* curves in each row */
	size_t	 rows, room;
};

/* The column of that name, which is made if there is room; or -1. */
int	series_column(struct series *, const char *name);

/* A row of gaps at that time; its values. */
double	*series_add(struct series *, double seconds);

void	series_finish(struct series *);

/* Whether there is nothing to draw. */
bool	series_is_empty(const struct series *);

/*
 * Whether gnuplot is there and the file can be written, before all that is waited
 * for.  0 or an exit status, after a complaint.
 */
int	series_try(const char *path);

/*
 * Has gnuplot draw it into a file, as PNG if that is called .png, and else as SVG.
 * 0 or an exit status, after a complaint.
 */
int	series_draw(const struct series *, const char *path);

#endif
