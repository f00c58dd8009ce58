/* SPDX-License-Identifier: MIT */
/*
 * What udev knows of a device, beyond what the kernel says, is in files below
 * /run/udev; without one there, a device counts as not initialized, and who
 * asks udev for devices is not told of it.  umockdev fakes /sys and /dev only.
 * This library, loaded before it, leads those who read below /run/udev to the
 * same folder below $UMOCKDEV_DIR, where usbbus writes such files.
 *
 * What is mounted is likewise what $UMOCKDEV_DIR/proc/self/mounts says, if there is
 * such a file: a test cannot mount the drive of a board.  A folder that is a vfat
 * there is one.
 *
 * Programs that are started in the faked world, and those that are confined in it,
 * stay there: the bench's own variables go into every environment, and its folders
 * are in every program's reach.
 *
 * It also says at once that a port is not there.  umockdev keeps a record of each
 * port that could not be opened, never drops it, and aborts after fifty.
 *
 * And the real path of a port is its own, and that of udev's links to it: that our
 * faked node is a link, nobody is to know, least of all umockdev, whose realpath()
 * crashes on a link that leads out of its folder.  libserialport asks for it since
 * 0.1.2.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FOLDER "/run/udev/"
#define PORTS "/dev/tty"
#define LINKS "/dev/serial/"
#define MOUNTS "/proc/self/mounts"

/* What leads into the faked world, and its folders. */
static const char *const variables[] = {
	"LD_PRELOAD", "UMOCKDEV_DIR", "TTYSHIM_DIR"
};
#define VARIABLES (sizeof(variables) / sizeof(*variables))
#define ENVIRONMENT_MAX 256

/* The path to use: the one given, or the one it leads to, in buffer. */
static const char *
lead(const char *path, char buffer[PATH_MAX])
{
	const char *root = getenv("UMOCKDEV_DIR");

	if (root == NULL || path == NULL ||
	    (strncmp(path, FOLDER, strlen(FOLDER)) != 0 &&
	    strcmp(path, MOUNTS) != 0) ||
	    snprintf(buffer, PATH_MAX, "%s%s", root, path) >= PATH_MAX)
		return path;
	return strcmp(path, MOUNTS) == 0 && syscall(SYS_access, buffer,
	    F_OK) < 0 ? path : buffer;
}

/* The function of that name that would have been called without us. */
static void
find_next(void *function, const char *name)
{
	void **where = function;

	if (*where == NULL)
		*where = dlsym(RTLD_NEXT, name);
}

FILE *
fopen(const char *restrict path, const char *restrict mode)
{
	static FILE *(*next)(const char *, const char *);
	char buffer[PATH_MAX];

	find_next(&next, "fopen");
	return next(lead(path, buffer), mode);
}

FILE *
fopen64(const char *restrict path, const char *restrict mode)
{
	static FILE *(*next)(const char *, const char *);
	char buffer[PATH_MAX];

	find_next(&next, "fopen64");
	return next(lead(path, buffer), mode);
}

/* Whether the faked mounts say so of a folder. */
static bool
is_vfat(const char *folder)
{
	char buffer[PATH_MAX], line[2 * PATH_MAX];
	const char *path = lead(MOUNTS, buffer);
	struct mntent mount;
	FILE *file = path == buffer ? fopen(MOUNTS, "re") : NULL;
	bool found = false;

	while (file != NULL && !found &&
	    getmntent_r(file, &mount, line, sizeof(line)) != NULL)
		found = strcmp(mount.mnt_dir, folder) == 0 &&
		    strcmp(mount.mnt_type, "vfat") == 0;
	if (file != NULL)
		fclose(file);
	return found;
}

int
fstatfs(int fd, struct statfs *fs)
{
	static int (*next)(int, struct statfs *);
	char link[64], folder[PATH_MAX] = "";

	find_next(&next, "fstatfs");
	if (next(fd, fs) < 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, folder, sizeof(folder) - 1) > 0 && is_vfat(folder))
		fs->f_type = MSDOS_SUPER_MAGIC;
	return 0;
}

int
access(const char *path, int mode)
{
	static int (*next)(const char *, int);
	char buffer[PATH_MAX];

	find_next(&next, "access");
	return next(lead(path, buffer), mode);
}

static bool
is_port(const char *path)
{
	return getenv("UMOCKDEV_DIR") != NULL && path != NULL &&
	    (strncmp(path, PORTS, strlen(PORTS)) == 0 ||
	    strncmp(path, LINKS, strlen(LINKS)) == 0);
}

static bool
is_pulled(const char *path)
{
	const char *root = getenv("UMOCKDEV_DIR");
	char buffer[PATH_MAX];

	return is_port(path) &&
	    snprintf(buffer, PATH_MAX, "%s%s", root, path) < PATH_MAX &&
	    syscall(SYS_access, buffer, F_OK) < 0;
}

