/* SPDX-License-Identifier: MIT */
/*
 * A network and mounts of a test's own, where it is root.
 */
#ifndef TEST_APART_H
#define TEST_APART_H

#include <stdbool.h>

/* False, and said, where the system does not let us. */
bool	apart_enter(void);

/* An empty folder in place of one. */
bool	apart_empty(const char *folder);

/* Writes what it can. */
void	apart_write(const char *path, const char *text);

#endif
