/* SPDX-License-Identifier: MIT */
/*
 * What a request waits for, told to a person.
 */
#ifndef PICOD_WAITING_H
#define PICOD_WAITING_H

struct picoctl;

/*
 * Returns when the call that was begun has an answer to be read, or runs.  If
 * that takes some seconds, a line on standard error says what it waits for, while
 * it does; nothing where that is no terminal.
 */
void	waiting_tell(struct picoctl *);

#endif
