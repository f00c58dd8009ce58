/* SPDX-License-Identifier: MIT */
/*
 * As much of a lexer of Python as it takes to see where things begin and end:
 * strings, comments, brackets, words and lines.  Whether it is Python only a
 * board knows.
 */
#ifndef PICOD_REPL_LEXER_H
#define PICOD_REPL_LEXER_H

#include <stdbool.h>
#include <stddef.h>

enum repl_token {
	REPL_TOKEN_END,
	REPL_TOKEN_BROKEN,	/* a string, bracket or line without its end */
	REPL_TOKEN_WORD,	/* a name, a keyword or a number */
	REPL_TOKEN_STRING,	/* without what stands before its quote */
	REPL_TOKEN_COMMENT,
	REPL_TOKEN_LINE,	/* a line end outside brackets */
	REPL_TOKEN_ASSIGN,	/* "=", also of "+=" and its like */
	REPL_TOKEN_WALRUS,	/* ":=" */
	REPL_TOKEN_OTHER,	/* in *at: an operator, or a part of one; a blank */
};

/* Deeper brackets are counted, and not looked at. */
#define REPL_LEXER_DEPTH 256

struct repl_lexer {
	const char	*at;		/* of the last token */
	const char	*next;		/* behind it */
	const char	*end;
	size_t		 depth;		/* brackets open behind it */
	char		 open[REPL_LEXER_DEPTH];
};

void		repl_lexer_init(struct repl_lexer *, const char *text, size_t len);

/* The next token; REPL_TOKEN_END again and again at the end. */
enum repl_token	repl_lexer_step(struct repl_lexer *);

/* Whether the last token is that word. */
bool		repl_lexer_is(const struct repl_lexer *, const char *word);

/* Whether the last token, a word, is one of those between blanks in words. */
bool		repl_lexer_is_in(const struct repl_lexer *, const char *words);

#endif
