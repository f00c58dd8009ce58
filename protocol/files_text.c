/* SPDX-License-Identifier: MIT */
/*
 * What a board is to carry out for each step: the functions it has not got yet,
 * then a call of one of them.  Nothing of it stays in the user's names.
 */
#include "files_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
text_add(struct files *f, const char *text, size_t len)
{
	if (f->text_len + len >= sizeof f->text)
		abort();	/* text[] is as large as all of it can be */
	memcpy(f->text + f->text_len, text, len);
	f->text_len += len;
	f->text[f->text_len] = '\0';
}

static void
text_say(struct files *f, const char *text)
{
	text_add(f, text, strlen(text));
}

static void
text_number(struct files *f, unsigned long long number)
{
	char	digits[24];

	snprintf(digits, sizeof digits, "%llu", number);
	text_say(f, digits);
}

/* A literal of Python; UTF-8 stays as it is in a string, not in bytes. */
static void
text_literal(struct files *f, const char *prefix, const void *bytes, size_t len)
{
	const uint8_t	*p = bytes;
	char		escaped[8];
	size_t		i;

	text_say(f, prefix);
	text_say(f, "'");
	for (i = 0; i < len; i++) {
		if (p[i] == '\'' || p[i] == '\\')
			snprintf(escaped, sizeof escaped, "\\%c", p[i]);
		else if (p[i] == '\n')
			strcpy(escaped, "\\n");
		else if (p[i] < 0x20 || p[i] == 0x7f ||
		    (p[i] >= 0x80 && prefix[0] == 'b'))
			snprintf(escaped, sizeof escaped, "\\x%02x", p[i]);
		else
			snprintf(escaped, sizeof escaped, "%c", p[i]);
		text_say(f, escaped);
	}
	text_say(f, "'");
}

/*
 * A name without a slash in front is where main.py is, to whatever directory a
 * program has gone.
 */
static void
text_path_n(struct files *f, const char *path, size_t len)
{
	const char	*home = f->board->home;
	char		 whole[sizeof f->board->home + sizeof f->temporary + 1];

	if (path[0] == '/' || home[0] == '\0') {
		text_literal(f, "", path, len);
		return;
	}
	snprintf(whole, sizeof whole, "%s%s%.*s", home,
	    home[1] == '\0' || len == 0 ? "" : "/", (int)len, path);
	text_literal(f, "", whole, strlen(whole));
}

static void
text_path(struct files *f, const char *path)
{
	text_path_n(f, path, strlen(path));
}

/*
 * The directory it is in, for the space that its volume has: "/" is no volume where
 * the flash is /flash.
 */
static void
text_directory(struct files *f)
{
	const char	*slash = strrchr(f->path, '/');

	text_path_n(f, f->path, slash == NULL ? 0 : (size_t)(slash - f->path));
}

static void
text_ask(struct files *f, const char *path, const char *digest_if)
{
	text_say(f, "__fm['C']('A',");
	text_path(f, path);
	if (!files_has(f, FILES_HAS_UART)) {
		text_say(f, ",");
		text_directory(f);
	} else
		text_say(f, ",0");
	text_say(f, ",");
	text_say(f, digest_if);
	text_say(f, ")");
}

static bool
text_is_root(const struct files *f)
{
	return strcmp(f->path, "/") == 0;
}

/* What "/" is need not be asked of a board that knows but files, and no room. */
static bool
text_is_plain_root(const struct files *f)
{
	return f->op == FILES_STAT && text_is_root(f) &&
	    (files_has(f, FILES_HAS_UART) || !files_has(f, FILES_HAS_STAT) ||
	    !files_has(f, FILES_HAS_SPACE));
}

static void
text_ask_path(struct files *f)
{
	char	size[24] = "-2";	/* none is as small */

	if (text_is_plain_root(f)) {
		text_say(f, "__import__('builtins').print('\\6%T1,0,-;',end='')\n"
		    FILES_END);
		return;
	}
	if (f->op == FILES_WRITE)
		snprintf(size, sizeof size, "%zu", f->len);
	else if (f->hash)
		strcpy(size, "-1");
	text_ask(f, f->path, size);
}

/*
 * A number, where it is short: the board would keep a short string for good, as it
 * keeps names, one for each file that it ever had.
 */
