/* SPDX-License-Identifier: MIT */
/*
 * The file is mapped and not read: 16 MB are none of picod's memory then.
 * Nobody else has it, so that it cannot shrink under the map; the images that
 * come with picod are root's.
 */
#include "flash_image.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int
flash_image_read(struct flash_image *image, const struct flash_recipe *recipe,
    enum image_format format, const char **why)
{
	struct stat	 st;
	void		*map;
	int		 error;

	if (fstat(image->fd, &st) < 0 || st.st_size == 0) {
		*why = "there is nothing in it";
		return -EINVAL;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, image->fd,
	    0);
	if (map == MAP_FAILED) {
		error = -errno;
		*why = strerror(errno);
		return error;
	}
	error = image_parse(map, (size_t)st.st_size, format, &image->image, why);
	if (error == 0)
		error = image_check(&image->image, &recipe->chip, why);
	munmap(map, (size_t)st.st_size);
	return error;
}

void
flash_image_finish(struct flash_image *image)
{
	if (image->fd >= 0)
		close(image->fd);
	image->fd = -1;
}
