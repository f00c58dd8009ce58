/* SPDX-License-Identifier: MIT */
/*
 * Files that have no name: what is large stays out of picod's memory, and nothing
 * is left behind, whatever happens.  Each counts for its user as long as it is
 * there, whoever has it: LIMIT_UPLOADS.
 */
#ifndef PICOD_SCRATCH_H
#define PICOD_SCRATCH_H

#include <stddef.h>
#include <sys/types.h>

struct scratch;

/* An empty one, in $TMPDIR or /tmp.  0, or a negative errno. */
int		 scratch_create(uid_t, struct scratch **);

/* NULL is accepted. */
void		 scratch_destroy(struct scratch *);

/*
 * Nobody uses it yet: when it has been idle for LIMIT_UPLOAD_MS, whoever needs its
 * room may have it.  Then lost() is called, which is to destroy it.  NULL: it is
 * in use.
 */
void		 scratch_spare(struct scratch *, void (*lost)(void *), void *arg);

/*
 * Adds bytes at its end.  0, -EUSERS over a limit, or another negative errno: then
 * not all of them are there.
 */
int		 scratch_append(struct scratch *, const void *, size_t);

int		 scratch_fd(const struct scratch *);
size_t		 scratch_size(const struct scratch *);

/*
 * All of it, mapped and not read, once nothing is added any more; NULL if that
 * cannot be.  Valid until it is destroyed.
 */
const void	*scratch_bytes(struct scratch *);

#endif
