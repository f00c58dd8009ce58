/* SPDX-License-Identifier: MIT */
/*
 * Strings of all kinds are found by their quotes alone: a backslash protects a
 * quote in a raw string as well.  An operator of several characters is several
 * tokens, but for those with a "=" in them, which must be told from assignments.
 */
#include "protocol/repl_lexer.h"

#include <string.h>

void
repl_lexer_init(struct repl_lexer *x, const char *text, size_t len)
{
	x->at = x->next = text;
	x->end = text + len;
	x->depth = 0;
}

static bool
lexer_sees(const struct repl_lexer *x, const char *p, const char *s)
{
	size_t	n = strlen(s);

	return (size_t)(x->end - p) >= n && memcmp(p, s, n) == 0;
}

static enum repl_token
lexer_string(struct repl_lexer *x)
{
	const char	three[] = { *x->at, *x->at, *x->at, '\0' };
	bool		long_one = lexer_sees(x, x->at, three);
	const char	*quotes = long_one ? three : three + 2;
	const char	*p;

	for (p = x->at + strlen(quotes); p < x->end; p++) {
		if (*p == '\\' && p + 1 < x->end) {
			p++;
		} else if (!long_one && (*p == '\n' || *p == '\r')) {
			return REPL_TOKEN_BROKEN;
		} else if (lexer_sees(x, p, quotes)) {
			x->next = p + strlen(quotes);
			return REPL_TOKEN_STRING;
		}
	}
	return REPL_TOKEN_BROKEN;
}

/* A backslash joins two lines only where nothing follows it on the first. */
static enum repl_token
lexer_join(struct repl_lexer *x)
{
	if (lexer_sees(x, x->next, "\r\n"))
		x->next += 2;
	else if (lexer_sees(x, x->next, "\n") || lexer_sees(x, x->next, "\r"))
		x->next++;
	return x->next == x->at + 1 || x->next == x->end ?
	    REPL_TOKEN_BROKEN : REPL_TOKEN_OTHER;
}

static enum repl_token
lexer_bracket(struct repl_lexer *x, const char *pair, bool opens)
{
	if (opens) {
		if (x->depth < REPL_LEXER_DEPTH)
			x->open[x->depth] = pair[1];
		x->depth++;
		return REPL_TOKEN_OTHER;
	}
	if (x->depth == 0)
		return REPL_TOKEN_BROKEN;
	x->depth--;
	return x->depth >= REPL_LEXER_DEPTH || x->open[x->depth] == *pair ?
	    REPL_TOKEN_OTHER : REPL_TOKEN_BROKEN;
}

/* "==", "!=", "<=" and ">=" compare; "<<=" and all others assign. */
static enum repl_token
lexer_equals(struct repl_lexer *x)
{
	static const char *const	compare[] = { "==", "!=", "<=", ">=" };
	size_t				i;

	for (i = 0; i < 4; i++) {
		if (lexer_sees(x, x->at, compare[i])) {
			x->next++;
			return REPL_TOKEN_OTHER;
		}
	}
	if (lexer_sees(x, x->at, "<<") || lexer_sees(x, x->at, ">>"))
		x->next++;
	if (lexer_sees(x, x->at, ":=")) {
		x->next++;
		return REPL_TOKEN_WALRUS;
	}
	return *x->at == '=' ? REPL_TOKEN_ASSIGN : REPL_TOKEN_OTHER;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || (c & 0x80) != 0;
}

static enum repl_token
lexer_run(struct repl_lexer *x, enum repl_token token)
{
	while (x->next < x->end && (token == REPL_TOKEN_WORD ?
	    is_word(*x->next) : *x->next != '\n' && *x->next != '\r'))
		x->next++;
	return token;
}

static enum repl_token
lexer_token(struct repl_lexer *x)
{
	static const char	brackets[] = "()[]{}";
	const char		*pair;

	if (is_word(*x->at))
		return lexer_run(x, REPL_TOKEN_WORD);
	switch (*x->at) {
	case '\'':
	case '"':
		return lexer_string(x);
	case '#':
		return lexer_run(x, REPL_TOKEN_COMMENT);
	case '\\':
		return lexer_join(x);
	case '\n':
	case '\r':
		return x->depth == 0 ? REPL_TOKEN_LINE : REPL_TOKEN_OTHER;
	case '\0':
		return REPL_TOKEN_OTHER;
	}
	pair = strchr(brackets, *x->at);
	if (pair != NULL)
		return lexer_bracket(x, pair, (pair - brackets) % 2 == 0);
	return lexer_equals(x);
}

enum repl_token
repl_lexer_step(struct repl_lexer *x)
{
	x->at = x->next;
	if (x->at == x->end)
		return x->depth == 0 ? REPL_TOKEN_END : REPL_TOKEN_BROKEN;
	x->next++;
	return lexer_token(x);
}

bool
repl_lexer_is(const struct repl_lexer *x, const char *word)
{
	return (size_t)(x->next - x->at) == strlen(word) &&
	    memcmp(x->at, word, strlen(word)) == 0;
}

bool
repl_lexer_is_in(const struct repl_lexer *x, const char *words)
{
	char	word[12] = " ";
	size_t	n = (size_t)(x->next - x->at);

	if (n > sizeof word - 3)
		return false;
	memcpy(word + 1, x->at, n);
	memcpy(word + 1 + n, " ", 2);
	return strstr(words, word) != NULL;
}
