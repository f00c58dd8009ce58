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
#include "daemon/base/scratch.h"

#define BUFFER_SIZE	(64 * 1024)

struct flash_copy {
	int			 fd;		/* -1: not the copy's any more */
	enum image_format	 format;
	struct image_hex	 hex;
	struct image_elf	 elf;
	char			*buf;
	size_t			 len;
};

int
flash_copy_create(enum flash_tool tool, enum image_format format,
    struct flash_copy **result)
{
	struct flash_copy	*c;
	int			 fd;

	*result = NULL;
	if (tool == FLASH_PICOTOOL && format != IMAGE_ELF)
		return 0;
	fd = scratch_open();
	if (fd < 0)
		return fd;
	c = xcalloc(1, sizeof *c);
	c->fd = fd;
	c->format = tool == FLASH_PICOTOOL ? IMAGE_ELF : IMAGE_HEX;
	c->buf = xmalloc(BUFFER_SIZE);
	if (c->format == IMAGE_ELF)
		lseek(fd, IMAGE_ELF_DATA, SEEK_SET);
	*result = c;
	return 0;
}

void
flash_copy_destroy(struct flash_copy *c)
{
	if (c == NULL)
		return;
	if (c->fd >= 0)
		close(c->fd);
	free(c->buf);
	free(c);
}

static int
copy_write(int fd, const void *bytes, size_t len)
{
	const char	*p = bytes;
	ssize_t		 n;

	for (; len > 0; p += n, len -= (size_t)n) {
		n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return -errno;
	}
	return 0;
}

static int
copy_flush(struct flash_copy *c)
{
	size_t	len = c->len;

	c->len = 0;
	return copy_write(c->fd, c->buf, len);
}

int
flash_copy_add(struct flash_copy *c, const struct image_piece *piece)
{
	int	error = 0;

	if (c->format == IMAGE_ELF) {
		error = image_elf_add(&c->elf, piece);
		return error < 0 ? error :
		    copy_write(c->fd, piece->data, piece->len);
	}
	if (BUFFER_SIZE - c->len < IMAGE_HEX_MAX)
		error = copy_flush(c);
	c->len += image_hex_write(&c->hex, piece, c->buf + c->len);
	return error;
}

int
flash_copy_end(struct flash_copy *c, const struct image *image,
    enum image_format *format)
{
	uint8_t	head[IMAGE_ELF_DATA];
	int	error = copy_flush(c), fd = c->fd;

	if (error == 0 && c->format == IMAGE_HEX) {
		c->len = image_hex_end(c->buf);
		error = copy_flush(c);
	} else if (error == 0) {
		image_elf_head(&c->elf, image, head);
		lseek(fd, 0, SEEK_SET);
		error = copy_write(fd, head, sizeof head);
	}
	if (error < 0)
		return error;
	*format = c->format;
	c->fd = -1;
	return fd;
}
