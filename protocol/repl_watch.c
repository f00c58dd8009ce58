/* SPDX-License-Identifier: MIT */
/*
 * A board that restarts says so only by its banner, which any program may
 * print too.  So a banner counts only as a whole: the line by which a REPL
 * introduces itself, at most one line of help, and then its prompt, with
 * nothing between.  A NUL or noise may stand before the first of them, since
 * a serial line is noisy while a board resets.
 */
#include "protocol/repl_watch.h"

#include <stdio.h>
#include <string.h>

#define PROMPT		">>> "

void
repl_watch_init(struct repl_watch *w)
{
	memset(w, 0, sizeof *w);
}

void
repl_watch_skip(struct repl_watch *w)
{
	w->len = w->line = 0;
	w->banner = 0;
	w->at_prompt = w->sure = false;
}

static bool
watch_ends_with(const struct repl_watch *w, const char *s)
{
	size_t	n = strlen(s);

	return w->len >= n && memcmp(w->buf + w->len - n, s, n) == 0;
}

static bool
line_is(const char *line, size_t len, const char *s)
{
	return len == strlen(s) && memcmp(line, s, len) == 0;
}

static bool
line_has(const char *line, size_t len, const char *s)
{
	return memmem(line, len, s, strlen(s)) != NULL;
}

/*
 * Where a line introduces a REPL: "MicroPython VERSION on DATE; BOARD".  What
 * was printed last, or the raw REPL's ">", may stand before it, since a board
 * that resets does not begin a new line.
 */
static const char *
line_banner(const char *line, size_t len)
{
	static const char *const	names[] = { "MicroPython v",
	    "Adafruit CircuitPython " };
	const char			*found = NULL;
	size_t				 i;

	for (i = 0; i < 2 && found == NULL; i++)
		found = memmem(line, len, names[i], strlen(names[i]));
	if (found == NULL)
		return NULL;
	len -= (size_t)(found - line);
	return line_has(found, len, " on ") && line_has(found, len, "; ") ?
	    found : NULL;
}

/* The present line without its end and without noise before it. */
static const char *
watch_line(const struct repl_watch *w, size_t *len)
{
	const uint8_t	*p = w->buf + w->line;
	const uint8_t	*end = w->buf + w->len;

	while (p < end && (*p < ' ' || *p >= 0x7f))
		p++;
	while (end > p && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	*len = (size_t)(end - p);
	return (const char *)p;
}

/* Remembers it, or compares it with what its own was. */
static void
watch_banner(struct repl_watch *w, const char *banner, size_t len)
{
	char	about[sizeof w->about];

	snprintf(about, sizeof about, "%.*s", (int)len, banner);
	w->banner = 1;
	w->foreign = w->quotes && w->about[0] != '\0' &&
	    strncmp(about, w->about, strlen(w->about)) != 0;
	if (!w->quotes)
		memcpy(w->about, about, sizeof about);
}

static unsigned
watch_end_line(struct repl_watch *w)
{
	size_t		 len;
	const char	*line = watch_line(w, &len);
	const char	*banner = line_banner(line, len);

	if (banner != NULL) {
		watch_banner(w, banner, (size_t)(line + len - banner));
	} else if (w->banner == 1 && line_has(line, len, "Type \"help()\"")) {
		w->banner = 2;
	} else {
		w->banner = 0;
	}
	w->line = w->len;
	if (banner != NULL)
		return REPL_SIGN_HELLO | REPL_SIGN_LINE;
	if (line_is(line, len, "MPY: soft reboot") ||
	    line_is(line, len, "soft reboot"))
		return REPL_SIGN_REBOOT | REPL_SIGN_LINE;
	return len > 0 ? REPL_SIGN_LINE : 0;
}

/* Keeps the newer half, and of a long line its newer part. */
static void
watch_make_room(struct repl_watch *w)
{
	size_t	keep = sizeof w->buf / 2;

	memmove(w->buf, w->buf + w->len - keep, keep);
	w->line = w->line > w->len - keep ? w->line - (w->len - keep) : 0;
	w->len = keep;
}

unsigned
repl_watch_byte(struct repl_watch *w, uint8_t c)
{
	size_t		 len;
	const char	*line;
	unsigned	 signs = 0;

	if (w->len == sizeof w->buf)
		watch_make_room(w);
	w->buf[w->len++] = c;
	w->at_prompt = w->sure = false;
	if (c == '\n')
		return watch_end_line(w);
	if (c == '>' && watch_ends_with(w, REPL_HELLO))
		return REPL_SIGN_RAW;
	if (c != ' ' || !watch_ends_with(w, PROMPT))
		return 0;
	w->at_prompt = true;
	signs = REPL_SIGN_PROMPT;
	line = watch_line(w, &len);
	if (w->banner > 0 && line_is(line, len, PROMPT))
		signs |= REPL_SIGN_BANNER;
	w->sure = (signs & REPL_SIGN_BANNER) != 0;
	w->banner = 0;
	w->line = w->len;	/* what is typed or said now is no part of it */
	return signs;
}

bool
repl_watch_is_sure(const struct repl_watch *w)
{
	return w->sure || w->banner > 0;
}