static void
text_digest(struct files *f)
{
	bool	is_hash = files_has(f, FILES_HAS_SHA | FILES_HAS_SHA_NEW);

	text_say(f, ",");
	if (is_hash)
		text_literal(f, "", f->digest, strlen(f->digest));
	else
		text_say(f, f->digest);
}

static void
text_take(struct files *f)
{
	text_say(f, "__fm['C']('W',");
	text_path(f, f->temporary);
	if (files_has(f, FILES_HAS_UART)) {
		text_say(f, ",");
		text_number(f, f->len);
		text_say(f, ",");
		text_number(f, FILES_UART_WINDOW);
		text_say(f, ")");
		return;
	}
	text_say(f, f->start > 0 ? ",'ab'," : ",'wb',");
	text_number(f, f->len - f->start);
	text_say(f, ",");
	text_number(f, f->way.window);
	text_say(f, ",");
	text_number(f, files_cover(f->way.window));
	text_say(f, ",");
	text_number(f, f->way.bits);
	text_say(f, ",");
	text_path(f, f->path);
	text_digest(f);
	text_say(f, ")");
}

static void
text_piece(struct files *f)
{
	f->covers = f->len - f->written;
	if (f->covers > FILES_PIECE)
		f->covers = FILES_PIECE;
	text_say(f, "__fm['C']('B',");
	text_path(f, f->temporary);
	text_say(f, f->written == 0 ? ",'wb'," : ",'ab',");
	text_literal(f, "b", f->content + f->written, f->covers);
	text_say(f, ")");
}

static void
text_place(struct files *f)
{
	text_say(f, "__fm['C']('N',");
	text_path(f, f->temporary);
	text_say(f, ",");
	text_path(f, f->path);
	text_digest(f);
	text_say(f, ")");
}

static void
text_give(struct files *f)
{
	text_say(f, "__fm['C']('G',");
	text_path(f, f->path);
	text_say(f, ",");
	text_number(f, f->done);
	text_say(f, f->board->memory < FILES_LITTLE_MEMORY ? ",256)" : ",1024)");
}

/*
 * What is in "/", which no board can be without; where the flash is /flash, what is
 * in that.
 */
static void
text_remove_all(struct files *f)
{
	if (!files_has(f, FILES_HAS_STAT)) {
		text_say(f, "__fm['C'](lambda o=__import__('os'):"
		    "[o.remove(n)for n in o.listdir()])");
		return;
	}
	text_say(f, "__fm['C'](lambda p,o=__import__('os'):"
	    "[__fm['D'](p.rstrip('/')+'/'+n)for n in o.listdir(p)],");
	text_path(f, "");
	text_say(f, ")");
}

static void
text_remove(struct files *f)
{
	if (f->recursive && text_is_root(f)) {
		text_remove_all(f);
		return;
	}
	if (f->recursive)
		text_say(f, "__fm['C']('D',");
	else if (files_has(f, FILES_HAS_STAT))
		text_say(f, "__fm['C'](lambda p,o=__import__('os'):(o.rmdir if "
		    "o.stat(p)[0]&16384 else o.remove)(p),");
	else
		text_say(f, "__fm['C'](lambda p,o=__import__('os'):o.remove(p),");
	text_path(f, f->path);
	text_say(f, ")");
}

static void
text_one(struct files *f)
{
	if (f->op == FILES_LIST) {
		text_say(f, "__fm['C']('L',");
		text_path(f, f->path);
		text_say(f, f->recursive ? ",1" : ",0");
		text_say(f, f->hash ? ",1)" : ",0)");
	} else if (f->op == FILES_REMOVE) {
		text_remove(f);
	} else if (f->op == FILES_MAKE_DIRECTORY) {
		text_say(f, "__fm['C']('K',");
		text_path(f, f->path);
		text_say(f, f->recursive ? ",1)" : ",0)");
	} else {
		text_say(f, "__fm['C'](lambda a,b,o=__import__('os'):o.rename(a,b),");
		text_path(f, f->path);
		text_say(f, ",");
		text_path(f, f->to);
		text_say(f, ")");
	}
}

/*
 * Whatever is wrong with it, it is not what the order failed for.  Where the file
 * that it was to replace is no more, it is the new one: see files_code.c.
 */
