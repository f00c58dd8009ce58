/* SPDX-License-Identifier: MIT */
/*
 * Such a drive has a file INFO_UF2.TXT, which says what board it is: the UF2
 * specification, github.com/microsoft/uf2.  Only what is mounted from a device
 * is looked at, since a server that is away would keep us.
 *
 * Anything that is plugged in may say that it is a board.  So it must be a FAT, as
 * those of boards are, which has no links that lead to a file of the user's; all
 * is opened below the folder that was looked at; and nothing is waited for.
 */
#include "drive.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define INFO	"INFO_UF2.TXT"
#define BOARD	"Board-ID: "

/* What a copy is called there is of no importance. */
#define COPY	"FIRMWARE.UF2"

/* The folder of a FAT, or a negative errno. */
static int
drive_open(const char *folder)
{
	struct statfs	fs;
	int		fd;

	fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) == 0 && fs.f_type == MSDOS_SUPER_MAGIC)
		return fd;
	close(fd);
	return -ENODEV;
}

/* A file in it, and nothing else of that name; a negative errno. */
static int
drive_open_file(int drive, const char *name, int flags)
{
	struct stat	st;
	int		fd;

	fd = openat(drive, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
	    0644);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

/* Whether it is the drive of a board of that kind. */
static bool
drive_says(int drive, const char *label)
{
	char	line[80];
	int	fd = drive_open_file(drive, INFO, O_RDONLY);
	FILE	*file = fd < 0 ? NULL : fdopen(fd, "r");
	bool	found = false;

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

static bool
drive_is(const struct mntent *mount, const char *label)
{
	bool	found;
	int	drive;

	if (strncmp(mount->mnt_fsname, "/dev/", 5) != 0 ||
	    strcmp(mount->mnt_type, "vfat") != 0)
		return false;
	drive = drive_open(mount->mnt_dir);
	if (drive < 0)
		return false;
	found = drive_says(drive, label);
	close(drive);
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
		if (drive_is(&entry, label) && n++ == 0)
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

/* A new file; what has its name is no longer there. */
static int
drive_write_new(int drive, int from)
{
	int	error, to;

	(void)unlinkat(drive, COPY, 0);
	to = drive_open_file(drive, COPY, O_WRONLY | O_CREAT | O_EXCL);
	if (to < 0)
		return to;
	error = drive_write(from, to);
	if (error == 0)
		(void)fsync(to);	/* the board may be gone before it returns */
	close(to);
	return error;
}

int
drive_copy(const char *file, const char *folder, const char **what)
{
	int	from, drive, error;

	*what = file;
	from = open(file, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	*what = COPY;
	error = drive = drive_open(folder);
	if (drive >= 0) {
		error = drive_write_new(drive, from);
		close(drive);
	}
	close(from);
	return error;
}
