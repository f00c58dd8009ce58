/* SPDX-License-Identifier: MIT */
/*
 * It is kept in a file that never had a name, so that memory stays bounded and
 * nothing is left behind, whatever happens; as a lease it ends with the
 * connection.
 */
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "protocol/limits.h"

struct upload {
	struct lease	 lease;		/* must be first */
	int		 fd;
	long long	 size;
};

static unsigned	upload_count;

static void
upload_destroy(struct upload *u)
{
	if (u == NULL)
		return;
	upload_count--;
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

static int
upload_file(void)
{
	const char	*folder = getenv("TMPDIR");
	int		 fd;

	fd = open(folder == NULL ? "/tmp" : folder,
	    O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	return fd < 0 ? -errno : fd;
}

static int
upload_create(struct call *call, struct upload **result)
{
	struct upload	*u;
	int		 fd;

	if (upload_count == LIMIT_UPLOADS)
		return -EUSERS;
	fd = upload_file();
	if (fd < 0)
		return fd;
	u = calloc(1, sizeof *u);
	if (u == NULL) {
		close(fd);
		return -ENOMEM;
	}
	upload_count++;
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
	n = write(u->fd, bytes, len);
	if (n < 0)
		return -errno;
	if ((size_t)n < len)
		return -ENOSPC;
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
