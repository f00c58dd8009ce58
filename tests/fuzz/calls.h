/* SPDX-License-Identifier: MIT */
/*
 * Calls of every method there is, made from the descriptions of the interfaces:
 * a method that is new there is tried without a line here.
 */
#ifndef FUZZ_CALLS_H
#define FUZZ_CALLS_H

#include <jansson.h>
#include <stdbool.h>

#include "tests/fuzz/script.h"

/* The interfaces; for good. */
void		 calls_init(void);

/*
 * A call as the script has it, most often with parameters of the right types.
 * token: what a Hold was answered last, or "".
 */
json_t		*calls_make(struct script *, const char *token);

/*
 * Whether a message is an answer to a call of that method: what the interface
 * says of its replies, or one of its errors.
 */
bool		 calls_answers(const char *method, json_t *message);

#endif
