/* SPDX-License-Identifier: MIT */
/*
 * Writing an image to a board whose port is free: into its boot loader, the
 * program that writes, and how far it is.
 */
#ifndef PICOD_FLASH_H
#define PICOD_FLASH_H

#include "flash_recipe.h"

struct event_base;
struct flash;

struct flash_options {
	const struct flash_recipe *recipe;	/* copied */
	const char	*port;		/* a path; "" if it has none now */
	const struct board_usb *usb;	/* copied */
	int		 fd;		/* the image; the caller's, to the end */
	enum image_format format;
	unsigned	 families;	/* of a UF2 */
};

struct flash_end {
	bool		 ok;		/* written and verified, and started */
	enum flash_stage stage;		/* at which it failed */
	const char	*message;	/* why, and what to do */
	const char	*log;		/* the tool's own last lines */
};

struct flash_handler {
	/* message: what the user has to do now, or NULL. */
	void	(*progress)(void *arg, enum flash_stage, unsigned percent,
		    const char *message);
	/* It is over, and freed right afterwards. */
	void	(*ended)(void *arg, const struct flash_end *);
};

/* Begins; all else is told later.  NULL with errno when memory is short. */
struct flash	*flash_start(struct event_base *, const struct flash_options *,
    const struct flash_handler *, void *arg);

/* Gives up; ended() follows.  A board in the middle is left half written. */
void		 flash_stop(struct flash *);

/* Kills what runs at once; ended() does not follow.  NULL is accepted. */
void		 flash_destroy(struct flash *);

#endif
