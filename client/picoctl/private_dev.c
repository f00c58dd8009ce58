/* SPDX-License-Identifier: MIT */
/*
 * A user namespace gives an ordinary user a mount namespace; there a tmpfs is put
 * over /dev, with a link to each entry of the real one, which stays below .host.
 * A link stays when the real port goes and comes with each reset of its board; a
 * bind mount over the port's node would not.
 */
#include "private_dev.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM	"/mnt"		/* where it is made, before it is moved */

static int
write_file(const char *path, const char *text)
{
	int	fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		error = -errno;
	close(fd);
	return error;
}

/* Ourselves inside as outside. */
static int
map_ids(uid_t uid, gid_t gid)
{
	char	text[64];
	int	error = write_file("/proc/self/setgroups", "deny");

	snprintf(text, sizeof text, "%u %u 1", (unsigned)uid, (unsigned)uid);
	if (error == 0)
		error = write_file("/proc/self/uid_map", text);
	snprintf(text, sizeof text, "%u %u 1", (unsigned)gid, (unsigned)gid);
	return error < 0 ? error : write_file("/proc/self/gid_map", text);
}

static int
link_entries(const char *name)
{
	DIR		*dev = opendir(ROOM "/.host");
	struct dirent	*entry;
	char		 from[PATH_MAX], to[PATH_MAX];

	if (dev == NULL)
		return -errno;
	while ((entry = readdir(dev)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    strcmp(entry->d_name, "pts") == 0 ||
		    strcmp(entry->d_name, name) == 0)
			continue;
		snprintf(to, sizeof to, ".host/%s", entry->d_name);
		snprintf(from, sizeof from, ROOM "/%s", entry->d_name);
		if (symlink(to, from) < 0)
			break;
	}
	closedir(dev);
	return 0;
}

/* Terminals keep their names: ptys are a mount of their own. */
static int
make_room(const char *name, const char *target)
{
	char	path[PATH_MAX];
	int	error;

	if (mount("tmpfs", ROOM, "tmpfs", 0, "mode=755") < 0 ||
	    mkdir(ROOM "/.host", 0755) < 0 || mkdir(ROOM "/pts", 0755) < 0 ||
	    mount("/dev", ROOM "/.host", NULL, MS_BIND | MS_REC, NULL) < 0 ||
	    mount("/dev/pts", ROOM "/pts", NULL, MS_BIND, NULL) < 0)
		return -errno;
	error = link_entries(name);
	snprintf(path, sizeof path, ROOM "/%s", name);
	if (error == 0 && symlink(target, path) < 0)
		error = -errno;
	if (error == 0 && mount(ROOM, "/dev", NULL, MS_MOVE, NULL) < 0)
		error = -errno;
	return error;
}

int
private_dev(const char *name, const char *target)
{
	uid_t	uid = geteuid();
	gid_t	gid = getegid();
	int	error = 0;

	if (unshare(uid == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -errno;
	if (uid != 0)
		error = map_ids(uid, gid);
	if (error == 0 && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		error = -errno;
	return error < 0 ? error : make_room(name, target);
}
