/* SPDX-License-Identifier: MIT */
/*
 * The drive that a board in BOOTSEL shows: an image that is copied to it is
 * written to the board and started.
 */
#ifndef PICOD_DRIVE_H
#define PICOD_DRIVE_H

#include <stddef.h>

/*
 * Looks for mounted drives of the kind that label says, "RPI-RP2" or "RP2350".
 * How many there are; path is the first.
 */
unsigned	 drive_find(const char *label, char *path, size_t size);

/*
 * Copies a file there.  0 or a negative errno, with *what: the path that it is
 * about.  That the drive vanishes once it has everything is no error.
 */
int		 drive_copy(const char *file, const char *drive,
    const char **what);

#endif
