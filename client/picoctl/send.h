/* SPDX-License-Identifier: MIT */
/*
 * Statements and programs, for the verbs that send some.  What the board prints is
 * shown as it comes.  Exit statuses, after complaints.
 */
#ifndef PICOD_SEND_H
#define PICOD_SEND_H

#include <stddef.h>

#include "picoctl.h"

/* name: what the text is called in a complaint. */
int	send_text(struct picoctl *, const char *text, size_t len,
    const char *name);

/* A file as one program; "-" is standard input. */
int	send_file(struct picoctl *, const char *path);

#endif
