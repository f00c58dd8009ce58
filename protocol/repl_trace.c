/* SPDX-License-Identifier: MIT */
/*
 * A line runs inside the helper on the board, and the helper inside the line that
 * called it; a text in a literal or in pieces runs inside exec() or eval().  Their
 * frames stand first in the traceback:
 *
 *	  File "<stdin>", line 1, in <module>	the line that was sent
 *	  File "<stdin>", line 4, in __p	the helper, or "<string>"
 *	  File "<string>", line 1, in <module>	the text itself, inside exec()
 *
 * The first two go, and the third is named as the friendly prompt names it.  An
 * expression is in the line that was sent, which stays.  Boards translate all
 * but the names.
 */
#include "protocol/repl_trace.h"

#include <string.h>

#include "protocol/repl_state.h"

#define STRING	"\"<string>\""
#define STDIN	"\"<stdin>\""
#define MODULE	"<module>"

static bool
line_begins(const uint8_t *line, size_t len, const char *s)
{
	return len >= strlen(s) && memcmp(line, s, strlen(s)) == 0;
}

/* Where the name is in a line, behind which the line goes on; or NULL. */
static const uint8_t *
line_find(const uint8_t *line, size_t len, const char *name)
{
	return memmem(line, len, name, strlen(name));
}

static size_t
line_length(const uint8_t *line, size_t len)
{
	const uint8_t	*end = memchr(line, '\n', len);

	return end == NULL ? len : (size_t)(end - line) + 1;
}

static bool
line_is_frame(const uint8_t *line, size_t len, const char *file)
{
	return line_begins(line, len, "  ") && line_find(line, len, file) != NULL;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* A frame of what was sent itself, of no function: its line, or 0. */
static size_t
line_number(const uint8_t *line, size_t len)
{
	const uint8_t	*end = line + len, *p;
	size_t		 n = 0;

	if (!line_is_frame(line, len, STDIN) ||
	    line_find(line, len, MODULE) == NULL)
		return 0;
	p = line_find(line, len, STDIN) + strlen(STDIN);
	while (p < end && !is_digit(*p))
		p++;
	for (; p < end && is_digit(*p) && n < SIZE_MAX / 16; p++)
		n = 10 * n + (*p - '0');
	return n;
}

static bool
line_is_helper(const uint8_t *line, size_t len)
{
	const uint8_t	*name;

	if (!line_is_frame(line, len, "\""))
		return false;
	name = line_find(line, len, " " REPL_HELPER);
	if (name == NULL)
		return false;
	name += strlen(" " REPL_HELPER);
	return name == line + len || *name == ' ' || *name == '\r' ||
	    *name == '\n';
}

/* Copies a frame that stays, under the friendly prompt's name. */
static size_t
trace_copy(uint8_t *to, const uint8_t *line, size_t len)
{
	const uint8_t	*name = line_find(line, len, STRING);
	size_t		 before, after;

	if (name == NULL) {
		memmove(to, line, len);
		return len;
	}
	before = (size_t)(name - line);
	after = len - before - strlen(STRING);
	memmove(to, line, before);
	memcpy(to + before, STDIN, strlen(STDIN));
	memmove(to + before + strlen(STDIN), line + len - after, after);
	return before + strlen(STDIN) + after;
}

size_t
repl_trace_trim(uint8_t *trace, size_t len, bool caller, bool rename)
{
	size_t	off, n, out = 0;

	for (off = 0; off < len; off += n) {
		uint8_t	*line = trace + off;

		n = line_length(line, len - off);
		if (line_is_helper(line, n))
			continue;
		if (caller && line_number(line, n) == 1) {
			caller = false;
			continue;
		}
		if (rename && line_is_frame(line, n, "\"")) {
			out += trace_copy(trace + out, line, n);
		} else {
			memmove(trace + out, line, n);
			out += n;
		}
	}
	return out;
}

bool
repl_trace_is_line(const uint8_t *trace, size_t len, size_t number)
{
	size_t	off, n, frames = 0;
	bool	is = false;

	for (off = 0; off < len; off += n) {
		n = line_length(trace + off, len - off);
		if (!line_is_frame(trace + off, n, "\""))
			continue;
		is = line_number(trace + off, n) == number;
		frames++;
	}
	return is && frames == 1;
}

bool
repl_trace_is(const uint8_t *trace, size_t len, const char *name)
{
	size_t	off = len;

	while (off > 0 && (trace[off - 1] == '\n' || trace[off - 1] == '\r'))
		off--;
	while (off > 0 && trace[off - 1] != '\n')
		off--;
	return line_begins(trace + off, len - off, name);
}
