/* SPDX-License-Identifier: MIT */
/*
 * Which other program has a port, as far as picod may see.
 */
#ifndef PICOD_HOLDER_H
#define PICOD_HOLDER_H

#include <stddef.h>
#include <sys/types.h>

struct holder {
	pid_t	 pid;
	char	 program[64];
};

/*
 * Looks for another process that has the port open or locked.  0, or -ENOENT if
 * none is to be seen: of other users' processes, without privileges, only a lock
 * is.  It reads all of /proc, so it is for rare occasions.
 */
int	holder_find(const char *path, struct holder *);

/* "PROGRAM (pid N) has its port; " and what to do about that program. */
void	holder_describe(const struct holder *, char *text, size_t size);

#endif
