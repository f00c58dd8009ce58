/* SPDX-License-Identifier: MIT */
/*
 * avrdude and libelf read what they are given with picod's rights, and were not
 * made for the files of strangers.  So what is complicated, HEX and ELF, is read
 * by protocol/image_read.c, which was, and written anew: HEX for avrdude, ELF for
 * picotool.  The blocks of a UF2 are as simple as they can be, and a plain binary
 * has nothing to be read.
 */
#include "flash_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/base/memory.h"

#define BUFFER_SIZE	(64 * 1024)

struct flash_copy {
	struct scratch		*file;		/* NULL: not the copy's any more */
	enum image_format	 format;
	struct image_hex	 hex;
	struct image_elf	 elf;
	char			*buf;
	size_t			 len;
};

/* Room for what stands before the pieces of an ELF, and is known at their end. */
static int
copy_begin(struct flash_copy *c)
{
	static const uint8_t	head[IMAGE_ELF_DATA];

	return c->format == IMAGE_ELF ?
	    scratch_append(c->file, head, sizeof head) : 0;
}

int
flash_copy_create(enum flash_tool tool, enum image_format format, uid_t uid,
    struct flash_copy **result)
{
	struct flash_copy	*c;
	struct scratch		*file;
	int			 error;

	*result = NULL;
	if (tool == FLASH_PICOTOOL && format != IMAGE_ELF)
		return 0;
	error = scratch_create(uid, &file);
	if (error < 0)
		return error;
	c = xcalloc(1, sizeof *c);
	c->file = file;
	c->format = tool == FLASH_PICOTOOL ? IMAGE_ELF : IMAGE_HEX;
	c->buf = xmalloc(BUFFER_SIZE);
	*result = c;
	return copy_begin(c);
}

void
flash_copy_destroy(struct flash_copy *c)
{
	if (c == NULL)
		return;
	scratch_destroy(c->file);
	free(c->buf);
	free(c);
}

static int
copy_flush(struct flash_copy *c)
{
	size_t	len = c->len;

	c->len = 0;
	return scratch_append(c->file, c->buf, len);
}

int
flash_copy_add(struct flash_copy *c, const struct image_piece *piece)
{
	int	error = 0;

	if (c->format == IMAGE_ELF) {
		error = image_elf_add(&c->elf, piece);
		return error < 0 ? error :
		    scratch_append(c->file, piece->data, piece->len);
	}
	if (BUFFER_SIZE - c->len < IMAGE_HEX_MAX)
		error = copy_flush(c);
	c->len += image_hex_write(&c->hex, piece, c->buf + c->len);
	return error;
}

static int
copy_write_head(struct flash_copy *c, const struct image *image)
{
	uint8_t	head[IMAGE_ELF_DATA];

	image_elf_head(&c->elf, image, head);
	return pwrite(scratch_fd(c->file), head, sizeof head, 0) < 0 ? -errno : 0;
}

int
flash_copy_end(struct flash_copy *c, const struct image *image,
    enum image_format *format, struct scratch **file)
{
	int	error = copy_flush(c);

	if (error == 0 && c->format == IMAGE_HEX) {
		c->len = image_hex_end(c->buf);
		error = copy_flush(c);
	} else if (error == 0)
		error = copy_write_head(c, image);
	if (error < 0)
		return error;
	*format = c->format;
	*file = c->file;
	c->file = NULL;
	return 0;
}
