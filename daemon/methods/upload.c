/* SPDX-License-Identifier: MIT */
/*
 * It is kept in a file that never had a name, so that memory stays bounded and
 * nothing is left behind, whatever happens; as a lease it ends with the
 * connection, unless somebody has taken it.
 */
#include "upload.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/base/memory.h"
#include "protocol/limits.h"

struct upload {
	struct lease	 lease;		/* must be first */
	struct scratch	*file;
};

static void
upload_lost(struct lease *lease)
{
	struct upload	*u = (struct upload *)lease;

	scratch_destroy(u->file);
	free(u);
}

static bool
upload_is(struct lease *lease, void *arg)
{
	(void)arg;
	return lease->lost == upload_lost;
}

static struct upload *
upload_find(struct call *call)
{
	return (struct upload *)call_find_lease(call, upload_is, NULL);
}

/* The connection has nothing any more. */
static void
upload_drop(void *arg)
{
	struct upload	*u = arg;

	LIST_REMOVE(&u->lease, entry);
	upload_lost(&u->lease);
}

static int
upload_create(struct call *call, struct upload **result)
{
	struct upload	*u;
	struct scratch	*file;
	int		 error = scratch_create(call_client(call)->uid, &file);

	if (error < 0)
		return error;
	u = xcalloc(1, sizeof *u);
	u->file = file;
	u->lease.lost = upload_lost;
	scratch_spare(file, upload_drop, u);
	call_add_lease(call, &u->lease);
	*result = u;
	return 0;
}

/* 0, or a negative errno, when not all of the piece has been added. */
static int
upload_append(struct upload *u, const void *bytes, size_t len)
{
	if (len > LIMIT_IMAGE - scratch_size(u->file))
		return -EFBIG;
	return scratch_append(u->file, bytes, len);
}

static long long
upload_size(const struct upload *u)
{
	return u == NULL ? 0 : (long long)scratch_size(u->file);
}

long long
upload_add(struct call *call, long long at, const void *bytes, size_t len)
{
	struct upload	*u = upload_find(call);
	int		 error = 0;

	if (u != NULL && at == 0) {
		upload_drop(u);
		u = NULL;
	}
	if (at != upload_size(u))
		error = -EINVAL;
	else if (u == NULL)
		error = upload_create(call, &u);
	if (error == 0)
		error = upload_append(u, bytes, len);
	if (error == 0)
		return upload_size(u);
	if (u != NULL)
		upload_drop(u);
	return error;
}

struct scratch *
upload_take(struct call *call)
{
	struct upload	*u = upload_find(call);
	struct scratch	*file;

	if (u == NULL)
		return NULL;
	file = u->file;
	u->file = NULL;
	scratch_spare(file, NULL, NULL);
	upload_drop(u);
	return file;
}
