/* SPDX-License-Identifier: MIT */
/*
 * What a CircuitPython writes into the title of a terminal: whether a program
 * runs, which, and its version.  Only names stand in it, the same in every
 * language but for the word that says that nothing runs.
 */
#ifndef PICOD_REPL_TITLE_H
#define PICOD_REPL_TITLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum repl_title_says {
	REPL_TITLE_NOTHING,	/* none was seen yet */
	REPL_TITLE_RUNS,	/* a file of the board's own runs */
	REPL_TITLE_STARTS,	/* its repl.py, before a REPL */
	REPL_TITLE_OVER,	/* it has ended, and waits for a key */
	REPL_TITLE_PROMPT,	/* the friendly REPL */
};

struct repl_title {
	enum repl_title_says	 says;
	char			 version[24];	/* or "" */
	uint8_t			 in;	/* an escape sequence of that kind; 0 */
	uint8_t			 held[128];	/* it, so far */
	size_t			 len;
	size_t			 shown;	/* of held, is no title: to be shown */
};

enum repl_title_byte {
	REPL_TITLE_TEXT,	/* it belongs to what a reader sees */
	REPL_TITLE_HIDDEN,	/* it does not */
	REPL_TITLE_TOLD,	/* nor this, which ends a title: look at says */
};

void			repl_title_init(struct repl_title *);
enum repl_title_byte	repl_title_byte(struct repl_title *, uint8_t);

/*
 * What that byte gives a reader to see: itself, or nothing while it may be a
 * title's, or all that was held back, when it was none.  Until the next call.
 */
size_t			repl_title_shown(const struct repl_title *,
			    const uint8_t **);

#endif
