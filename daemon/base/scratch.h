/* SPDX-License-Identifier: MIT */
/*
 * Files that have no name: what is large stays out of picod's memory, and nothing
 * is left behind, whatever happens.
 */
#ifndef PICOD_SCRATCH_H
#define PICOD_SCRATCH_H

/* An empty one, in $TMPDIR or /tmp: a descriptor, or a negative errno. */
int	scratch_open(void);

#endif
