/* SPDX-License-Identifier: MIT */
/*
 * How each kind of board is flashed: a table, and what the configuration says
 * instead.
 */
#ifndef PICOD_FLASH_RECIPE_H
#define PICOD_FLASH_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/board/board.h"
#include "protocol/flash_progress.h"
#include "protocol/image.h"
#include "protocol/limits.h"

/* What it has of a board's settings is a copy: a flash may outlive the board. */
struct flash_recipe {
	const char	*name;		/* what the configuration calls it */
	const char	*images;	/* the start of the names of its images */
	enum flash_tool	 tool;
	char		 part[LIMIT_TOOL_NAME + 1];	/* as avrdude has it */
	char		 programmer[LIMIT_TOOL_NAME + 1];
	unsigned	 baud;
	/*
	 * Its boot loader is entered by opening the port at 1200 baud, and has a
	 * port of its own.
	 */
	bool		 touch;
	struct image_chip chip;
	const char	*drive;		/* the label of what a boot ROM shows, or
					 * NULL: it is not known which ROM */
};

/*
 * The recipe for a board, by its settings, by what it says of its chip, or by its
 * USB identity.  -ENOTSUP if there is none; -EINVAL if the settings are not enough;
 * with a text of FLASH_WHY_MAX bytes, which names what else it is flashed by.
 */
#define FLASH_WHY_MAX	320
int	flash_recipe_get(const struct board *, struct flash_recipe *, char *why);

/* The recipe of that name in the table, or NULL. */
const struct flash_recipe *flash_recipe_find(const char *name);

#endif
