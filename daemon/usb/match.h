/* SPDX-License-Identifier: MIT */
/*
 * Which ports a list of patterns means.
 */
#ifndef PICOD_MATCH_H
#define PICOD_MATCH_H

#include <stdbool.h>

#include "hotplug.h"

/*
 * Whether a port is what a list of patterns says, all of them.  A pattern is a
 * glob: a path (/dev/ttyACM*), a USB id (2e8a:0005), serial:GLOB or path:GLOB.
 */
bool		 match_tty(const char *patterns, const struct hotplug_tty *);

/* NULL, or what is wrong with such a list. */
const char	*match_check(const char *patterns);

#endif
