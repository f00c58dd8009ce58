/* SPDX-License-Identifier: MIT */
/*
 * Such a drive has a file INFO_UF2.TXT, which says what board it is: the UF2
 * specification, github.com/microsoft/uf2.  Only what is mounted from a device
 * is looked at, since a server that is away would keep us.
 */
#include "drive.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define INFO	"INFO_UF2.TXT"
#define BOARD	"Board-ID: "

/* What a copy is called there is of no importance. */
#define COPY	"FIRMWARE.UF2"

static bool
drive_is(const char *folder, const char *label)
{
	char	path[PATH_MAX], line[80];
	FILE	*file;
	bool	found = false;

	snprintf(path, sizeof path, "%s/%s", folder, INFO);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	while (!found && fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		found = strncmp(line, BOARD, strlen(BOARD)) == 0 &&
		    strcmp(line + strlen(BOARD), label) == 0;
	}
	fclose(file);
	return found;
}

unsigned
drive_find(const char *label, char *path, size_t size)
{
	FILE		*mounts = fopen("/proc/self/mounts", "re");
	struct mntent	 entry;
	char		 buf[PATH_MAX + 256];
	unsigned	 n = 0;

	if (mounts == NULL)
		return 0;
	while (getmntent_r(mounts, &entry, buf, sizeof buf) != NULL)
		if (strncmp(entry.mnt_fsname, "/dev/", 5) == 0 &&
		    drive_is(entry.mnt_dir, label) && n++ == 0)
			snprintf(path, size, "%s", entry.mnt_dir);
	fclose(mounts);
	return n;
}

static int
drive_write(int from, int to)
{
	ssize_t	n;

	do
		n = sendfile(to, from, NULL, 1 << 20);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -errno : 0;
}

int
drive_copy(const char *file, const char *drive, const char **what)
{
	static char	copy[PATH_MAX];
	int		from, to, error;

	*what = file;
	from = open(file, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	snprintf(copy, sizeof copy, "%s/%s", drive, COPY);
	*what = copy;
	to = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	error = to < 0 ? -errno : drive_write(from, to);
	if (error == 0)
		(void)fsync(to);	/* the board may be gone before it returns */
	if (to >= 0)
		close(to);
	close(from);
	return error;
}
