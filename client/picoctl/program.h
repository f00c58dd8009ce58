/* SPDX-License-Identifier: MIT */
/*
 * Running a program on a user's behalf, for the verbs that do.
 */
#ifndef PICOD_PROGRAM_H
#define PICOD_PROGRAM_H

#include "picoctl.h"

#include <limits.h>
#include <sys/types.h>

/* Whether there is one of that name in $PATH. */
bool	program_is_there(const char *name);

/*
 * Has picod and its other clients see the name of the program, or of its script,
 * instead of ours, since the board is for it: before picod is connected to.
 */
void	program_lend_name(char *const argv[]);

/*
 * Where picod is, absolutely, since the program may go to another folder.  A
 * negative errno.
 */
int	program_socket_path(const struct picoctl *, char path[PATH_MAX]);

/*
 * The operands with each {} after the first of them, which names the program,
 * replaced by the port; for program_words_free().  NULL when memory is short.
 */
char	**program_words(const struct picoctl *, const char *port);
void	program_words_free(char **);

/*
 * Starts a program; argv as execvp(3) has it.  From here on picoctl outlives what
 * a terminal sends to both, and passes on what is sent to it alone.  0, or the
 * exit status after a complaint.
 */
int	program_start(char *const argv[], pid_t *);

/* As fork(2), for a child that is to become the program; likewise from here on. */
pid_t	program_fork(void);

/*
 * Waits until the program ends, or picod ends our connection, which is told in
 * these words, with the program's name between them.
 */
void	program_guard(struct picoctl *, pid_t, const char *argv0,
    const char *lost, const char *then);

/* Readable when the process has ended, with close-on-exec; below 0 before Linux 5.3. */
int	program_pidfd(pid_t);

/* Waits for its end: its exit status, or that of its signal. */
int	program_wait(pid_t);

#endif