static int
open_by(int (*next)(const char *, int, ...), const char *path, int flags,
    mode_t mode)
{
	if (!is_pulled(path))
		return next(path, flags, mode);
	errno = ENOENT;
	return -1;
}

int
open(const char *path, int flags, ...)
{
	static int (*next)(const char *, int, ...);
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	find_next(&next, "open");
	return open_by(next, path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	static int (*next)(const char *, int, ...);
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	find_next(&next, "open64");
	return open_by(next, path, flags, mode);
}

/* What these become with _FORTIFY_SOURCE. */
int __open_2(const char *, int);
int __open64_2(const char *, int);
char *__realpath_chk(const char *, char *, size_t);

int
__open_2(const char *path, int flags)
{
	return open(path, flags);
}

int
__open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

/* Links of udev, as /dev/serial/by-id/X, lead to ../../ttyACM0. */
static const char *
link_target(const char *path, char target[PATH_MAX])
{
	char buffer[PATH_MAX], link[PATH_MAX];
	ssize_t len;

	if (strncmp(path, LINKS, strlen(LINKS)) != 0)
		return path;
	snprintf(buffer, PATH_MAX, "%s%s", getenv("UMOCKDEV_DIR"), path);
	len = syscall(SYS_readlink, buffer, link, PATH_MAX - 1);
	if (len < 0)
		return path;
	link[len] = '\0';
	snprintf(target, PATH_MAX, "/dev/%s", basename(link));
	return target;
}

static char *
real_port(const char *path, char *resolved)
{
	char target[PATH_MAX];

	if (is_pulled(path)) {
		errno = ENOENT;
		return NULL;
	}
	path = link_target(path, target);
	return resolved == NULL ? strdup(path) : strcpy(resolved, path);
}

char *
realpath(const char *restrict path, char *restrict resolved)
{
	static char *(*next)(const char *, char *);

	find_next(&next, "realpath");
	return is_port(path) ? real_port(path, resolved) : next(path, resolved);
}

char *
__realpath_chk(const char *path, char *resolved, size_t size)
{
	static char *(*next)(const char *, char *, size_t);

	find_next(&next, "__realpath_chk");
	return is_port(path) ? real_port(path, resolved) :
	    next(path, resolved, size);
}

static bool
has_variable(char *const environment[], const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; environment[i] != NULL; i++)
		if (strncmp(environment[i], name, len) == 0 &&
		    environment[i][len] == '=')
			return true;
	return false;
}

int
execve(const char *path, char *const argv[], char *const given[])
{
	static int (*next)(const char *, char *const[], char *const[]);
	char *environment[ENVIRONMENT_MAX + VARIABLES + 1];
	size_t count = 0, i;

	find_next(&next, "execve");
	while (given[count] != NULL && count < ENVIRONMENT_MAX) {
		environment[count] = given[count];
		count++;
	}
	for (i = 0; i < VARIABLES; i++)
		if (getenv(variables[i]) != NULL &&
		    !has_variable(given, variables[i]) &&
		    asprintf(&environment[count], "%s=%s", variables[i],
		    getenv(variables[i])) >= 0)
			count++;
	environment[count] = NULL;
	return next(path, argv, environment);
}

/* Lets whoever is to be confined use a folder. */
static void
allow_folder(int rules, const char *folder)
{
	struct landlock_path_beneath_attr beneath = {
		/* All that a folder of the first kernel with Landlock has. */
		.allowed_access = (1 << 13) - 1,
	};

	if (folder == NULL)
		return;
	beneath.parent_fd = (int)syscall(SYS_openat, AT_FDCWD, folder,
	    O_PATH | O_CLOEXEC);
	if (beneath.parent_fd < 0)
		return;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
	    &beneath, 0) < 0)
		perror(folder);
	close(beneath.parent_fd);
}

/* Where this library and its like are. */
static char *
own_folder(char buffer[PATH_MAX])
{
	Dl_info info;

	if (dladdr((void *)(uintptr_t)own_folder, &info) == 0)
		return NULL;
	snprintf(buffer, PATH_MAX, "%s", info.dli_fname);
	return dirname(buffer);
}

long
syscall(long number, ...)
{
	static long (*next)(long, ...);
	char own[PATH_MAX];
	long argument[6];
	va_list ap;
	size_t i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		argument[i] = va_arg(ap, long);
	va_end(ap);
	find_next(&next, "syscall");
	if (number == SYS_landlock_restrict_self) {
		allow_folder((int)argument[0], getenv("UMOCKDEV_DIR"));
		allow_folder((int)argument[0], getenv("TTYSHIM_DIR"));
		allow_folder((int)argument[0], own_folder(own));
	}
	return next(number, argument[0], argument[1], argument[2],
	    argument[3], argument[4], argument[5]);
}
