/* SPDX-License-Identifier: MIT */
/*
 * It is kept in a file that never had a name, so that memory stays bounded and
 * nothing is left behind, whatever happens; as a lease it ends with the
 * connection.  Places are few: who does not use his loses it to who wants one.
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

static void
upload_expire(uint64_t now)
{
	struct upload	*u, *next;

	for (u = LIST_FIRST(&uploads); u != NULL; u = next) {
		next = LIST_NEXT(u, entry);
		if (now - u->at < LIMIT_UPLOAD_MS)
			continue;
		LIST_REMOVE(&u->lease, entry);
		upload_destroy(u);
	}
}

/* Whether a user has as many as he may, or all have. */
static bool
upload_is_refused(uid_t uid)
{
	const struct upload	*u;
	unsigned		 own = 0, all = 0;

	LIST_FOREACH(u, &uploads, entry) {
		own += u->uid == uid;
		all += u->uid != 0;
	}
	return own >= LIMIT_UPLOADS_PER_USER || (uid != 0 &&
	    all >= LIMIT_UPLOADS);
}

static int
upload_create(struct call *call, struct upload **result)
{
	struct upload	*u;
	uid_t		 uid = call_client(call)->uid;
	int		 fd;

	if (upload_is_refused(uid))
		upload_expire(clock_now());
	if (upload_is_refused(uid))
		return -EUSERS;
	fd = scratch_open();
	if (fd < 0)
		return fd;
	u = xcalloc(1, sizeof *u);
	LIST_INSERT_HEAD(&uploads, u, entry);
	u->uid = uid;
	u->at = clock_now();
	u->fd = fd;
	u->lease.lost = upload_lost;
	call_add_lease(call, &u->lease);
	*result = u;
	return 0;
}

long long
upload_add(struct call *call, const void *bytes, size_t len)
{
	struct upload	*u = upload_find(call);
	ssize_t		 n;
	int		 error;

	if (u == NULL && (error = upload_create(call, &u)) < 0)
		return error;
	if ((long long)len > LIMIT_IMAGE - u->size)
		return -EFBIG;
	u->at = clock_now();
	n = pwrite(u->fd, bytes, len, u->size);
	if (n < 0)
		return -errno;
	if ((size_t)n < len) {
		if (ftruncate(u->fd, u->size) < 0)
			return -errno;
		return -ENOSPC;
	}
	return u->size += n;
}

int
upload_take(struct call *call)
{
	struct upload	*u = upload_find(call);
	int		 fd;

	if (u == NULL)
		return -ENOENT;
	LIST_REMOVE(&u->lease, entry);
	fd = u->fd;
	u->fd = -1;
	upload_destroy(u);
	return fd;
}
