/* SPDX-License-Identifier: MIT */
/*
 * Which board a call means, and whether its client may do that with it: asked
 * here, once, for every method.
 */
#ifndef PICOD_TARGET_H
#define PICOD_TARGET_H

#include <stdbool.h>

struct board;
struct call;
struct method;

/*
 * Finds the board that a call means, if its method takes one, and asks the rules
 * of access.  false: the call has ended with an error.
 */
bool	target_find(struct call *, const struct method *);

/* Whether the rules, which may be others now, still let a call through. */
bool	target_is_permitted(struct call *, const struct method *);

/* Whether they would let its client call a method on a board. */
bool	target_permits(struct call *, const struct board *, const char *method);

#endif
