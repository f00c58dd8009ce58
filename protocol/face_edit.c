/* SPDX-License-Identifier: MIT */
/*
 * The line that a person, or Thonny's shell, types at the friendly prompt: echo,
 * the cursor, lines typed before, and statements of several lines with their
 * indentation, as MicroPython's own prompt has them.
 */
#include "face_repl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"

bool
face_edit_is_empty(const struct repl_face *r)
{
	return r->line.len == 0 && r->block.len == 0;
}

void
face_edit_drop(struct repl_face *r)
{
	r->line.len = r->block.len = r->at = 0;
	r->escape = r->recalled = 0;
}

void
face_edit_finish(struct repl_face *r)
{
	int	i;

	face_text_finish(&r->line);
	face_text_finish(&r->block);
	for (i = 0; i < FACE_HISTORY; i++)
		free(r->history[i]);
}

size_t
face_edit_kept(const struct repl_face *r)
{
	size_t	n = r->line.size + r->block.size;
	int	i;

	for (i = 0; i < FACE_HISTORY && r->history[i] != NULL; i++)
		n += strlen(r->history[i]);
	return n;
}

static bool
starts_with_word(const char *text, size_t len, const char *word)
{
	size_t	n = strlen(word);

	return len >= n && memcmp(text, word, n) == 0 && (len == n ||
	    strchr(" (:\t\\", text[n]) != NULL);
}

static bool
is_compound(const char *text, size_t len)
{
	static const char *const	words[] = {
		"if", "while", "for", "try", "with", "def", "class", "async"
	};
	size_t				i;

	if (len > 0 && text[0] == '@')
		return true;
	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (starts_with_word(text, len, words[i]))
			return true;
	return false;
}

/* Brackets that are open, or a string of three quotes; see mp_repl_continue. */
static bool
is_open(const char *text, size_t len)
{
	size_t	i;
	int	depth = 0;
	char	quote = 0;
	bool	triple = false;

	for (i = 0; i < len; i++) {
		bool	three = i + 2 < len && text[i] == text[i + 1] &&
		    text[i] == text[i + 2];

		if (quote == 0 && (text[i] == '\'' || text[i] == '"')) {
			quote = text[i];
			triple = three;
			i += three ? 2 : 0;
		} else if (quote != 0 && text[i] == '\\') {
			i++;
		} else if (quote != 0 && text[i] == quote &&
		    (!triple || three)) {
			i += triple ? 2 : 0;
			quote = 0;
		} else if (quote != 0 && !triple && text[i] == '\n') {
			quote = 0;
		} else if (quote == 0 && text[i] == '#') {
			while (i + 1 < len && text[i + 1] != '\n')
				i++;
		} else if (quote == 0 && strchr("([{", text[i]) != NULL) {
			depth++;
		} else if (quote == 0 && strchr(")]}", text[i]) != NULL) {
			depth--;
		}
	}
	return depth > 0 || (quote != 0 && triple);
}

/* Whether a statement goes on in the next line, as MicroPython decides it. */
static bool
goes_on(const char *text, size_t len)
{
	if (is_open(text, len) || (len > 0 && text[len - 1] == '\\'))
		return true;
	/* A compound statement ends with an empty line. */
	return is_compound(text, len) && text[len - 1] != '\n';
}

static void
say_back(struct repl_face *r, size_t n)
{
	while (n-- > 0)
		face_say(&r->base, "\b");
}

/* Shows what is behind the cursor anew, with more blanks, and goes back. */
static void
show_tail(struct repl_face *r, size_t blanks)
{
	size_t	tail = r->line.len - r->at, i;

	face_say_bytes(&r->base, r->line.bytes + r->at, tail);
	for (i = 0; i < blanks; i++)
		face_say(&r->base, " ");
	say_back(r, tail + blanks);
}

void
face_edit_insert(struct repl_face *r, uint8_t c)
{
	if (r->line.len + r->block.len >= LIMIT_STATEMENT)
		return;
	face_text_add(&r->line, "", 1);
	memmove(r->line.bytes + r->at + 1, r->line.bytes + r->at,
	    r->line.len - 1 - r->at);
	r->line.bytes[r->at++] = (char)c;
	face_say_bytes(&r->base, &c, 1);
	if (r->at < r->line.len)
		show_tail(r, 0);
}

void
face_edit_show(struct repl_face *r)
{
	face_say(&r->base, r->block.len > 0 ? "... " : ">>> ");
	face_say_bytes(&r->base, r->line.bytes, r->at);
	show_tail(r, 0);
}

static void
edit_delete(struct repl_face *r)
{
	if (r->at == r->line.len)
		return;
	memmove(r->line.bytes + r->at, r->line.bytes + r->at + 1,
	    r->line.len - r->at - 1);
	r->line.len--;
	show_tail(r, 1);
}

