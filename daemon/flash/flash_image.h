/* SPDX-License-Identifier: MIT */
/*
 * The image that is to be written, checked.
 */
#ifndef PICOD_FLASH_IMAGE_H
#define PICOD_FLASH_IMAGE_H

#include "firmware.h"
#include "flash_recipe.h"

struct flash_image {
	int		 fd;		/* -1: none */
	bool		 bundled;	/* firmware says which */
	struct firmware	 firmware;
	struct image	 image;
};

/* What fd has, for that recipe; -EINVAL or another negative errno, with *why. */
int	flash_image_read(struct flash_image *, const struct flash_recipe *,
    enum image_format, const char **why);

/* Closes it. */
void	flash_image_finish(struct flash_image *);

#endif
