/* SPDX-License-Identifier: MIT */
/*
 * What "top" shows: a line for each board, and under it who uses it and who waits.
 */
#ifndef PICOD_TOP_PICTURE_H
#define PICOD_TOP_PICTURE_H

#include "output.h"

/*
 * boards: those of ListBoards, with details.  said: by the name of a board, the line
 * that it printed last.  Lines fit the output's terminal.  A text that the caller
 * frees.
 */
char	*top_picture(const struct output *, const json_t *boards,
    const json_t *said);

#endif
