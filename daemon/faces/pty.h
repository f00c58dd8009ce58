/* SPDX-License-Identifier: MIT */
/*
 * A pty that looks like a serial port to whoever opens it, one after the other.
 */
#ifndef PICOD_PTY_H
#define PICOD_PTY_H

#include <stdbool.h>
#include <sys/types.h>

/* For whom a pty is that is for no group: picod's own user. */
#define PTY_NO_GROUP	((gid_t)-1)

struct pty {
	int	 fd;		/* picod's end, which does not block; or -1 */
	char	 path[32];	/* the other: "/dev/pts/7" */
	dev_t	 number;	/* of that */
};

/*
 * A new one, which members of the group may open, and nobody has open.  A negative
 * errno on failure: -EPERM if picod is not in that group.
 */
int		 pty_open(struct pty *, gid_t group);

/* Harmless on a closed one.  Who has it open is hung up. */
void		 pty_close(struct pty *);

/* Whether nobody has it open; nothing is to be written then. */
bool		 pty_is_left(const struct pty *);

/*
 * Whether its last user has set 1200 baud, which tells boards with USB of their own
 * to start their boot loader.
 */
bool		 pty_is_touched(const struct pty *);

/* Whether he has left it otherwise than it was. */
bool		 pty_is_changed(const struct pty *);

/*
 * Of one that is left: nothing of its last user stays for the next.  -EBUSY: but
 * for his TIOCEXCL, so that a new one has to take its place.  This opens and
 * closes it, which picod's end is told of as of others.
 */
int		 pty_renew(struct pty *);

#endif
