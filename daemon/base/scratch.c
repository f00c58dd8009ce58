/* SPDX-License-Identifier: MIT */
/*
 * O_TMPFILE, and O_EXCL so that nobody can give it a name later.
 */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

int
scratch_open(void)
{
	const char	*folder = getenv("TMPDIR");
	int		 fd;

	fd = open(folder == NULL ? "/tmp" : folder,
	    O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	return fd < 0 ? -errno : fd;
}
