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

/* Which uploads a limit counts. */
static bool
upload_is_one_of(const struct upload *u, uid_t uid, bool all)
{
	return all ? u->uid != 0 : u->uid == uid;
}

/* Whether so much more is too much of a user, or of all: root's are not counted. */
static bool
upload_is_refused(uid_t uid, size_t len, bool all)
{
	const struct upload	*u;
	long long		 sum = (long long)len;

	LIST_FOREACH(u, &uploads, entry)
		sum += upload_is_one_of(u, uid, all) ? u->size : 0;
	return all ? uid != 0 && sum > LIMIT_UPLOADS :
	    sum > LIMIT_UPLOADS_PER_USER;
}

static void
upload_expire(uid_t uid, bool all)
{
	struct upload	*u, *next;
	uint64_t	 now = clock_now();

	for (u = LIST_FIRST(&uploads); u != NULL; u = next) {
		next = LIST_NEXT(u, entry);
		if (upload_is_one_of(u, uid, all) &&
		    now - u->at >= LIMIT_UPLOAD_MS)
			upload_drop(u);
	}
}

/*
 * The same, once those who do not use what that limit counts have lost it: nobody
 * loses his because another has too much.
 */
static bool
upload_has_no_room(uid_t uid, size_t len, bool all)
{
	if (upload_is_refused(uid, len, all))
		upload_expire(uid, all);
	return upload_is_refused(uid, len, all);
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
	u->at = clock_now();
	if (upload_has_no_room(u->uid, len, false) ||
	    upload_has_no_room(u->uid, len, true))
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
