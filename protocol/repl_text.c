/* SPDX-License-Identifier: MIT */
/*
 * A statement is shown its value, a program is not, so the two must be told
 * apart before anything is sent.  That takes a lexer of Python, but a small
 * one: it knows strings, comments, brackets and line ends, and of these only
 * how they begin and end.  Where it is in doubt it says "program", because a
 * program is sent untouched and the board's own compiler judges it.
 */
#include "protocol/repl_text.h"

#include <string.h>

struct lexer {
	const char	*at;
	const char	*end;
	char		 open[16];	/* brackets that are not closed yet */
	size_t		 depth;
};

size_t
repl_text_strip(const char *text, size_t len)
{
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	return len;
}

/* A raw string's backslash protects a quote as well, so one rule does. */
static bool
lexer_skip_string(struct lexer *x)
{
	char	quote = *x->at;
	size_t	n = 1;

	if (x->end - x->at >= 3 && x->at[1] == quote && x->at[2] == quote)
		n = 3;
	for (x->at += n; x->at < x->end; x->at++) {
		if (*x->at == '\\') {
			x->at++;
		} else if (n == 1 && (*x->at == '\n' || *x->at == '\r')) {
			return false;
		} else if (*x->at == quote && (n == 1 || (x->end - x->at >= 3 &&
		    x->at[1] == quote && x->at[2] == quote))) {
			x->at += n;
			return true;
		}
	}
	return false;
}

static void
lexer_skip_comment(struct lexer *x)
{
	while (x->at < x->end && *x->at != '\n' && *x->at != '\r')
		x->at++;
}

/* A backslash joins two lines only where nothing follows it on the first. */
static bool
lexer_skip_join(struct lexer *x)
{
	x->at++;
	if (x->at < x->end && *x->at == '\r')
		x->at++;
	if (x->at < x->end && *x->at == '\n')
		x->at++;
	return x->at < x->end && (x->at[-1] == '\n' || x->at[-1] == '\r');
}

static bool
lexer_bracket(struct lexer *x, char c)
{
	static const char	pairs[] = "()[]{}";
	const char		*pair = strchr(pairs, c);

	x->at++;
	if ((pair - pairs) % 2 == 0) {
		if (x->depth == sizeof x->open)
			return false;
		x->open[x->depth++] = pair[1];
		return true;
	}
	return x->depth > 0 && x->open[--x->depth] == c;
}

/* Past one token; false if text cannot be a single statement. */
static bool
lexer_step(struct lexer *x)
{
	switch (*x->at) {
	case '\'':
	case '"':
		return lexer_skip_string(x);
	case '#':
		lexer_skip_comment(x);
		return true;
	case '\\':
		return lexer_skip_join(x);
	case '(': case '[': case '{':
	case ')': case ']': case '}':
		return lexer_bracket(x, *x->at);
	case '\n': case '\r': case ';':
		return x->depth > 0 && *x->at++ != ';';
	default:
		x->at++;
		return true;
	}
}

bool
repl_text_is_statement(const char *text, size_t len)
{
	struct lexer	x = { .at = text, .end = text + len };

	if (len == 0 || len > REPL_LITERAL_MAX)
		return false;
	/* A decorator always needs another line. */
	if (strchr(" \t\f\v#@", text[0]) != NULL)
		return false;
	while (x.at < x.end)
		if (!lexer_step(&x))
			return false;
	return x.depth == 0;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

/* Past a word; false for one that begins or joins what is no expression. */
static bool
lexer_skip_word(struct lexer *x)
{
	static const char	words[] = " as assert async await break class "
	    "continue def del except exec finally for from global import "
	    "lambda nonlocal pass raise return try while with yield ";
	const char		*start = x->at;
	char			 word[12] = " ";
	size_t			 n;

	while (x->at < x->end && is_word(*x->at))
		x->at++;
	n = (size_t)(x->at - start);
	if (x->depth > 0 || n > sizeof word - 3)
		return true;
	memcpy(word + 1, start, n);
	memcpy(word + 1 + n, " ", 2);
	return strstr(words, word) == NULL;
}

/*
 * Inside brackets there are only expressions.  Outside, a comma would make two
 * arguments of it, "=" and ":" make it a statement, or a named argument.  Of the
 * operators with a "=" only these two are told from those that assign.
 */
static bool
lexer_step_expression(struct lexer *x)
{
	char	c = *x->at;
	bool	equals = x->end - x->at >= 2 && x->at[1] == '=';

	if (is_word(c))
		return lexer_skip_word(x);
	if (x->depth == 0 && (c == ',' || c == ':' ||
	    ((c == '=' || c == '!') && !equals)))
		return false;
	if (c == '=' || c == '!') {
		x->at += equals ? 2 : 1;
		return true;
	}
	return lexer_step(x);
}

bool
repl_text_is_expression(const char *text, size_t len)
{
	struct lexer	x = { .at = text, .end = text + len };
	size_t		i;

	if (!repl_text_is_statement(text, len) || text[0] == '*')
		return false;
	for (i = 0; i < len; i++)	/* a comment would hide the bracket */
		if ((text[i] >= 0 && text[i] < ' ') || text[i] == '#')
			return false;
	while (x.at < x.end)
		if (!lexer_step_expression(&x))
			return false;
	return true;
}

bool
repl_text_has_orders(const char *text, size_t len)
{
	size_t	i;

	for (i = 0; i < len; i++)
		if (text[i] >= 0x01 && text[i] <= 0x05)
			return true;
	return false;
}

size_t
repl_text_escape(uint8_t *to, const char *text, size_t len)
{
	static const char	hex[] = "0123456789abcdef";
	uint8_t			*p = to;
	size_t			 i;
	unsigned char		 c;

	for (i = 0; i < len; i++) {
		c = (unsigned char)text[i];
		if (c >= ' ' && c != 0x7f && c != '\'' && c != '\\') {
			*p++ = c;
			continue;
		}
		*p++ = '\\';
		if (c == '\n' || c == '\r') {
			*p++ = c == '\n' ? 'n' : 'r';
		} else if (c == '\'' || c == '\\') {
			*p++ = c;
		} else {
			*p++ = 'x';
			*p++ = (uint8_t)hex[c >> 4];
			*p++ = (uint8_t)hex[c & 15];
		}
	}
	return (size_t)(p - to);
}
