/* SPDX-License-Identifier: MIT */
/*
 * Our side of a file that moves.
 */
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "picoctl.h"
#include "protocol/limits.h"

static int
local_fail(const char *what, const char *path, int error)
{
	picoctl_complain("cannot %s %s: %s", what, path, strerror(error));
	return STATUS_FILE;
}

/* Up to one byte more than a board takes, so that too much shows. */
static ssize_t
local_read_fd(int fd, char *buf)
{
	size_t	len = 0;
	ssize_t	n;

	while (len <= LIMIT_FILE) {
		n = read(fd, buf + len, LIMIT_FILE + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

int
local_read(const char *path, void **bytes, size_t *len)
{
	bool	 is_input = strcmp(path, "-") == 0;
	int	 fd = is_input ? STDIN_FILENO :
		    open(path, O_RDONLY | O_CLOEXEC);
	char	*buf = malloc(LIMIT_FILE + 1);
	ssize_t	 n;

	if (buf == NULL)
		abort();
	n = fd < 0 ? -errno : local_read_fd(fd, buf);
	if (fd >= 0 && !is_input)
		close(fd);
	if (n < 0 || n > LIMIT_FILE) {
		free(buf);
		if (n < 0)
			return local_fail("read", path, (int)-n);
		picoctl_complain("%s is too large: a file on a board may have "
		    "%d MiB", path, LIMIT_FILE >> 20);
		return STATUS_FILE;
	}
	*bytes = buf;
	*len = (size_t)n;
	return STATUS_OK;
}

static int
local_write_fd(int fd, const char *bytes, size_t len)
{
	ssize_t	n;

	for (; len > 0; bytes += n, len -= (size_t)n) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return -errno;
	}
	return 0;
}

int
local_share_input(int *fd)
{
	char	*bytes = malloc(LIMIT_FILE + 1);
	ssize_t	 n;
	int	 error;

	*fd = memfd_create("input", MFD_CLOEXEC);
	if (bytes == NULL || *fd < 0)
		abort();
	n = local_read_fd(STDIN_FILENO, bytes);
	error = n < 0 ? (int)n : local_write_fd(*fd, bytes, (size_t)n);
	free(bytes);
	return error < 0 ? local_fail("read", "standard input", -error) :
	    STATUS_OK;
}

/* What is no regular file, such as a device or a pipe, stays what it is. */
static int
local_write_through(const char *path, const void *bytes, size_t len)
{
	int	fd = open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC,
		    0666);
	int	error;

	if (fd < 0)
		return -errno;
	error = local_write_fd(fd, bytes, len);
	if (close(fd) < 0 && error == 0)
		error = -errno;
	return error;
}

/* As of the old one; a group that may not be kept is one like any other. */
static int
local_set_mode(int fd, const struct stat *old)
{
	mode_t	mask, mode;

	if (old == NULL) {
		mask = umask(0);
		umask(mask);
		mode = 0666 & ~mask;
	} else {
		mode = old->st_mode & 0777;
		if (fchown(fd, old->st_uid, old->st_gid) < 0 &&
		    fchown(fd, (uid_t)-1, old->st_gid) < 0)
			mode = (mode & 0707) | (mode & 07) << 3;
	}
	return fchmod(fd, mode) < 0 ? -errno : 0;
}

/* A new file beside one, whose name the caller frees; or a negative errno. */
static int
local_beside(const char *path, char **beside)
{
	int	fd, error;

	if (asprintf(beside, "%s.XXXXXX", path) < 0)
		abort();
	fd = mkostemp(*beside, O_CLOEXEC);
	if (fd >= 0)
		return fd;
	error = -errno;
	free(*beside);
	return error;
}

/* old: what is there of that name, or NULL. */
static int
local_replace(const char *path, const struct stat *old, const void *bytes,
    size_t len)
{
	char	*beside;
	int	 fd = local_beside(path, &beside), error;

	if (fd < 0)
		return fd;
	error = local_write_fd(fd, bytes, len);
	if (error == 0)
		error = local_set_mode(fd, old);
	if (close(fd) < 0 && error == 0)
		error = -errno;
	if (error == 0 && rename(beside, path) < 0)
		error = -errno;
	if (error < 0)
		unlink(beside);
	free(beside);
	return error;
}

int
local_try(const char *path)
{
	struct stat	 old;
	char		*real = realpath(path, NULL), *beside;
	int		 fd = -1, error = 0;

	if (stat(path, &old) < 0 || S_ISREG(old.st_mode))
		error = fd = local_beside(real == NULL ? path : real, &beside);
	else if (S_ISDIR(old.st_mode))
		error = -EISDIR;
	else if (access(path, W_OK) < 0)
		error = -errno;
	free(real);
	if (fd >= 0) {
		close(fd);
		unlink(beside);
		free(beside);
	}
	return error < 0 ? local_fail("write", path, -error) : STATUS_OK;
}

int
local_write(const char *path, const void *bytes, size_t len)
{
	struct stat	 old;
	char		*real = stat(path, &old) == 0 && S_ISREG(old.st_mode) ?
			    realpath(path, NULL) : NULL;
	int		 error;

	if (real != NULL)
		error = local_replace(real, &old, bytes, len);
	else if (lstat(path, &old) == 0)	/* a link to nothing, too */
		error = local_write_through(path, bytes, len);
	else
		error = local_replace(path, NULL, bytes, len);
	free(real);
	return error < 0 ? local_fail("write", path, -error) : STATUS_OK;
}
