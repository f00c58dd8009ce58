/* SPDX-License-Identifier: MIT */
/* What people call a program, by the words that it was started with. */
#ifndef PICOD_COMMAND_LINE_H
#define PICOD_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether people name what that program runs, and not itself; a path, or a name. */
bool	command_line_is_interpreter(const char *program);

/*
 * The script or module that an interpreter runs, without its folder.  words: as
 * /proc/PID/cmdline has them, each with a NUL behind it, perhaps cut; the result is
 * within them.  NULL if it is no interpreter, or runs none.
 */
const char	*command_line_script(const char *words, size_t len);

#endif
