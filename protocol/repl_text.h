/* SPDX-License-Identifier: MIT */
/*
 * What the host must know of Python's text: does it show values at a prompt,
 * which takes other ways than a program, and how does it look as a literal.
 */
#ifndef PICOD_REPL_TEXT_H
#define PICOD_REPL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum repl_text_kind {
	REPL_TEXT_PROGRAM,	/* several lines: no value is shown */
	REPL_TEXT_QUIET,	/* one line that has none to show */
	REPL_TEXT_EXPRESSION,	/* may be an argument of a call */
	REPL_TEXT_LINE,		/* several statements or a compound one, which
				 * may have values to show on their way */
};

struct repl_text {
	enum repl_text_kind	 kind;
	size_t			 len;	/* without what need not be sent */
	bool			 whole;	/* nothing is left open at its end */
	bool			 pair;	/* an expression that needs brackets */
	bool			 simple;	/* a line of simple statements with ";" */
};

/*
 * Looks at a text.  An expression is one for sure, but perhaps no correct one;
 * of what is doubtful the board's compiler hears as it is.
 */
void	repl_text_look(struct repl_text *, const char *text, size_t len);

/*
 * The next of the statements that ";" separates in a simple line, from *off on,
 * which is 0 at first: where it begins, with its length; NULL after the last.
 */
const char *repl_text_part(const char *text, size_t len, size_t *off,
    size_t *part_len);

/* Bytes to skip at the beginning, which are none of Python's: a BOM. */
size_t	repl_text_skip(const char *text, size_t len);

/* Whether text has bytes that the raw REPL would take as orders. */
bool	repl_text_has_orders(const char *text, size_t len);

/*
 * Writes text to to[] as the inside of a Python literal in single quotes, at
 * most 4 * len bytes, and returns how many.
 */
size_t	repl_text_escape(uint8_t *to, const char *text, size_t len);

#endif
