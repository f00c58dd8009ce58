/* SPDX-License-Identifier: MIT */
/*
 * Names that stay: a board that was pico0 once is pico0 again, wherever it is
 * plugged in and whatever was rebooted meanwhile.
 */
#ifndef PICOD_NAMES_H
#define PICOD_NAMES_H

#include <stdbool.h>

struct names;

/*
 * Reads a file of "NAME KEY" lines, which need not exist.  path NULL: nothing is
 * kept.
 */
struct names	*names_open(const char *path);
void		 names_close(struct names *);

/*
 * The name of the board with that key, which is without white space: the one it
 * had, or PREFIXn with the lowest n that nobody has and is_taken() does not
 * claim.  It lives as long as names.
 */
const char	*names_get(struct names *, const char *key, const char *prefix,
    bool (*is_taken)(const char *name, void *arg), void *arg);

/*
 * A key is no board's alone: that board is known by another key from now on, and
 * names_is_shared() says so of the old one, for good.
 */
void		 names_share(struct names *, const char *key,
    const char *instead);
bool		 names_is_shared(const struct names *, const char *key);

/* The name of the board with that key, or NULL. */
const char	*names_known(const struct names *, const char *key);

/* The board with that key has no name any more. */
void		 names_drop(struct names *, const char *key);

/* The board with that key has that name from now on, as one with another key. */
void		 names_set(struct names *, const char *key, const char *name);

#endif
