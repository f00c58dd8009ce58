/* SPDX-License-Identifier: MIT */
/*
 * What one of several boards prints is shown by whole lines, behind the name of the
 * board; in JSON, beside it.
 */
#ifndef PICOD_SEVERAL_LINE_H
#define PICOD_SEVERAL_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes of a child on their way, up to the end of the line. */
struct several_line {
	int	 fd;			/* -1: no more will come */
	FILE	*to;
	bool	 json;
	char	*text;
	size_t	 len, size;
};

/* Reads from there, which it takes over, and shows it there. */
void	several_line_begin(struct several_line *, int fd, FILE *to, bool json);

/* There is something to read, of the board of that name. */
void	several_line_read(const char *name, struct several_line *);

void	several_line_finish(struct several_line *);

#endif
