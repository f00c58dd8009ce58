/* SPDX-License-Identifier: MIT */
/*
 * Paths on a board, as words: on a command line ":" marks the board's side, as in
 * ":lib/x.py"; ":" alone is all of it.
 */
#ifndef PICOD_REMOTE_PATH_H
#define PICOD_REMOTE_PATH_H

#include <stdbool.h>

/* Whether a word names a place on the board. */
bool	remote_is(const char *word);

/* Its path there, without the ":"; "/" for ":" alone.  The word, shifted. */
const char *remote_path(const char *word);

/* A path made of a directory and a name; the caller frees it. */
char	*remote_join(const char *directory, const char *name);

/*
 * What something called name becomes in a directory: "." and "..", and "" of "/",
 * stand for what is in them, as with cp(1), and become the directory itself.  The
 * caller frees it.
 */
char	*remote_into(const char *directory, const char *name);

/* What is behind the last slash; the path's own bytes. */
const char *remote_base(const char *path);

/* What a path is called below a directory: "/lib/a/b" of "lib" is "a/b". */
const char *remote_below(const char *path, const char *directory);

/* Whether a word has *, ? or [ in its last name. */
bool	remote_is_pattern(const char *word);

/* Whether it is UTF-8, as all that is said to picod; else after a complaint. */
bool	remote_is_utf8(const char *path);

/*
 * Whether something on a board may get that path; not, after a complaint, if that
 * is not so, or if it has control characters: boards list files a line each, and
 * who looks has to tell names apart.
 */
bool	remote_is_fit(const char *path);

#endif
