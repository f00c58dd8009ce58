/* SPDX-License-Identifier: MIT */
/*
 * A verb on several boards at once: "-b pico0,pico1", "-b all".
 */
#ifndef PICOD_SEVERAL_H
#define PICOD_SEVERAL_H

#include "picoctl.h"

/* Whether the board that was given means several. */
bool	several_named(const struct picoctl *);

/* Likewise, of a verb that has no way of its own with them. */
bool	several_wanted(const struct picoctl *);

/*
 * Calls add with the name of each, which "all" has from picod: those that are there.
 * 0 or an exit status, after a complaint; then some may have been added.
 */
typedef void several_fn(const char *name, size_t len, void *arg);
int	several_each(struct picoctl *, several_fn *add, void *arg);

/* Runs the verb on each of them; the status is that of the first that failed. */
int	several_run(struct picoctl *);

#endif
