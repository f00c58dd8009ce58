/* SPDX-License-Identifier: MIT */
/*
 * Escape sequences in what a board prints.  A program may print its own, which
 * belong to its output; those of CircuitPython do not, and tell more than its
 * words, which are translated:
 *
 *	ESC ] 0 ; SNAKE [NETWORK |] STATUS | VERSION ESC \
 *	ESC [ 2 K  ESC [ 0 G		before a line of its own
 *
 * STATUS is a file that runs, "REPL", or "LINE@FILE EXCEPTION" or a word for
 * "done" when it is over.
 */
#include "protocol/repl_title.h"

#include <stdio.h>
#include <string.h>

#define ESC	0x1b
#define BEL	0x07
#define HEAD	"\x1b]0;\xf0\x9f\x90\x8d"	/* U+1F40D, a snake */

void
repl_title_init(struct repl_title *t)
{
	memset(t, 0, sizeof *t);
}

/* Where the field begins that ends at *end, which goes back before it. */
static const char *
title_field(const char *text, const char **end)
{
	const char	*p = *end, *start;

	while (p > text && !(p - text >= 3 && memcmp(p - 3, " | ", 3) == 0))
		p--;
	start = p;
	*end = p > text ? p - 3 : p;
	return start;
}

static enum repl_title_says
title_status(const char *status, size_t len)
{
	size_t	digits = 0;

	if (len == 4 && memcmp(status, "REPL", 4) == 0)
		return REPL_TITLE_PROMPT;
	if (len == 7 && memcmp(status, "repl.py", 7) == 0)
		return REPL_TITLE_STARTS;
	while (digits < len && status[digits] >= '0' && status[digits] <= '9')
		digits++;
	if (digits > 0 && digits < len && status[digits] == '@')
		return REPL_TITLE_OVER;
	return memchr(status, '.', len) != NULL ? REPL_TITLE_RUNS :
	    REPL_TITLE_OVER;
}

/* text: between the snake and the end. */
static void
title_read(struct repl_title *t, const char *text, size_t len)
{
	const char	*end = text + len, *status_end, *version, *status;

	version = title_field(text, &end);
	status_end = end;
	status = title_field(text, &end);
	snprintf(t->version, sizeof t->version, "%.*s",
	    (int)(text + len - version), version);
	t->says = title_status(status, (size_t)(status_end - status));
}

static bool
title_ends_line(const struct repl_title *t)
{
	return t->says != REPL_TITLE_NOTHING && t->len == 4 &&
	    (memcmp(t->held, "\x1b[2K", 4) == 0 ||
	    memcmp(t->held, "\x1b[0G", 4) == 0);
}

/* An operating system's command has ended, whose own end has that length. */
static enum repl_title_byte
title_end(struct repl_title *t, size_t end)
{
	size_t	head = sizeof HEAD - 1;

	t->in = 0;
	if (t->len < head + end || memcmp(t->held, HEAD, head) != 0) {
		t->shown = t->len;
		return REPL_TITLE_HIDDEN;
	}
	title_read(t, (const char *)t->held + head, t->len - head - end);
	return REPL_TITLE_TOLD;
}

static enum repl_title_byte
title_begin(struct repl_title *t, uint8_t c)
{
	t->in = c == ESC ? ESC : 0;
	t->held[0] = c;
	t->len = 1;
	t->shown = t->in ? 0 : 1;
	return t->in ? REPL_TITLE_HIDDEN : REPL_TITLE_TEXT;
}

/* It is no sequence that we know: a reader may see all of it. */
static enum repl_title_byte
title_give_up(struct repl_title *t, bool hidden)
{
	t->in = 0;
	t->shown = t->len;
	return hidden ? REPL_TITLE_HIDDEN : REPL_TITLE_TEXT;
}

enum repl_title_byte
repl_title_byte(struct repl_title *t, uint8_t c)
{
	if (t->in == 0)
		return title_begin(t, c);
	t->held[t->len++] = c;
	if (c == '\n' || c == '\r' || t->len == sizeof t->held)
		return title_give_up(t, false);
	if (t->in == ESC) {
		if (c != '[' && c != ']')
			return title_give_up(t, true);
		t->in = c;
	} else if (t->in == '[' && c >= 0x40 && c <= 0x7e) {
		t->in = 0;
		t->shown = title_ends_line(t) ? 0 : t->len;
	} else if (t->in == ']' && c == BEL) {
		return title_end(t, 1);
	} else if (t->in == ']' && c == '\\' && t->held[t->len - 2] == ESC) {
		return title_end(t, 2);
	}
	return REPL_TITLE_HIDDEN;
}

size_t
repl_title_shown(const struct repl_title *t, const uint8_t **bytes)
{
	*bytes = t->held;
	return t->shown;
}