static void
text_clean(struct files *f)
{
	text_say(f, "try:\n");
	if (f->replaces && files_has(f, FILES_HAS_STAT)) {
		text_say(f, " __import__('os').stat(");
		text_path(f, f->path);
		text_say(f, ")\n");
	}
	text_say(f, " __import__('os').remove(");
	text_path(f, f->temporary);
	text_say(f, ")\nexcept OSError:pass\n" FILES_END);
}

/* The functions that the step calls. */
static unsigned
text_needs(const struct files *f)
{
	switch (f->step) {
	case FILES_STEP_ASK:
		return text_is_plain_root(f) ? 0 : FILES_ABOUT;
	case FILES_STEP_SEEK:
		return FILES_ABOUT;
	case FILES_STEP_TAKE:
		return FILES_TAKE;
	case FILES_STEP_PIECE:
		return FILES_ADD;
	case FILES_STEP_PLACE:
		return FILES_PLACE;
	case FILES_STEP_GIVE:
		return FILES_GIVE;
	case FILES_STEP_ONE:
		if (f->op == FILES_LIST)
			return FILES_TREE;
		if (f->op == FILES_MAKE_DIRECTORY)
			return FILES_MAKE;
		return f->op == FILES_REMOVE && f->recursive ? FILES_DROP :
		    FILES_CALL;
	default:
		return 0;
	}
}

/*
 * Has the board carry out a text where no name of the user's is: in a dictionary
 * that is the functions' own.
 */
static void
text_apart(struct files *f, const char *text, const char *names)
{
	text_say(f, "__import__('builtins').exec(");
	text_literal(f, "", text, strlen(text));
	text_say(f, names);
}

/*
 * Where memory is short, those that the step does not call go before others come,
 * but for the two that most of them need.
 */
static void
text_forget(struct files *f, unsigned needs)
{
	static const char	letters[FILES_FUNCTIONS + 1] = "CSAWNGLDKBVRX";
	unsigned		surplus = f->board->defined & ~needs &
				    ~(unsigned)(FILES_NAMES | FILES_CALL |
				    FILES_DIGEST);
	int			i;

	for (i = 0; i < FILES_FUNCTIONS; i++) {
		if ((surplus & 1u << i) == 0)
			continue;
		text_say(f, "__fm.pop('");
		text_add(f, &letters[i], 1);
		text_say(f, "',0)\n");
	}
	f->board->defined &= ~surplus;
}

/*
 * Those of them that the board has not got; one at a time where memory is short, and
 * what was there before them goes before any comes.
 */
static unsigned
text_define(struct files *f)
{
	bool		little = f->board->memory < FILES_LITTLE_MEMORY;
	unsigned	needs = text_needs(f), bit;
	int		i;

	if (needs != 0)
		needs |= files_code_needs(needs, f->board->has);
	if (little && (needs & ~f->board->defined) != 0)
		text_forget(f, needs);
	needs &= ~f->board->defined;
	if (little)
		needs &= -needs;
	if (needs != 0 && (f->board->defined & FILES_NAMES) == 0) {
		text_say(f, "__fm={}\n");
		needs = little ? FILES_NAMES : needs | FILES_NAMES;
	}
	for (i = 0; i < FILES_FUNCTIONS; i++) {
		bit = 1u << i;
		if ((needs & bit) != 0)
			text_apart(f, files_code(bit, f->board->has), ",__fm)\n");
	}
	if (needs != 0 && little)
		text_say(f, "__import__('gc').collect()\n");
	if (needs != 0)
		text_say(f, FILES_END);
	return needs;
}

static void
text_step(struct files *f)
{
	switch (f->step) {
	case FILES_STEP_PROBE: text_apart(f, files_probe, ",{})"); break;
	case FILES_STEP_SWEEP:
		text_apart(f, files_sweep(f->board->has), ",{})");
		break;
	case FILES_STEP_ASK: text_ask_path(f); break;
	case FILES_STEP_SEEK: text_ask(f, f->temporary, "-2"); break;
	case FILES_STEP_TAKE: text_take(f); break;
	case FILES_STEP_PIECE: text_piece(f); break;
	case FILES_STEP_PLACE: text_place(f); break;
	case FILES_STEP_GIVE: text_give(f); break;
	case FILES_STEP_ONE: text_one(f); break;
	case FILES_STEP_CLEAN: text_clean(f); break;
	default: break;
	}
}

void
files_make_text(struct files *f)
{
	f->text_len = 0;
	f->defining = text_define(f);
	if (f->defining == 0)
		text_step(f);
}
