/* SPDX-License-Identifier: MIT */
/*
 * A line for each board that has begun one.  A line that never ends is cut.
 */
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include "output.h"

#define LINE_SIZE	4096

struct line {
	SLIST_ENTRY(line) entry;
	char		 *board;
	long long	  time_us;
	char		  text[LINE_SIZE];
	size_t		  len;
};

struct lines {
	SLIST_HEAD(, line)	 list;
	lines_fn		*fn;
	void			*arg;
};

struct lines *
lines_create(lines_fn *fn, void *arg)
{
	struct lines	*l = calloc(1, sizeof *l);

	if (l == NULL)
		abort();
	l->fn = fn;
	l->arg = arg;
	return l;
}

void
lines_destroy(struct lines *l)
{
	struct line	*line;

	while ((line = SLIST_FIRST(&l->list)) != NULL) {
		SLIST_REMOVE_HEAD(&l->list, entry);
		free(line->board);
		free(line);
	}
	free(l);
}

static struct line *
lines_of(struct lines *l, const char *board)
{
	struct line	*line;

	SLIST_FOREACH(line, &l->list, entry)
		if (strcmp(line->board, board) == 0)
			return line;
	line = calloc(1, sizeof *line);
	if (line == NULL || (line->board = strdup(board)) == NULL)
		abort();
	SLIST_INSERT_HEAD(&l->list, line, entry);
	return line;
}

static void
line_end(struct lines *l, struct line *line)
{
	if (line->len > 0 && line->text[line->len - 1] == '\r')
		line->len--;
	line->text[line->len] = '\0';
	l->fn(line->board, line->text, line->time_us, l->arg);
	line->len = 0;
	line->time_us = 0;
}

void
lines_feed(struct lines *l, const json_t *event)
{
	const char	*kind = output_string(event, "event");
	const char	*text = output_string(event, "output");
	struct line	*line = lines_of(l, output_string(event, "board"));
	long long	 time_us = json_integer_value(json_object_get(event,
			    "time"));

	if (strcmp(kind, "output") != 0) {
		if (line->len > 0)
			line_end(l, line);
		return;
	}
	for (; *text != '\0'; text++) {
		if (line->time_us == 0)
			line->time_us = time_us;
		if (*text == '\n')
			line_end(l, line);
		else
			line->text[line->len++] = *text;
		if (line->len == LINE_SIZE - 1)
			line_end(l, line);
	}
}

void
lines_flush(struct lines *l)
{
	struct line	*line;

	SLIST_FOREACH(line, &l->list, entry)
		if (line->len > 0)
			line_end(l, line);
}

void
lines_time(long long us, char text[40])
{
	time_t		seconds = us / 1000000;
	struct tm	tm;
	size_t		len;

	localtime_r(&seconds, &tm);
	len = strftime(text, 40, "%Y-%m-%dT%H:%M:%S", &tm);
	len += (size_t)snprintf(text + len, 40 - len, ".%03lld",
	    us / 1000 % 1000);
	strftime(text + len, 40 - len, "%z", &tm);
}
