/* SPDX-License-Identifier: MIT */
/*
 * It is kept in a file that never had a name, so that memory stays bounded and
 * nothing is left behind, whatever happens; as a lease it ends with the
 * connection.  Room is short: who does not use his loses it to who wants it.
 */
#include "upload.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/memory.h"
#include "daemon/base/scratch.h"
#include "protocol/limits.h"

struct upload {
	struct lease	 lease;		/* must be first */
	LIST_ENTRY(upload) entry;
	uid_t		 uid;
	int		 fd;
	long long	 size;
	uint64_t	 at;		/* when the last piece came */
};

static LIST_HEAD(, upload) uploads = LIST_HEAD_INITIALIZER(uploads);

static void
upload_destroy(struct upload *u)
{
	LIST_REMOVE(u, entry);
	if (u->fd >= 0)
		close(u->fd);
	free(u);
}

static void
upload_lost(struct lease *lease)
{
	upload_destroy((struct upload *)lease);
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
upload_drop(struct upload *u)
{
	LIST_REMOVE(&u->lease, entry);
	upload_destroy(u);
}

static void
upload_expire(uint64_t now)
{
	struct upload	*u, *next;

	for (u = LIST_FIRST(&uploads); u != NULL; u = next) {
		next = LIST_NEXT(u, entry);
		if (now - u->at >= LIMIT_UPLOAD_MS)
			upload_drop(u);
	}
}

/* Whether so much more is too much of a user, or of all. */
static bool
upload_is_refused(uid_t uid, size_t len)
{
	const struct upload	*u;
	long long		 own = (long long)len, all = own;

	LIST_FOREACH(u, &uploads, entry) {
		own += u->uid == uid ? u->size : 0;
		all += u->uid != 0 ? u->size : 0;
	}
	return own > LIMIT_UPLOADS_PER_USER || (uid != 0 &&
	    all > LIMIT_UPLOADS);
}

/* The same, once who does not use his room has lost it, but for the one of keep. */
static bool
upload_has_no_room(struct upload *keep, uid_t uid, size_t len)
{
	keep->at = clock_now();
	if (upload_is_refused(uid, len))
		upload_expire(clock_now());
	return upload_is_refused(uid, len);
}

static int
upload_create(struct call *call, struct upload **result)
{
	struct upload	*u;
	int		 fd = scratch_open();

	if (fd < 0)
		return fd;
	u = xcalloc(1, sizeof *u);
	LIST_INSERT_HEAD(&uploads, u, entry);
	u->uid = call_client(call)->uid;
	u->at = clock_now();
	u->fd = fd;
	u->lease.lost = upload_lost;
	call_add_lease(call, &u->lease);
	*result = u;
	return 0;
}

/* 0, or a negative errno, when not all of the piece has been added. */
static int
upload_append(struct upload *u, const void *bytes, size_t len)
{
	ssize_t	n;

	if ((long long)len > LIMIT_IMAGE - u->size)
		return -EFBIG;
	if (upload_has_no_room(u, u->uid, len))
		return -EUSERS;
	n = pwrite(u->fd, bytes, len, u->size);
	if (n < 0)
		return -errno;
	u->size += n;
	return (size_t)n < len ? -ENOSPC : 0;
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
	if (at != (u == NULL ? 0 : u->size))
		error = -EINVAL;
	else if (u == NULL)
		error = upload_create(call, &u);
	if (error == 0)
		error = upload_append(u, bytes, len);
	if (error == 0)
		return u->size;
	if (u != NULL)
		upload_drop(u);
	return error;
}

int
upload_take(struct call *call)
{
	struct upload	*u = upload_find(call);
	int		 fd;

	if (u == NULL)
		return -ENOENT;
	fd = u->fd;
	u->fd = -1;
	upload_drop(u);
	return fd;
}
