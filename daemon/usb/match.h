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
 * glob: a path (/dev/ttyACM*), a USB id (2e8a:0005), serial:GLOB, path:GLOB
 * (1-2.3, or the place that stays: usb_place()), or if:NN, the interface.
 */
bool		 match_tty(const char *patterns, const struct hotplug_tty *);

/* Whether one of them is of the interface: its port is meant, whatever it is. */
bool		 match_names_interface(const char *patterns);

/* NULL, or what is wrong with such a list. */
const char	*match_check(const char *patterns);

#endif
