/* SPDX-License-Identifier: MIT */
/*
 * What a request waits for, told to a person: a line on standard error, where that
 * is a terminal, for as long as it waits.
 */
#ifndef PICOD_WAITING_H
#define PICOD_WAITING_H

#include <jansson.h>

struct picoctl;

/* Shows what is waited for, a Waiting of io.picod, in place of what was shown. */
void	waiting_show(struct picoctl *, const json_t *waiting);

/* Takes the line away, if there is one. */
void	waiting_end(struct picoctl *);

/*
 * For a call that was begun, and of which picod does not tell by itself: returns
 * when there is an answer to be read, or it runs.
 */
void	waiting_tell(struct picoctl *);

#endif
