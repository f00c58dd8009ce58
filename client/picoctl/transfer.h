/* SPDX-License-Identifier: MIT */
/*
 * Files and whole directories from here to a board and back, as cp(1) would: into
 * a directory that is there, else under that name.  Exit statuses, after
 * complaints.
 */
#ifndef PICOD_TRANSFER_H
#define PICOD_TRANSFER_H

#include <fts.h>

#include "picoctl.h"

/* Files or directories of ours, "-" for standard input, to a path there. */
int	transfer_put(struct picoctl *, char *const *sources, int count,
    const char *to);

/* Paths there, patterns too, to a path here; of several boards, to one each. */
int	transfer_get(struct picoctl *, char *const *sources, int count,
    const char *to);

/* From the board to the same board. */
int	transfer_copy(struct picoctl *, char *const *sources, int count,
    const char *to);

/*
 * Has fn called with each entry of a directory of ours, and what it is called below
 * to, but for what stays here: what is hidden, or made by Python.  The first status
 * that is not STATUS_OK ends it.
 */
typedef int	transfer_fn(const FTSENT *, const char *path, void *arg);
int	transfer_walk(const char *local, const char *to, transfer_fn *, void *arg);

/* Whether all of it may get its name there; else a status, after a complaint. */
int	transfer_check(const char *local, const char *to);

/* How many files were written, were the same, and were left out. */
struct transfer_count {
	unsigned	changed, same, left_out;
};

/* One file; counted. */
int	transfer_put_file(struct picoctl *, const char *local, const char *path,
    struct transfer_count *);

/*
 * Tells of an entry that is left out, being neither a file nor a directory, or
 * that cannot be read, which is an error.
 */
int	transfer_leave_out(const FTSENT *, struct transfer_count *);

#endif
