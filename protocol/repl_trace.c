/* SPDX-License-Identifier: MIT */
/*
 * A statement runs inside the helper on the board, and the helper inside the
 * line that called it; a program with control characters runs inside exec().
 * Their frames stand first in the traceback:
 *
 *	  File "<stdin>", line 1, in <module>	the line that was sent
 *	  File "<stdin>", line 4, in __p	the helper, perhaps twice
 *	  File "<string>", line 1, in <lambda>	the text itself, where a board
 *						has no compile()
 *
 * The first two go, and the third is named as the friendly prompt names it.  An
 * expression is in the line that was sent, which stays.  Boards translate all
 * but the names.
 */
#include "protocol/repl_trace.h"

#include <string.h>

#include "protocol/repl.h"

#define STRING	"\"<string>\""
#define STDIN	"\"<stdin>\""
#define LAMBDA	"<lambda>"	/* as long as the other */
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

/* The frame of the line that was sent: the first of its file, of no function. */
static bool
line_is_caller(const uint8_t *line, size_t len)
{
	const uint8_t	*end = line + len, *p;

	if (!line_is_frame(line, len, STDIN) ||
	    line_find(line, len, MODULE) == NULL)
		return false;
	p = line_find(line, len, STDIN) + strlen(STDIN);
	while (p < end && !is_digit(*p))
		p++;
	return end - p >= 2 && p[0] == '1' && !is_digit(p[1]);
}

static bool
line_is_helper(const uint8_t *line, size_t len)
{
	const uint8_t	*name;

	if (!line_is_frame(line, len, STDIN))
		return false;
	name = line_find(line, len, " " REPL_HELPER);
	if (name == NULL)
		return false;
	name += strlen(" " REPL_HELPER);
	return name == line + len || *name == ' ' || *name == '\r' ||
	    *name == '\n';
}

/* Copies a frame that stays, under the friendly prompt's names. */
static size_t
trace_copy(uint8_t *to, const uint8_t *line, size_t len, bool first)
{
	const uint8_t	*name = line_find(line, len, STRING);
	size_t		 before, after;
	uint8_t		*lambda;

	if (name == NULL) {
		memmove(to, line, len);
		return len;
	}
	before = (size_t)(name - line);
	after = len - before - strlen(STRING);
	memmove(to, line, before);
	memcpy(to + before, STDIN, strlen(STDIN));
	to += before + strlen(STDIN);
	memmove(to, line + len - after, after);
	lambda = memmem(to, after, LAMBDA, strlen(LAMBDA));
	if (first && lambda != NULL)
		memcpy(lambda, MODULE, strlen(MODULE));
	return before + strlen(STDIN) + after;
}

size_t
repl_trace_trim(uint8_t *trace, size_t len, bool wrapped)
{
	size_t	off, n, out = 0;
	bool	caller = wrapped, first = true;

	for (off = 0; off < len; off += n) {
		uint8_t	*line = trace + off;

		n = line_length(line, len - off);
		if (line_is_helper(line, n))
			continue;
		if (caller && line_is_caller(line, n)) {
			caller = false;
			continue;
		}
		if (line_is_frame(line, n, "\"")) {
			out += trace_copy(trace + out, line, n, first);
			first = false;
		} else {
			memmove(trace + out, line, n);
			out += n;
		}
	}
	return out;
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
