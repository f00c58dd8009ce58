/* SPDX-License-Identifier: MIT */
/*
 * A verb on several boards at once: "-b pico0,pico1", "-b all".
 */
#ifndef PICOD_SEVERAL_H
#define PICOD_SEVERAL_H

#include "picoctl.h"

/* Whether the board that was given means several. */
bool	several_wanted(const struct picoctl *);

/* Runs the verb on each of them; the status is that of the first that failed. */
int	several_run(struct picoctl *);

#endif
