/* SPDX-License-Identifier: MIT */
/*
 * Curves in a terminal, by the braille characters of Unicode: two by four dots in
 * each.
 */
#ifndef PICOD_CANVAS_H
#define PICOD_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CANVAS_CURVES	8

struct canvas;

/* columns and rows: characters for all of it, scales included. */
struct canvas	*canvas_create(size_t columns, size_t rows, bool colours);
void		 canvas_destroy(struct canvas *);

/* How many points fit beside each other. */
size_t		 canvas_width(const struct canvas *);

/*
 * Draws curves of n points each, oldest first, values[i * curves + curve]; NaN is a
 * gap.  span: seconds from the first to the last.
 */
void		 canvas_draw(struct canvas *, FILE *, const double *values,
    size_t n, size_t curves, const char *const *names, double span);

#endif
