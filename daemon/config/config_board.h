/* SPDX-License-Identifier: MIT */
/*
 * The settings of a board: picod.conf(5), [board NAME].
 */
#ifndef PICOD_CONFIG_BOARD_H
#define PICOD_CONFIG_BOARD_H

#include "config.h"

/* What is wrong with a name that is no setting: which ones there are. */
extern const char	config_no_setting[];

/*
 * Sets one, whether it comes from a file or from the command line.  NULL, or a
 * static sentence that says what is wrong.
 */
const char	*config_board_set(struct config_board *, const char *name,
    const char *value);

/* Likewise who may open picod's own port. */
const char	*config_tty_set(struct config_tty *, const char *value);

/* Frees its parts. */
void		 config_board_finish(struct config_board *);

#endif
