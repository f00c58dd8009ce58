/* SPDX-License-Identifier: MIT */
/*
 * picod's own ports of all boards that have one, and their names in a folder.
 */
#ifndef PICOD_TTYS_H
#define PICOD_TTYS_H

#include "daemon/boards/boards.h"

struct config;
struct event_base;
struct ttys;

/*
 * Boards get theirs as they come, and lose it as they go.  The folder is made, if
 * it is not there; without one that is picod's alone there are no ports, which is
 * logged.  The configuration must outlive them, and they must go before the boards.
 */
struct ttys	*ttys_create(struct event_base *, struct boards *,
    const struct config *, const char *folder);
void		 ttys_destroy(struct ttys *);

/* The configuration was read again. */
void		 ttys_reload(struct ttys *);

/* A board's own port, as it is to be told. */
struct tty_facts {
	char		 path[4096];	/* its name in the folder */
	bool		 open;		/* a program has it open */
	pid_t		 pid;		/* which, if that was asked and seen; or 0 */
	char		 program[64];
	const char	*note;		/* see tty_note() */
};

/* False: it has none.  who: which program has it open is to be looked for. */
bool		 ttys_tell(const struct ttys *, const struct board *, bool who,
    struct tty_facts *);

#endif
