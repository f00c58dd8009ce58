/* SPDX-License-Identifier: MIT */
/*
 * What a client hands over in pieces on its connection: a file without a name.
 */
#ifndef PICOD_UPLOAD_H
#define PICOD_UPLOAD_H

#include <stddef.h>

#include "daemon/base/scratch.h"
#include "daemon/server/call.h"

/*
 * Adds a piece to what the call's connection has handed over; at 0 it begins anew.
 * The size so far, or a negative errno: -EINVAL if at is not behind the last
 * piece, -EFBIG over LIMIT_IMAGE, -EUSERS over LIMIT_UPLOADS, or what the file
 * system says.  Then the connection has nothing any more: half a file is none.
 */
long long	 upload_add(struct call *, long long at, const void *, size_t);

/*
 * Takes it: the caller's to destroy, and until then it counts for its user; NULL:
 * there is nothing.  The connection has nothing any more.
 */
struct scratch	*upload_take(struct call *);

#endif
