/* SPDX-License-Identifier: MIT */
/*
 * The file is mapped and not read: 16 MB are none of picod's memory then.
 * Nobody else has it, so that it cannot shrink under the map; the images that
 * come with picod are root's.
 *
 * It is a stranger's, and may be made so that it is much work: so the loop turns
 * once for each slice of it, and everybody else is served in between.
 */
#include "flash_image.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "flash_copy.h"

/* Calls of image_read() in a turn: some hundred microseconds. */
#define SLICE	64

struct flash_reading {
	struct flash_image	*image;
	const struct flash_recipe *recipe;
	void			(*done)(void *, int, const char *);
	void			*arg;
	struct event		*turn;
	struct image_reader	 reader;
	struct flash_copy	*copy;		/* NULL: there is to be none */
	void			*map;
	size_t			 len;
	const char		*why;
	int			 error;		/* 1: there is more to read */
};

/* Maps the file; -EINVAL or another negative errno, with why. */
static int
reading_map(struct flash_reading *r)
{
	struct stat	 st;
	void		*map;

	r->why = "there is nothing in it";
	if (fstat(r->image->fd, &st) < 0 || st.st_size == 0)
		return -EINVAL;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
	    r->image->fd, 0);
	if (map == MAP_FAILED) {
		r->why = strerror(errno);
		return -errno;
	}
	r->map = map;
	r->len = (size_t)st.st_size;
	return 1;
}

/* Whether more was read than the chip has room for; a copy could grow large. */
static bool
reading_is_too_much(const struct flash_reading *r)
{
	return r->copy != NULL && r->reader.image.size > r->recipe->chip.size;
}

/* Something is wrong with the copy. */
static int
reading_fail(struct flash_reading *r, int error)
{
	if (error == -E2BIG)
		r->why = "it is in too many pieces";
	else if (error == -EUSERS)
		r->why = "too many images and files of yours wait for boards "
		    "already, or of all users; try again later";
	else
		r->why = strerror(-error);
	return error;
}

static int
reading_step(struct flash_reading *r)
{
	struct image_piece	piece;
	int			result, error = 0;

	result = image_read(&r->reader, &piece, &r->why);
	if (result != 1)
		return result;
	if (reading_is_too_much(r)) {
		r->why = "it is too large for this board";
		return -EINVAL;
	}
	if (r->copy != NULL)
		error = flash_copy_add(r->copy, &piece);
	return error < 0 ? reading_fail(r, error) : 1;
}

/* The copy takes the image's place. */
static int
reading_swap(struct flash_reading *r)
{
	struct flash_image	*image = r->image;
	struct scratch		*file;
	int			 error;

	image->format = image->image.format;
	if (r->copy == NULL)
		return 0;
	error = flash_copy_end(r->copy, &image->image, &image->format, &file);
	if (error < 0)
		return reading_fail(r, error);
	flash_image_finish(image);
	flash_image_set(image, file);
	return 0;
}

static void
reading_finish(struct flash_reading *r)
{
	r->image->image = r->reader.image;
	if (r->error == 0)
		r->error = image_check(&r->image->image, &r->recipe->chip,
		    &r->why);
	if (r->error == 0)
		r->error = reading_swap(r);
	r->done(r->arg, r->error, r->why);
	flash_reading_destroy(r);
}

static void
reading_turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct flash_reading	*r = arg;
	const struct timeval	 soon = { 0, 0 };
	int			 i;

	(void)fd, (void)what;
	for (i = 0; i < SLICE && r->error == 1; i++)
		r->error = reading_step(r);
	if (r->error == 1)
		event_add(r->turn, &soon);
	else
		reading_finish(r);
}

struct flash_reading *
flash_image_read(struct event_base *base, struct flash_image *image,
    const struct flash_recipe *recipe, enum image_format format, uid_t uid,
    void (*done)(void *, int, const char *), void *arg)
{
	struct flash_reading	*r = xcalloc(1, sizeof *r);
	const struct timeval	 soon = { 0, 0 };
	int			 error;

	r->image = image;
	r->recipe = recipe;
	r->done = done;
	r->arg = arg;
	r->turn = evtimer_new(base, reading_turn_cb, r);
	event_add(r->turn, &soon);
	r->error = reading_map(r);
	image_reader_init(&r->reader, r->map, r->len, format);
	error = flash_copy_create(recipe->tool, r->reader.image.format, uid,
	    &r->copy);
	if (error < 0 && r->error == 1)
		r->error = reading_fail(r, error);
	return r;
}

void
flash_reading_destroy(struct flash_reading *r)
{
	if (r == NULL)
		return;
	if (r->turn != NULL)
		event_free(r->turn);
	flash_copy_destroy(r->copy);
	if (r->map != NULL)
		munmap(r->map, r->len);
	free(r);
}

void
flash_image_set(struct flash_image *image, struct scratch *file)
{
	image->file = file;
	image->fd = scratch_fd(file);
}

void
flash_image_finish(struct flash_image *image)
{
	if (image->file != NULL)
		scratch_destroy(image->file);
	else if (image->fd >= 0)
		close(image->fd);
	image->file = NULL;
	image->fd = -1;
}
