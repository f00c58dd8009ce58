/* SPDX-License-Identifier: MIT */
/*
 * picod's own port of a board: a pty with a seat behind it, for tools that are
 * started by whomever, one at a time, as at a real port.
 */
#ifndef PICOD_TTY_H
#define PICOD_TTY_H

#include <stdbool.h>
#include <sys/types.h>

#include "daemon/boards/boards.h"

struct event_base;
struct tty;

/*
 * Members of that group may open it: see pty_open(), also for what -errno in
 * errno means where it returns NULL.  renewed: its path is another from now on.
 */
struct tty	*tty_create(struct event_base *, struct boards *, struct board *,
    gid_t group, void (*renewed)(void *, struct tty *), void *arg);
void		 tty_destroy(struct tty *);

const char	*tty_path(const struct tty *);		/* "/dev/pts/7" */

/* Whether a program has it open. */
bool		 tty_is_open(const struct tty *);

/* What a tool wanted there that is to be done in another way, or "". */
const char	*tty_note(const struct tty *);

#endif
