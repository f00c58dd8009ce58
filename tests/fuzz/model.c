/* SPDX-License-Identifier: MIT */
/*
 * The REPL knows its orders (Ctrl-A and so on), the texts that protocol/repl_*.c
 * make, and nothing of Python.  It echoes at its prompt.
 */
#include "tests/fuzz/model.h"

#include <stdio.h>
#include <string.h>

#define BANNER		"MicroPython v1 on x; y\r\n" \
	"Type \"help()\" for more information.\r\n>>> "
#define RAW_BANNER	"raw REPL; CTRL-B to exit\r\n>"

void
model_restart(struct model *m)
{
	m->len = 0;
	m->is_raw = m->is_pasting = m->is_running = m->has_helper = false;
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

static size_t
model_take(struct model *m, size_t n, char *line)
{
	memcpy(line, m->heard, n);
	line[n] = '\0';
	memmove(m->heard, m->heard + n, m->len - n);
	m->len -= n;
	return n;
}

/* The bytes up to the first of those that end a command; 0: it has not ended. */
static size_t
model_take_command(struct model *m, const char *ends, char *line)
{
	size_t	n;

	for (n = 0; n < m->len; n++)
		if (memchr(ends, m->heard[n], strlen(ends)) != NULL)
			return model_take(m, n + 1, line);
	return n < sizeof m->heard ? 0 : model_take(m, n, line);
}

/* Where a text begins among bytes that may be zero. */
static const char *
model_find(const char *line, size_t len, const char *text)
{
	return memmem(line, len, text, strlen(text));
}

static size_t
model_say(char *says, const char *text)
{
	return (size_t)snprintf(says, MODEL_SAYS_MAX, "%s", text);
}

static size_t
model_raise(char *says, const char *error)
{
	return (size_t)snprintf(says, MODEL_SAYS_MAX,
	    "\4Traceback (most recent call last):\r\n"
	    "  File \"<stdin>\", line 1, in <module>\r\n%s\r\n\4>", error);
}

/* Whatever it is has the value 42, but for numbers, and what never ends. */
static size_t
model_execute(struct model *m, const char *line, size_t len, char *says)
{
	const char	*call = model_find(line, len, "__p("), *p;
	char		 error[64];
	size_t		 n;

	m->is_running = model_find(line, len, "never()") != NULL;
	if (m->is_running)
		return 0;
	/* A text that is kept there in pieces, and then carried out. */
	if (model_find(line, len, "__pt+=") != NULL)
		return model_say(says, "\4\4>");
	m->has_helper |= model_find(line, len, "def __p(") != NULL ||
	    model_find(line, len, "exec(__pt.pop())") != NULL;
	if ((p = model_find(line, len, "{}[")) != NULL) {
		n = strspn(p + 3, "0123456789");
		snprintf(error, sizeof error, "KeyError: %.*s", (int)(n % 32),
		    p + 3);
		return model_raise(says, error);
	}
	if (call == NULL || model_find(line, len, "def __p(") != NULL)
		return model_say(says, "\4\4>");
	if (!m->has_helper)
		return model_raise(says, "NameError: name '__p' isn't defined");
	p = call + 4;
	p += strncmp(p, "0,'", 3) == 0 ? 3 : 0;
	n = strspn(p, "0123456789") % 32;
	return (size_t)snprintf(says, MODEL_SAYS_MAX, "%.*s\r\n\x1e\4\4>",
	    n == 0 ? 2 : (int)n, n == 0 ? "42" : p);
}

/* The raw REPL: Ctrl-A asks who is there, or, after a word, for raw-paste. */
static size_t
model_answer_raw(struct model *m, char *says)
{
	char	line[sizeof m->heard + 1];
	size_t	len = model_take_command(m, m->is_pasting ? "\3\4" :
		    "\1\2\3\4", line);
	char	last = len == 0 ? 0 : line[len - 1];
	bool	pasted = m->is_pasting && last == 4;
	size_t	said;

	m->is_pasting &= len == 0;
	if (last == 1 && model_find(line, len, "\5A") != NULL) {
		m->is_pasting = true;
		return model_say(says, "R\1\xff\x7f\1");
	}
	if (last == 1)
		return model_say(says, "\r\n" RAW_BANNER);
	if (last == 2) {
		m->is_raw = false;
		return model_say(says, "\r\n" BANNER);
	}
	if (last == 4 && len == 1 && !pasted) {
		m->has_helper = false;
		return model_say(says, "OK\r\nMPY: soft reboot\r\n" RAW_BANNER);
	}
	if (last != 4)
		return 0;
	said = model_say(says, pasted ? "\4" : "OK");
	return said + model_execute(m, line, len, says + said);
}

/* Enters, or Ctrl-Cs, as many as are there together. */
static size_t
model_answer_enters(struct model *m, char *says)
{
	static const char	prompt[] = "\r\n>>> ";
	size_t			most = MODEL_SAYS_MAX / sizeof prompt, n = 0;
	char			line[sizeof m->heard + 1];

	while (n < m->len && n < most && m->heard[n] == m->heard[0]) {
		memcpy(says + n * (sizeof prompt - 1), prompt, sizeof prompt);
		n++;
	}
	model_take(m, n, line);
	return n * (sizeof prompt - 1);
}

/* The prompt: what is typed there is echoed, and never carried out. */
static size_t
model_answer_prompt(struct model *m, char *says)
{
	char	line[sizeof m->heard + 1];
	size_t	n = 0;

	if (m->len == 0)
		return 0;
	if (m->heard[0] == '\r' || m->heard[0] == 3)
		return model_answer_enters(m, says);
	while (n < m->len && n < MODEL_SAYS_MAX / 2 &&
	    (m->heard[n] > 4 || m->heard[n] <= 0) && m->heard[n] != '\r')
		n++;
	model_take(m, n == 0 ? 1 : n, line);
	switch (line[0]) {
	case 1:
		m->is_raw = true;
		return model_say(says, RAW_BANNER);
	case 2:
		return model_say(says, "\r\n" BANNER);
	case 4:
		m->has_helper = false;
		return model_say(says, "\r\nMPY: soft reboot\r\n" BANNER);
	default:
		return model_say(says, line);
	}
}

static size_t
model_answer_repl(struct model *m, char *says)
{
	char	line[sizeof m->heard + 1];

	if (!m->is_running)
		return m->is_raw ? model_answer_raw(m, says) :
		    model_answer_prompt(m, says);
	if (model_take_command(m, "\3", line) == 0)
		return 0;
	m->is_running = false;
	return model_raise(says, "KeyboardInterrupt: ");
}

static size_t
model_answer_piserial(struct model *m, char *says)
{
	char	line[sizeof m->heard + 1];
	size_t	len = model_take_command(m, "\n#", line);

	if (len == 0)
		return 0;
	return model_say(says, line[len - 1] == '#' ? "RR" : "OK");
}

size_t
model_answer(struct model *m, char says[MODEL_SAYS_MAX])
{
	return m->is_repl ? model_answer_repl(m, says) :
	    model_answer_piserial(m, says);
}
