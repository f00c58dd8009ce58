/* SPDX-License-Identifier: MIT */
/*
 * A program that is run: its output, its end, and its end if it does not end.
 */
#ifndef PICOD_CHILD_H
#define PICOD_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct child;

/* The descriptor that a child finds its file at: "/proc/self/fd/3". */
#define CHILD_FD		3

/* Why a child was ended; otherwise it ended by itself. */
enum child_stop { CHILD_ENDED, CHILD_STOPPED, CHILD_STALLED, CHILD_OVERDUE };

struct child_end {
	enum child_stop	 stop;
	int		 status;	/* its exit status, or -1 */
	int		 signal;	/* that killed it, or 0 */
};

struct child_handler {
	/* It printed, to either stream. */
	void	(*bytes)(void *arg, const uint8_t *, size_t);
	/* It is over, and freed right afterwards. */
	void	(*ended)(void *arg, const struct child_end *);
};

struct child_options {
	const char *const *argv;	/* argv[0] is a path: child_find() */
	int		 fd;		/* the child's CHILD_FD; -1: none */
	const char	*device;	/* all that it may write to, see
					 * confine.h; NULL: it is not confined */
	unsigned	 deadline_ms;	/* of the whole */
	unsigned	 stall_ms;	/* without output */
};

/*
 * The path of a program: itself if it has a slash, else from $PATH.  0, or a
 * negative errno: -ENOENT, -EACCES if there is one that cannot be run.
 */
int	child_find(const char *program, char *path, size_t size);

/*
 * Runs it, with nothing on stdin, in a process group of its own; of picod's
 * environment it has PATH, and its locale is C.  A negative errno; that it cannot
 * be executed is told by its end, status 127.  It dies with picod.
 */
int	child_start(struct event_base *, const struct child_options *,
    const struct child_handler *, void *arg, struct child **);

/* Ends it: TERM, then KILL.  ended() follows. */
void	child_stop(struct child *);

/* Kills it at once; ended() does not follow.  NULL is accepted. */
void	child_destroy(struct child *);

#endif
