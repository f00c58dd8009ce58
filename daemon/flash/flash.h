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
	const char	*program;	/* that writes it; "": it goes by drive() */
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
	/*
	 * There is no picotool: the image is to be copied to the board's drive,
	 * which has that label.
	 */
	void	(*drive)(void *arg, const char *label);
	/* It is over, and freed right afterwards. */
	void	(*ended)(void *arg, const struct flash_end *);
};

/*
 * The path of the program that flashes such a board: the one that is named, or,
 * for NULL, the one in $PATH.  0, or a negative errno with what to do.
 */
int		 flash_find_program(const struct flash_recipe *,
    const char *named, char *path, size_t size, char *why, size_t why_size);

/* Begins; all else is told later. */
struct flash	*flash_start(struct event_base *, const struct flash_options *,
    const struct flash_handler *, void *arg);

/* Gives up; ended() follows.  A board in the middle is left half written. */
void		 flash_stop(struct flash *);

/* Kills what runs at once; ended() does not follow.  NULL is accepted. */
void		 flash_destroy(struct flash *);

#endif
