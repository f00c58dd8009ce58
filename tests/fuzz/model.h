/* SPDX-License-Identifier: MIT */
/*
 * Boards that answer well: little models of a REPL and of a PiSerial sketch, so
 * that a fuzzer reaches what chance would never guess (nonces, marks).  They
 * answer what they heard one command at a time, whenever they are asked to.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#define MODEL_SAYS_MAX	512

struct model {
	bool	 is_repl;	/* else PiSerial */
	bool	 is_raw;	/* in the raw REPL */
	bool	 is_pasting;	/* it hears a text for it by raw-paste */
	bool	 has_helper;	/* picod has put its own there */
	bool	 is_running;	/* what only Ctrl-C ends: a text with never() */
	char	 heard[4096];
	size_t	 len;
};

/* It starts anew: it has heard nothing, and is at its prompt. */
void	model_restart(struct model *);

/* It hears bytes; what it cannot keep is lost, as on a board. */
void	model_hear(struct model *, const void *, size_t);

/* What it says to the first command it heard, and how many bytes that is. */
size_t	model_answer(struct model *, char says[MODEL_SAYS_MAX]);

#endif
