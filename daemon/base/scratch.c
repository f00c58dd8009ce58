/* SPDX-License-Identifier: MIT */
/*
 * O_TMPFILE, and O_EXCL so that nobody can give it a name later: it cannot shrink
 * under its map.
 *
 * Room is short: who does not use his loses it to who wants it.
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <unistd.h>

#include "clock.h"
#include "memory.h"
#include "protocol/limits.h"

struct scratch {
	LIST_ENTRY(scratch) entry;
	uid_t		 uid;
	int		 fd;
	size_t		 size;
	void		*map;		/* NULL: it is not mapped */
	uint64_t	 at;		/* when something was added */
	void		(*lost)(void *);	/* NULL: it is in use */
	void		*arg;
};

static LIST_HEAD(, scratch) scratches = LIST_HEAD_INITIALIZER(scratches);

int
scratch_create(uid_t uid, struct scratch **result)
{
	const char	*folder = getenv("TMPDIR");
	struct scratch	*s;
	int		 fd;

	fd = open(folder == NULL ? "/tmp" : folder,
	    O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (fd < 0)
		return -errno;
	s = xcalloc(1, sizeof *s);
	s->uid = uid;
	s->fd = fd;
	s->at = clock_now();
	LIST_INSERT_HEAD(&scratches, s, entry);
	*result = s;
	return 0;
}

void
scratch_destroy(struct scratch *s)
{
	if (s == NULL)
		return;
	LIST_REMOVE(s, entry);
	if (s->map != NULL)
		munmap(s->map, s->size);
	close(s->fd);
	free(s);
}

void
scratch_spare(struct scratch *s, void (*lost)(void *), void *arg)
{
	s->lost = lost;
	s->arg = arg;
}

/* Which of them a limit counts. */
static bool
scratch_is_one_of(const struct scratch *s, uid_t uid, bool all)
{
	return all ? s->uid != 0 : s->uid == uid;
}

/* Whether so much more is too much of a user, or of all: root's are not counted. */
static bool
scratch_is_refused(uid_t uid, size_t len, bool all)
{
	const struct scratch	*s;
	size_t			 sum = len;

	LIST_FOREACH(s, &scratches, entry)
		sum += scratch_is_one_of(s, uid, all) ? s->size : 0;
	return all ? uid != 0 && sum > LIMIT_UPLOADS :
	    sum > LIMIT_UPLOADS_PER_USER;
}

static void
scratch_expire(uid_t uid, bool all)
{
	struct scratch	*s, *next;
	uint64_t	 now = clock_now();

	for (s = LIST_FIRST(&scratches); s != NULL; s = next) {
		next = LIST_NEXT(s, entry);
		if (s->lost != NULL && scratch_is_one_of(s, uid, all) &&
		    now - s->at >= LIMIT_UPLOAD_MS)
			s->lost(s->arg);
	}
}

/*
 * The same, once those who do not use what that limit counts have lost it: nobody
 * loses his because another has too much.
 */
static bool
scratch_has_no_room(uid_t uid, size_t len, bool all)
{
	if (scratch_is_refused(uid, len, all))
		scratch_expire(uid, all);
	return scratch_is_refused(uid, len, all);
}

int
scratch_append(struct scratch *s, const void *bytes, size_t len)
{
	ssize_t	n;

	s->at = clock_now();
	if (scratch_has_no_room(s->uid, len, false) ||
	    scratch_has_no_room(s->uid, len, true))
		return -EUSERS;
	n = pwrite(s->fd, bytes, len, (off_t)s->size);
	if (n < 0)
		return -errno;
	s->size += (size_t)n;
	return (size_t)n < len ? -ENOSPC : 0;
}

int
scratch_fd(const struct scratch *s)
{
	return s->fd;
}

size_t
scratch_size(const struct scratch *s)
{
	return s->size;
}

const void *
scratch_bytes(struct scratch *s)
{
	void	*map;

	if (s->size == 0)
		return "";
	if (s->map == NULL) {
		map = mmap(NULL, s->size, PROT_READ, MAP_PRIVATE, s->fd, 0);
		s->map = map == MAP_FAILED ? NULL : map;
	}
	return s->map;
}
