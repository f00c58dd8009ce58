/* SPDX-License-Identifier: MIT */
/*
 * A line for each board that has begun one.  A line that never ends is cut, before
 * a character of UTF-8 and not within.
 */
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

#include "output.h"

#define LINE_LONG	4096		/* bytes, after which it is cut */
#define LINE_NUL	"\\x00"

/* One NUL more than fits, or a character of four bytes. */
#define LINE_SIZE	(LINE_LONG + sizeof LINE_NUL)

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
	while (line->len > 0 && line->text[line->len - 1] == '\r')
		line->len--;
	line->text[line->len] = '\0';
	l->fn(line->board, line->text, line->time_us, l->arg);
	line->len = 0;
}

static bool
line_is_full(const struct line *line, char next)
{
	return line->len >= LINE_LONG && next != '\n' && (next & 0xc0) != 0x80;
}

static void
line_add(struct line *line, char c)
{
	if (c != '\0') {
		line->text[line->len++] = c;
		return;
	}
	memcpy(line->text + line->len, LINE_NUL, strlen(LINE_NUL));
	line->len += strlen(LINE_NUL);
}

static void
lines_add(struct lines *l, const json_t *event)
{
	const json_t	*output = json_object_get(event, "output");
	const char	*text = json_string_value(output);
	size_t		 i, len = json_string_length(output);
	struct line	*line = lines_of(l, output_string(event, "board"));

	for (i = 0; i < len; i++) {
		if (line_is_full(line, text[i]))
			line_end(l, line);
		if (line->len == 0)
			line->time_us = json_integer_value(
			    json_object_get(event, "time"));
		if (text[i] == '\n')
			line_end(l, line);
		else
			line_add(line, text[i]);
	}
}

/* "": of every board. */
static void
lines_end(struct lines *l, const char *board)
{
	struct line	*line;

	SLIST_FOREACH(line, &l->list, entry)
		if (line->len > 0 && (board[0] == '\0' ||
		    strcmp(line->board, board) == 0))
			line_end(l, line);
}

/* Whether the rest of what has begun is not to come any more. */
static bool
lines_are_over(const json_t *event, const char *kind)
{
	return strcmp(kind, "boot") == 0 || strcmp(kind, "lost") == 0 ||
	    (strcmp(kind, "state") == 0 &&
	    strcmp(output_string(event, "state"), "absent") == 0);
}

void
lines_feed(struct lines *l, const json_t *event)
{
	const char	*kind = output_string(event, "event");

	if (strcmp(kind, "output") == 0)
		lines_add(l, event);
	else if (lines_are_over(event, kind))
		lines_end(l, output_string(event, "board"));
}

void
lines_flush(struct lines *l)
{
	lines_end(l, "");
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
