/* SPDX-License-Identifier: MIT */
/*
 * A program that is run: its output, its end, and its end if it does not end.
 */
#ifndef PICOD_JOB_H
#define PICOD_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct job;

/* The descriptor that a job finds its file at: "/proc/self/fd/3". */
#define JOB_FD		3

/* Why a job was ended; otherwise it ended by itself. */
enum job_stop { JOB_ENDED, JOB_STOPPED, JOB_STALLED, JOB_OVERDUE };

struct job_end {
	enum job_stop	 stop;
	int		 status;	/* its exit status, or -1 */
	int		 signal;	/* that killed it, or 0 */
};

struct job_handler {
	/* It printed, to either stream. */
	void	(*bytes)(void *arg, const uint8_t *, size_t);
	/* It is over, and freed right afterwards. */
	void	(*ended)(void *arg, const struct job_end *);
};

struct job_options {
	const char *const *argv;	/* argv[0] is a path: job_find() */
	int		 fd;		/* the job's JOB_FD; -1: none */
	unsigned	 deadline_ms;	/* of the whole */
	unsigned	 stall_ms;	/* without output */
};

/*
 * The path of a program: itself if it has a slash, else from $PATH.  0, or a
 * negative errno: -ENOENT, -EACCES if there is one that cannot be run.
 */
int	job_find(const char *program, char *path, size_t size);

/*
 * Runs it, with nothing on stdin and the C locale, in a process group of its
 * own.  A negative errno; that it cannot be executed is told by its end, status
 * 127.  It dies with picod.
 */
int	job_start(struct event_base *, const struct job_options *,
    const struct job_handler *, void *arg, struct job **);

/* Ends it: TERM, then KILL.  ended() follows. */
void	job_stop(struct job *);

/* Kills it at once; ended() does not follow.  NULL is accepted. */
void	job_destroy(struct job *);

#endif
