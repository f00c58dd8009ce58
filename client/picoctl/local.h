/* SPDX-License-Identifier: MIT */
/*
 * Files of this machine, for the verbs that move some to or from a board.  What
 * goes wrong is told to the user here, and an exit status is what remains.
 */
#ifndef PICOD_LOCAL_H
#define PICOD_LOCAL_H

#include <stddef.h>

/* A whole file, or standard input for "-"; the caller frees it. */
int	local_read(const char *path, void **bytes, size_t *len);

/*
 * Reads standard input once for many: *fd is what each of them opens anew, by
 * /proc/self/fd, to have all of it.
 */
int	local_share_input(int *fd);

/* Whether it could be written, before there is something to write. */
int	local_try(const char *path);

/*
 * Writes it beside, then gives it its name: never half.  The file that it
 * replaces may be behind a link, and hands on its mode; what is no file is
 * written to.
 */
int	local_write(const char *path, const void *bytes, size_t len);

#endif
