/* SPDX-License-Identifier: MIT */
/* Namespaces (namespaces(7)); who is not root needs one of users, too. */
#include "apart.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

void
apart_write(const char *path, const char *text)
{
	int	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0) {
		(void)!write(fd, text, strlen(text));
		close(fd);
	}
}

/* In there we are root. */
static void
map_ids(unsigned uid, unsigned gid)
{
	char	map[64];

	snprintf(map, sizeof map, "0 %u 1", uid);
	apart_write("/proc/self/uid_map", map);
	apart_write("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", gid);
	apart_write("/proc/self/gid_map", map);
}

static bool
leave(void)
{
	unsigned	uid = geteuid(), gid = getegid();
	int		apart = CLONE_NEWNET | CLONE_NEWNS;

	if (unshare(apart) < 0) {
		if (unshare(apart | CLONE_NEWUSER) < 0)
			return false;
		map_ids(uid, gid);
	}
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

bool
apart_enter(void)
{
	bool	entered = leave();

	if (!entered)
		fputs("no network of its own here: nothing is tested\n", stderr);
	return entered;
}

bool
apart_empty(const char *folder)
{
	return mount("none", folder, "tmpfs", 0, NULL) == 0;
}
