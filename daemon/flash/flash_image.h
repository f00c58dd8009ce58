/* SPDX-License-Identifier: MIT */
/*
 * The image that is to be written, checked.
 */
#ifndef PICOD_FLASH_IMAGE_H
#define PICOD_FLASH_IMAGE_H

#include "daemon/base/scratch.h"
#include "daemon/flash/firmware.h"
#include "daemon/flash/flash_recipe.h"

struct event_base;
struct flash_reading;

struct flash_image {
	int		 fd;		/* of the file, */
	struct scratch	*file;		/* or of one that comes with picod: */
					/* NULL; -1: none */
	bool		 bundled;	/* firmware says which */
	struct firmware	 firmware;
	struct image	 image;		/* once it was read */
	enum image_format format;	/* of what fd has then */
};

/*
 * Reads image->fd, a piece at a time between other things, and checks whether it
 * is for that recipe's chip; both must outlive it.  What the recipe's tool is to
 * be given takes its place, for that user: see flash_copy.h.  Then done() is called,
 * once: error is 0, or -EINVAL or another negative errno, with a sentence in why as
 * image_read() has it; the reading is freed right afterwards.
 */
struct flash_reading *flash_image_read(struct event_base *,
    struct flash_image *, const struct flash_recipe *, enum image_format, uid_t,
    void (*done)(void *arg, int error, const char *why), void *arg);

/* Gives up; done() does not follow.  NULL is accepted. */
void	flash_reading_destroy(struct flash_reading *);

/* Whoever had the file gives it over. */
void	flash_image_set(struct flash_image *, struct scratch *);

/* Closes it. */
void	flash_image_finish(struct flash_image *);

#endif
