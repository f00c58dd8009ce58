/* SPDX-License-Identifier: MIT */
/*
 * The REPL knows its orders (Ctrl-A and so on), the texts that protocol/repl_*.c
 * make, and nothing of Python.  It echoes at its prompt.
 */
#include "tests/fuzz/model.h"

#include <stdio.h>
#include <string.h>

void
model_restart(struct model *m)
{
	m->len = 0;
	m->is_raw = m->is_running = false;
}

void
model_hear(struct model *m, const void *bytes, size_t len)
{
	size_t	room = sizeof m->heard - m->len;

	if (len > room)
		len = room;
	memcpy(m->heard + m->len, bytes, len);
	m->len += len;
}

/* The bytes up to the first of those that end a command, or all. */
static size_t
model_take(struct model *m, const char *ends, char *line)
{
	size_t	n = 0;
	char	last = 0;

	while (n < m->len && (last == 0 || strchr(ends, last) == NULL))
		last = m->heard[n++];
	memcpy(line, m->heard, n);
	line[n] = '\0';
	memmove(m->heard, m->heard + n, m->len - n);
	m->len -= n;
	return n;
}

/* Where a text begins among bytes that may be zero. */
static const char *
model_find(const char *line, size_t len, const char *text)
{
	return memmem(line, len, text, strlen(text));
}

/* It has the value 42, whatever it is, but for what never ends. */
static size_t
model_execute(struct model *m, const char *line, size_t len, char *says)
{
	const char	*p;
	size_t		 digits;

	m->is_running = model_find(line, len, "never()") != NULL;
	if (m->is_running)
		return (size_t)snprintf(says, MODEL_SAYS_MAX, "OK");
	if ((p = model_find(line, len, "{}[")) != NULL)
		return (size_t)snprintf(says, MODEL_SAYS_MAX,
		    "OK\4KeyError: (%.*s, True)\r\n\4>",
		    (int)strspn(p + 3, "0123456789"), p + 3);
	if ((p = model_find(line, len, "__p(0,'")) != NULL)
		return (size_t)snprintf(says, MODEL_SAYS_MAX,
		    "OK%.9s\r\n\x1e\4\4>", p + 7);
	if ((p = model_find(line, len, "__p(")) != NULL &&
	    (digits = strspn(p + 4, "0123456789")) > 0 && p[4 + digits] == ')')
		return (size_t)snprintf(says, MODEL_SAYS_MAX,
		    "OK%.*s\r\n\x1e\4\4>", (int)digits, p + 4);
	return (size_t)snprintf(says, MODEL_SAYS_MAX, "%s",
	    model_find(line, len, "__p(") != NULL ? "OK42\r\n\x1e\4\4>" :
	    "OK\4\4>");
}

static size_t
model_answer_repl(struct model *m, char *says)
{
	static const char	banner[] = "\r\nMicroPython v1 on x; y\r\n"
	    "Type \"help()\" for more information.\r\n>>> ";
	char			line[sizeof m->heard + 1];
	size_t			len = model_take(m, "\1\2\3\4", line);
	char			last = len == 0 ? 0 : line[len - 1];

	if (m->is_running) {
		m->is_running = last != 3;
		return last != 3 ? 0 : (size_t)snprintf(says, MODEL_SAYS_MAX,
		    "\4Traceback (most recent call last):\r\n"
		    "KeyboardInterrupt: \r\n\4>");
	}
	if (last == 1)
		m->is_raw = true;
	else if (last == 2)
		m->is_raw = false;
	if (last == 1)
		return (size_t)snprintf(says, MODEL_SAYS_MAX,
		    "\r\nraw REPL; CTRL-B to exit\r\n>");
	if (last == 2 || (last == 4 && !m->is_raw))
		return (size_t)snprintf(says, MODEL_SAYS_MAX, "%s", banner);
	if (last == 4)
		return model_execute(m, line, len, says);
	if (m->is_raw)
		return 0;
	if (last == 3)
		return (size_t)snprintf(says, MODEL_SAYS_MAX, "\r\n>>> ");
	return (size_t)snprintf(says, MODEL_SAYS_MAX, "%.100s", line);
}

static size_t
model_answer_piserial(struct model *m, char *says)
{
	char	line[sizeof m->heard + 1];
	size_t	len = model_take(m, "\n#", line);

	if (len == 0)
		return 0;
	return (size_t)snprintf(says, MODEL_SAYS_MAX, "%s",
	    line[len - 1] == '#' ? "RR" : line[len - 1] == '\n' ? "OK" : "");
}

size_t
model_answer(struct model *m, char says[MODEL_SAYS_MAX])
{
	return m->is_repl ? model_answer_repl(m, says) :
	    model_answer_piserial(m, says);
}
