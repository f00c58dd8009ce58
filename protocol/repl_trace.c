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
 * expression is in the line that was sent, which stays.
 */
#include "protocol/repl_trace.h"

#include <string.h>

#include "protocol/repl.h"

#define CALLER	"  File \"<stdin>\", line 1, in <module>"
#define STRING	"  File \"<string>\", "
#define STDIN	"  File \"<stdin>\", "
#define LAMBDA	", in <lambda>"
#define MODULE	", in <module>"

static bool
line_begins(const uint8_t *line, size_t len, const char *s)
{
	return len >= strlen(s) && memcmp(line, s, strlen(s)) == 0;
}

/* The line end is not part of what it must end with. */
static bool
line_ends(const uint8_t *line, size_t len, const char *s)
{
	while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	return len >= strlen(s) &&
	    memcmp(line + len - strlen(s), s, strlen(s)) == 0;
}

static size_t
line_length(const uint8_t *line, size_t len)
{
	const uint8_t	*end = memchr(line, '\n', len);

	return end == NULL ? len : (size_t)(end - line) + 1;
}

/* Copies a frame that stays, under the friendly prompt's names. */
static size_t
trace_copy(uint8_t *to, const uint8_t *line, size_t len, bool first)
{
	size_t	 n = 0, skip = 0;

	if (line_begins(line, len, STRING)) {
		memcpy(to, STDIN, n = strlen(STDIN));
		skip = strlen(STRING);
	}
	if (first && skip > 0 && line_ends(line, len, LAMBDA)) {
		size_t	keep = len - skip;

		memmove(to + n, line + skip, keep);
		while (memcmp(to + n + keep - strlen(LAMBDA), LAMBDA,
		    strlen(LAMBDA)) != 0)
			keep--;
		memcpy(to + n + keep - strlen(LAMBDA), MODULE, strlen(MODULE));
		return n + len - skip;
	}
	memmove(to + n, line + skip, len - skip);
	return n + len - skip;
}

size_t
repl_trace_trim(uint8_t *trace, size_t len, bool wrapped)
{
	size_t	off, n, out = 0;
	bool	caller = wrapped, first = true;

	for (off = 0; off < len; off += n) {
		n = line_length(trace + off, len - off);
		if (line_ends(trace + off, n, ", in " REPL_HELPER))
			continue;
		if (caller && line_ends(trace + off, n, CALLER)) {
			caller = false;
			continue;
		}
		if (line_begins(trace + off, n, "  File ")) {
			out += trace_copy(trace + out, trace + off, n, first);
			first = false;
		} else {
			memmove(trace + out, trace + off, n);
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