static void
edit_move(struct repl_face *r, size_t to)
{
	for (; r->at > to; r->at--)
		face_say(&r->base, "\b");
	for (; r->at < to; r->at++)
		face_say_bytes(&r->base, r->line.bytes + r->at, 1);
}

static void
edit_replace(struct repl_face *r, const char *text)
{
	size_t	old = r->line.len, i;

	edit_move(r, 0);
	r->line.len = 0;
	face_text_add(&r->line, text, strlen(text));
	face_say(&r->base, text);
	for (i = r->line.len; i < old; i++)
		face_say(&r->base, " ");
	say_back(r, old > r->line.len ? old - r->line.len : 0);
	r->at = r->line.len;
}

static void
edit_recall(struct repl_face *r, int by)
{
	unsigned	to = r->recalled + (unsigned)by;

	if ((by < 0 && r->recalled == 0) || to > FACE_HISTORY ||
	    (to > 0 && r->history[to - 1] == NULL))
		return;
	r->recalled = to;
	edit_replace(r, to == 0 ? "" : r->history[to - 1]);
}

static void
edit_remember(struct repl_face *r)
{
	char	*line = strndup(r->line.bytes, r->line.len);

	if (line == NULL || (r->history[0] != NULL &&
	    strcmp(r->history[0], line) == 0)) {
		free(line);
		return;
	}
	free(r->history[FACE_HISTORY - 1]);
	memmove(r->history + 1, r->history,
	    (FACE_HISTORY - 1) * sizeof *r->history);
	r->history[0] = line;
}

/* The blanks that the next line begins with: four more behind a colon. */
static void
edit_indent(struct repl_face *r)
{
	size_t	n = 0, i;

	while (n < r->line.len && r->line.bytes[n] == ' ')
		n++;
	if (r->line.len > 0 && r->line.bytes[r->line.len - 1] == ':')
		n += 4;
	r->line.len = r->at = 0;
	for (i = 0; i < n; i++)
		face_edit_insert(r, ' ');
}

static bool
edit_is_blank(const struct repl_face *r)
{
	size_t	i;

	for (i = 0; i < r->line.len; i++)
		if (r->line.bytes[i] != ' ')
			return false;
	return true;
}

/* The line is whole: is the statement? */
static bool
edit_enter(struct repl_face *r)
{
	bool	blank = edit_is_blank(r);

	face_say(&r->base, "\r\n");
	r->recalled = 0;
	if (blank && r->block.len == 0) {
		r->line.len = r->at = 0;
		face_say(&r->base, ">>> ");
		return false;
	}
	if (!blank)
		edit_remember(r);
	if (r->block.len > 0)
		face_text_add(&r->block, "\n", 1);
	if (!blank)
		face_text_add(&r->block, r->line.bytes, r->line.len);
	if (!goes_on(r->block.bytes, r->block.len)) {
		r->line.len = r->at = 0;
		return true;
	}
	face_say(&r->base, "... ");
	edit_indent(r);
	return false;
}

/* ESC [ A and the like; 3 ~ is the key "Delete". */
static void
edit_escape(struct repl_face *r, uint8_t c)
{
	if (r->escape == 1) {
		r->escape = c == '[' || c == 'O' ? 2 : 0;
		r->parameter = 0;
		return;
	}
	if (c >= '0' && c <= '9') {
		r->parameter = c;
		return;
	}
	r->escape = 0;
	switch (c) {
	case 'A': edit_recall(r, 1); break;
	case 'B': edit_recall(r, -1); break;
	case 'C': edit_move(r, r->at < r->line.len ? r->at + 1 : r->at); break;
	case 'D': edit_move(r, r->at > 0 ? r->at - 1 : 0); break;
	case 'H': edit_move(r, 0); break;
	case 'F': edit_move(r, r->line.len); break;
	case '~':
		if (r->parameter == '3')
			edit_delete(r);
		break;
	default: break;
	}
}

bool
face_edit(struct repl_face *r, uint8_t c)
{
	if (r->escape > 0) {
		edit_escape(r, c);
		return false;
	}
	switch (c) {
	case 0x1b: r->escape = 1; break;
	case '\r': case '\n': return edit_enter(r);
	case 0x01: edit_move(r, 0); break;
	case 0x05: edit_move(r, r->line.len); break;
	case 0x02: edit_move(r, r->at > 0 ? r->at - 1 : 0); break;
	case 0x04: edit_delete(r); break;
	case '\b': case 0x7f:
		if (r->at > 0) {
			r->at--;
			face_say(&r->base, "\b");
			edit_delete(r);
		}
		break;
	case 0x15: edit_replace(r, ""); break;
	case '\t':
		do
			face_edit_insert(r, ' ');
		while (r->at % 4 != 0);
		break;
	default:
		if (c >= 0x20)
			face_edit_insert(r, c);
		break;
	}
	return false;
}
