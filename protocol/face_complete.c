/* SPDX-License-Identifier: MIT */
/*
 * What the name under the cursor may become, as MicroPython's own prompt has it: the
 * names that there are, of a module or of an object, are asked of the board.
 *
 * The question changes nothing there but what looking at an attribute does, which it
 * does at a board's own prompt too.
 */
#include "face_repl.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The longest name, with its dots, that is looked for. */
#define NAME_MAX_LEN	100

#define BUILTINS	"__import__('builtins')"

/* How names are shown: in columns, with two blanks between them at least. */
#define COLUMN		16
#define COLUMNS		4

static bool
is_of_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* Where the name before the cursor begins. */
static size_t
name_start(const struct repl_face *r)
{
	size_t	start = r->at;

	while (start > 0 && is_of_name(r->line.bytes[start - 1]))
		start--;
	return start;
}

bool
face_complete_ask(struct repl_face *r)
{
	char		 text[4 * NAME_MAX_LEN];
	const char	*name, *dot;
	size_t		 start = name_start(r), len = r->at - start;
	int		 path;

	if (len == 0 || len > NAME_MAX_LEN)
		return false;
	name = r->line.bytes + start;
	if (name[0] == '.' || isdigit((unsigned char)name[0]))
		return false;
	dot = memrchr(name, '.', len);
	path = dot != NULL ? (int)(dot - name) : 0;
	r->part = dot != NULL ? len - (size_t)path - 1 : len;
	snprintf(text, sizeof text, BUILTINS ".print(*[n for n in " BUILTINS
	    ".dir(%.*s)%s if n[:%zu]=='%.*s'])", path, name, dot == NULL ?
	    "+" BUILTINS ".dir(" BUILTINS ")" : "", r->part, (int)r->part,
	    name + len - r->part);
	r->text.len = r->found.len = 0;
	face_text_add(&r->text, text, strlen(text));
	return true;
}

/* The next of the names, from *at on; NULL: there is no more. */
static const char *
next_name(const struct repl_face *r, size_t *at, size_t *len)
{
	const char	*bytes = r->found.bytes;
	size_t		 start;

	do {
		while (*at < r->found.len && !is_of_name(bytes[*at]))
			++*at;
		start = *at;
		while (*at < r->found.len && is_of_name(bytes[*at]))
			++*at;
		*len = *at - start;
	} while (*len > 0 && r->part == 0 && bytes[start] == '_');
	return *len > 0 ? bytes + start : NULL;
}

/* How many there are, and how much of them is the same. */
static size_t
count_names(const struct repl_face *r, const char **first, size_t *same)
{
	const char	*name;
	size_t		 at = 0, len, count = 0, i;

	while ((name = next_name(r, &at, &len)) != NULL) {
		if (count++ == 0) {
			*first = name;
			*same = len;
		}
		for (i = 0; i < len && i < *same && name[i] == (*first)[i]; i++)
			;
		*same = i;
	}
	return count;
}

static void
show_names(struct repl_face *r)
{
	const char	*name;
	size_t		 at = 0, len, column = COLUMN * COLUMNS, gap;

	while ((name = next_name(r, &at, &len)) != NULL) {
		gap = COLUMN - column % COLUMN;
		if (gap < 2)
			gap += COLUMN;
		if (column + gap + len > COLUMN * COLUMNS) {
			face_say(&r->base, "\r\n");
			column = gap = 0;
		}
		for (column += gap + len; gap > 0; gap--)
			face_say(&r->base, " ");
		face_say_bytes(&r->base, name, len);
	}
	face_say(&r->base, "\r\n");
	face_edit_show(r);
}

void
face_complete_answer(struct repl_face *r)
{
	const char	*first = NULL;
	size_t		 same = 0, count = count_names(r, &first, &same), i;

	for (i = r->part; i < same; i++)
		face_edit_insert(r, (uint8_t)first[i]);
	if (count > 1 && same == r->part)
		show_names(r);
}
