/* SPDX-License-Identifier: MIT */
/*
 * Which other program has a port, as far as picod may see.
 */
#ifndef PICOD_HOLDER_H
#define PICOD_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct holder {
	pid_t	 pid;
	char	 program[64];
	char	 tty[64];	/* "ttyAMA0" */
};

/*
 * Looks for another process that has the port open or locked, or asks there for a
 * login, but for that one (or 0).  0, or -ENOENT if none is to be seen: of other
 * users' processes, without privileges, only a lock and a login are.  It reads all
 * of /proc, so it is for rare occasions.
 */
int	holder_find(const char *path, pid_t except, struct holder *);

/* Whether this process has it open itself. */
bool	holder_is_self(const char *path);

/* "PROGRAM (pid N) has its port; " and what to do about that program. */
void	holder_describe(const struct holder *, char *text, size_t size);

/* The same of one that has it beside picod. */
void	holder_describe_beside(const struct holder *, char *text, size_t size);

/*
 * Whether the kernel writes its messages to a port; then text is what to do about
 * that.
 */
bool	holder_is_kernel(const char *path, char *text, size_t size);

#endif
