/* SPDX-License-Identifier: MIT */
/*
 * A board's files, for the verbs that move them.  What goes wrong is told to the
 * user here, and an exit status is what remains.
 */
#ifndef PICOD_REMOTE_H
#define PICOD_REMOTE_H

#include <stddef.h>

#include "picoctl.h"
#include "remote_path.h"

struct remote_file {
	char			*path;
	bool			 is_directory;
	unsigned long long	 size;
	char			*hash;		/* or NULL */
};

struct remote_list {
	struct remote_file	*files;		/* by path */
	size_t			 count;
};

/* What is in a directory; "" is where a path without a slash is.  To be freed. */
int	remote_list(struct picoctl *, const char *path, bool recursive, bool hash,
    struct remote_list *);
void	remote_list_free(struct remote_list *);

/* It is not there, which is no reason to complain. */
#define REMOTE_ABSENT	(-1)

/* What a path is; found NULL: only whether it is there, or REMOTE_ABSENT. */
int	remote_stat(struct picoctl *, const char *path, bool hash,
    struct remote_file *found);

/*
 * What is not on the board, as nothing is that was listed a moment ago or whose name
 * the board spells otherwise, does not keep the others from their turn: such a status
 * of the call that came last is counted, and STATUS_OK instead.  In the end it is the
 * exit status of all.
 */
int	remote_pass_over(struct picoctl *, int status);
int	remote_passed_over(struct picoctl *, int status);

/*
 * What a word with *, ? or [ stands for, with hashes: all that is like it, or else
 * what is called just so; of a word without, its path and nothing else.  A pattern
 * that is like nothing is passed over.
 */
int	remote_glob(struct picoctl *, const char *word, bool hash,
    struct remote_list *);

/* A whole file; the caller frees it.  shows: it has a bar meanwhile. */
int	remote_read(struct picoctl *, const char *path, bool shows,
    void **bytes, size_t *len);
int	remote_write(struct picoctl *, const char *path, const void *bytes,
    size_t len, bool *changed);

int	remote_remove(struct picoctl *, const char *path, bool recursive);
int	remote_make_directory(struct picoctl *, const char *path);
int	remote_rename(struct picoctl *, const char *path, const char *to);

#endif
