/* SPDX-License-Identifier: MIT */
/*
 * A terminal on a board, for "console", which has it alone, and "repl", which
 * shares it.
 */
#ifndef PICOD_CONSOLE_H
#define PICOD_CONSOLE_H

#include "picoctl.h"

int	console_run(struct picoctl *, bool shared);

#endif
