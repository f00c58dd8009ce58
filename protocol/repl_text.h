/* SPDX-License-Identifier: MIT */
/*
 * What the host must know of Python's text: is this a single statement, which
 * may be wrapped as a literal, or even an expression, which may be an argument,
 * and how does that literal look.
 */
#ifndef PICOD_REPL_TEXT_H
#define PICOD_REPL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest statement that is sent as a literal, in bytes of its text. */
#define REPL_LITERAL_MAX 256

/* How many bytes of text are left when trailing line ends are taken off. */
size_t	repl_text_strip(const char *text, size_t len);

/*
 * Whether text is one logical line of Python as far as its tokens tell, at
 * most REPL_LITERAL_MAX bytes, with balanced brackets and finished strings,
 * that begins with neither a blank nor a comment.  Trailing line ends must
 * have been stripped.  Whether it is correct Python only the board knows.
 */
bool	repl_text_is_statement(const char *text, size_t len);

/*
 * Whether text is an expression for sure, so that it may be wrapped as the only
 * argument of a call: all on one line, and nothing in it that would mean something
 * else there, such as a comma or a "=".  Most expressions that people send are;
 * for those that are not told from a statement it is false.
 */
bool	repl_text_is_expression(const char *text, size_t len);

/* Whether text has bytes that the raw REPL would take as orders. */
bool	repl_text_has_orders(const char *text, size_t len);

/*
 * Writes text to to[] as the inside of a Python literal in single quotes, at
 * most 4 * len bytes, and returns how many.
 */
size_t	repl_text_escape(uint8_t *to, const char *text, size_t len);

#endif
