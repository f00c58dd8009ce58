/* SPDX-License-Identifier: MIT */
/*
 * What a tool is given in the place of an image: picod's own copy of it.
 */
#ifndef PICOD_FLASH_COPY_H
#define PICOD_FLASH_COPY_H

#include "daemon/base/scratch.h"
#include "protocol/flash_progress.h"
#include "protocol/image_write.h"

struct flash_copy;

/*
 * A copy of an image of that format for a tool, which counts for that user; NULL:
 * the tool takes it as it is.  A negative errno otherwise.
 */
int	flash_copy_create(enum flash_tool, enum image_format, uid_t,
    struct flash_copy **);

/* NULL is accepted. */
void	flash_copy_destroy(struct flash_copy *);

/*
 * Adds a piece.  A negative errno; -E2BIG: it is in too many pieces; -EUSERS: as
 * scratch_append().
 */
int	flash_copy_add(struct flash_copy *, const struct image_piece *);

/*
 * All of it was added: its format, and the file, which is the caller's.  0, or a
 * negative errno.
 */
int	flash_copy_end(struct flash_copy *, const struct image *,
    enum image_format *, struct scratch **);

#endif
