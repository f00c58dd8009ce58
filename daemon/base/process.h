/* SPDX-License-Identifier: MIT */
/*
 * What people call a process, from /proc.  It is whatever that process likes, so it
 * is cleaned of what no terminal should get.
 */
#ifndef PICOD_PROCESS_H
#define PICOD_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Reads a file of its folder in /proc, such as "cmdline", cut to size and with a NUL
 * behind it; false if there is nothing to read.
 */
bool	process_read(pid_t, const char *file, char *text, size_t size, size_t *len);

/* Its program, or the script that an interpreter runs; "?" if that is not known. */
void	process_name(pid_t, char *name, size_t size);

#endif
