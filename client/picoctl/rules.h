/* SPDX-License-Identifier: MIT */
/*
 * The rules of udev of adopted boards, a file each, which keep ModemManager and
 * brltty off them.  What goes wrong is told to the user here; a board is adopted or
 * forgotten without them, too, so that it is no more than told.
 */
#ifndef PICOD_RULES_H
#define PICOD_RULES_H

#include "section.h"

/* Writes that of a section, if it has some. */
void	rules_write(const struct section *);

/* What is there of a board goes. */
void	rules_remove(const char *name);

/* It goes under another name. */
void	rules_rename(const char *old, const char *name);

#endif
