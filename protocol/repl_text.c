/* SPDX-License-Identifier: MIT */
/*
 * At a prompt a line shows the values of its expressions.  Most lines are a
 * single one, which a call can show; an assignment or an import has none to show and
 * goes as it is.  For the rest a board with compile() has a mode; for one without,
 * statements with ";" between them are taken apart here.  What is doubtful is
 * no expression, since the board's own compiler judges all else better.
 */
#include "protocol/repl_text.h"

#include <string.h>

#include "protocol/repl_lexer.h"

/* What the tokens outside brackets have shown of a text. */
struct look {
	bool	begun;		/* something stands there */
	bool	line;		/* and behind a line end, too */
	bool	several;	/* ";" */
	bool	compound;	/* it begins as one that has a block */
	bool	block;		/* whose block shows nothing */
	bool	quiet;		/* it begins as one without values, or assigns */
	bool	odd;		/* what is no part of an expression alone */
	bool	comma;
	bool	lambda;
	bool	colon;		/* of no lambda */
	bool	open;		/* an operator is the last thing */
};

/* The first word of a statement. */
static void
look_begin(struct look *l, const struct repl_lexer *x)
{
	static const char	quiet[] = " assert break continue del from "
	    "global import nonlocal pass raise return ";
	static const char	compound[] = " async for if try while with ";

	l->begun = true;
	if (repl_lexer_is_in(x, quiet))
		l->quiet = true;
	else if (repl_lexer_is_in(x, " class def "))
		l->block = true;
	else if (repl_lexer_is_in(x, compound) || *x->at == '@')
		l->compound = true;
	else if (repl_lexer_is_in(x, " await yield ") || *x->at == '*')
		l->odd = true;
}

/* One that stands outside brackets. */
static void
look_token(struct look *l, const struct repl_lexer *x, enum repl_token token)
{
	static const char	odd[] = " as async await for from yield ";

	if (token == REPL_TOKEN_WORD && repl_lexer_is(x, "lambda"))
		l->lambda = true;
	else if (token == REPL_TOKEN_WORD && repl_lexer_is_in(x, odd))
		l->odd = true;
	else if (token == REPL_TOKEN_WALRUS)
		l->odd = true;
	else if (token == REPL_TOKEN_ASSIGN)
		l->quiet = true;
	else if (token == REPL_TOKEN_OTHER && *x->at == ';')
		l->several = true;
	else if (token == REPL_TOKEN_OTHER && *x->at == ',')
		l->comma = true;
	else if (token == REPL_TOKEN_OTHER && *x->at == ':' && !l->lambda)
		l->colon = true;
}

static bool
is_blank(const struct repl_lexer *x)
{
	return *x->at == ' ' || *x->at == '\t' || *x->at == '\f';
}

/* All of it, up to a comment; true if nothing is left open. */
static bool
look_at(struct look *l, const char *text, size_t *len)
{
	struct repl_lexer	x;
	enum repl_token		token;
	size_t			depth = 0, end = 0;

	repl_lexer_init(&x, text, *len);
	while ((token = repl_lexer_step(&x)) != REPL_TOKEN_END &&
	    token != REPL_TOKEN_BROKEN) {
		if (token == REPL_TOKEN_COMMENT || (token == REPL_TOKEN_OTHER &&
		    is_blank(&x) && depth == 0))
			continue;
		if (token == REPL_TOKEN_LINE || l->line) {
			l->line = true;
			continue;
		}
		if (!l->begun)
			look_begin(l, &x);
		if (depth == 0)
			look_token(l, &x, token);
		l->open = token == REPL_TOKEN_OTHER && *x.at != '\0' &&
		    strchr("+-*/%&|^~<>", *x.at) != NULL;
		depth = x.depth;
		end = (size_t)(x.next - text);
	}
	*len = token == REPL_TOKEN_END && !l->line ? end : *len;
	return token == REPL_TOKEN_END;
}

static size_t
text_strip(const char *text, size_t len)
{
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	return len;
}

/* A line of simple statements is quiet if each of them is. */
static enum repl_text_kind
text_kind_of_parts(const char *text, size_t len)
{
	struct repl_text	 part;
	const char		*p;
	size_t			 off = 0, n;

	while ((p = repl_text_part(text, len, &off, &n)) != NULL) {
		repl_text_look(&part, p, n);
		if (part.kind != REPL_TEXT_QUIET)
			return REPL_TEXT_LINE;
	}
	return REPL_TEXT_QUIET;
}

void
repl_text_look(struct repl_text *t, const char *text, size_t len)
{
	struct look	l = { 0 };
	size_t		line = text_strip(text, len), code = line;

	*t = (struct repl_text){ .kind = REPL_TEXT_PROGRAM, .len = len };
	t->whole = look_at(&l, text, &code);
	if (l.line || !t->whole)
		return;
	t->len = line;
	t->simple = l.several && !l.compound && !l.block;
	if (!l.begun || l.block || strchr(" \t\f\v", text[0]) != NULL) {
		t->kind = REPL_TEXT_QUIET;
	} else if (t->simple) {
		t->kind = text_kind_of_parts(text, line);
	} else if (l.compound || (l.odd && !l.quiet)) {
		t->kind = REPL_TEXT_LINE;
	} else if (l.quiet || l.colon || l.open) {
		t->kind = REPL_TEXT_QUIET;
	} else {
		t->kind = REPL_TEXT_EXPRESSION;
		t->len = code;
		t->pair = l.comma || l.lambda;
	}
}

const char *
repl_text_part(const char *text, size_t len, size_t *off, size_t *part_len)
{
	struct repl_lexer	 x;
	enum repl_token		 token;
	const char		*start;

	while (*off < len && (text[*off] == ' ' || text[*off] == '\t' ||
	    text[*off] == ';'))
		++*off;
	start = text + *off;
	repl_lexer_init(&x, start, len - *off);
	do
		token = repl_lexer_step(&x);
	while (token != REPL_TOKEN_END && token != REPL_TOKEN_BROKEN &&
	    token != REPL_TOKEN_COMMENT && !(x.depth == 0 && *x.at == ';' &&
	    token == REPL_TOKEN_OTHER));
	if (x.at == start)
		return NULL;
	*part_len = (size_t)(x.at - start);
	*off = token == REPL_TOKEN_OTHER ? (size_t)(x.at - text) : len;
	return start;
}

size_t
repl_text_skip(const char *text, size_t len)
{
	static const char	bom[] = "\xef\xbb\xbf";

	return len >= 3 && memcmp(text, bom, 3) == 0 ? 3 : 0;
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
