/* SPDX-License-Identifier: MIT */
/*
 * What picod is told to do: picod.conf(5), its drop-ins, and the command line.
 */
#ifndef PICOD_CONFIG_H
#define PICOD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/server/access.h"
#include "protocol/driver.h"
#include "protocol/flash_progress.h"
#include "protocol/limits.h"

#define CONFIG_PATH		"/etc/picod/picod.conf"
#define CONFIG_BAUD_DEFAULT	115200

/* Who may open picod's own port of a board: picod.conf(5), tty. */
struct config_tty {
	enum {
		CONFIG_TTY_USUAL,	/* as it is without any setting */
		CONFIG_TTY_NONE,
		CONFIG_TTY_GROUP
	}	 who;
	gid_t	 group;			/* (gid_t)-1: none but picod's user */
};

struct config_board {
	char			*name;
	char			*port;		/* NULL: match says which */
	char			*match;		/* patterns, or NULL: match.h */
	const struct driver_ops	*driver;	/* NULL: likewise */
	unsigned		 baud;		/* 0: as is usual for it */
	bool			 interrupt;
	char			*reports;	/* or NULL */
	char			*flasher;	/* NULL, and 0: flash_recipe.h */
	char			*part, *programmer;
	unsigned		 flash_baud;
	struct config_tty	 tty;
	char			*where;		/* "FILE, line N" of its section */
};

struct config {
	struct config_board	 boards[LIMIT_BOARDS];
	size_t			 board_count;
	struct access		 access;
	char			*ignore[LIMIT_IGNORED];	/* likewise */
	size_t			 ignore_count;
	struct config_tty	 tty;		/* of boards that do not say */
	char			*tools[FLASH_TOOL_COUNT];	/* paths, or NULL */
	size_t			 errors;	/* told so far */
};

void	config_init(struct config *);
void	config_finish(struct config *);

/*
 * Reads a file and then its drop-ins, PATH.d/NAME.conf in the order of their
 * names.  Whatever is wrong is logged with file and line and counted in
 * config->errors.  -ENOENT if there is no such file, which need not be wrong.
 */
int	config_read(struct config *, const char *path);

/*
 * Takes a board as the command line has it:
 * NAME=PORT[,driver=NAME][,baud=N][,interrupt=yes|no][,reports=LETTERS]
 * -EINVAL with a message logged.
 */
int	config_add_board(struct config *, const char *argument);

/* Who may open the port that picod makes for a board; false: there is to be none. */
bool	config_tty(const struct config *, const char *board, struct config_tty *);

/* Checks what can only be seen in the end: logs and counts errors. */
void	config_check(struct config *);

#endif
