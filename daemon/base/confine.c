/* SPDX-License-Identifier: MIT */
/*
 * Landlock (landlock(7)).  All that the kernel can take away is taken away: each
 * kernel knows more of it, so that what this one does not know is left out.
 *
 * The system's folders are readable, so that programs, their libraries and their
 * configuration are found, and so are those beside the program itself, which may
 * be anywhere.  Others' ports, picod's state and the user's files are not.
 */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What came after the headers of Debian 12: the kernel's numbers for good. */
#define FS_REFER	(1ULL << 13)	/* ABI 2 */
#define FS_TRUNCATE	(1ULL << 14)	/* ABI 3 */
#define FS_IOCTL_DEV	(1ULL << 15)	/* ABI 5 */
#define NET_TCP		(1ULL << 0 | 1ULL << 1)	/* ABI 4: bind and connect */
#define SCOPE_ALL	(1ULL << 0 | 1ULL << 1)	/* ABI 6: sockets and signals */

#define FS_ABI_1	((1ULL << 13) - 1)
#define FS_READ		(LANDLOCK_ACCESS_FS_READ_FILE | \
	LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE)
#define FS_USE		(LANDLOCK_ACCESS_FS_READ_FILE | \
	LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
/* What a file has that is no folder. */
#define FS_OF_FILE	(FS_USE | LANDLOCK_ACCESS_FS_EXECUTE)

struct ruleset {
	uint64_t	fs, net, scoped;
};

static const char *const system_folders[] = {
	"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/opt",
	"/proc", "/sys", "/run", "/nix/store",
};

/* Beside a program in PREFIX/bin. */
static const char *const prefix_folders[] = { "etc", "lib", "share" };

/* What this kernel knows; false: nothing. */
static bool
confine_ask(struct ruleset *all)
{
	long	abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		    LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 1)
		return false;
	*all = (struct ruleset){
		.fs = FS_ABI_1 | (abi >= 2 ? FS_REFER : 0) |
		    (abi >= 3 ? FS_TRUNCATE : 0) |
		    (abi >= 5 ? FS_IOCTL_DEV : 0),
		.net = abi >= 4 ? NET_TCP : 0,
		.scoped = abi >= 6 ? SCOPE_ALL : 0,
	};
	return true;
}

static int
confine_allow_fd(int rules, const struct ruleset *all, int fd, uint64_t access)
{
	struct landlock_path_beneath_attr	beneath = { .parent_fd = fd };
	struct stat				st;

	if (fstat(fd, &st) < 0)
		return -errno;
	beneath.allowed_access = access & all->fs &
	    (S_ISDIR(st.st_mode) ? UINT64_MAX : FS_OF_FILE);
	return syscall(SYS_landlock_add_rule, rules,
	    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0 ? -errno : 0;
}

/* What is not there needs no rule. */
static int
confine_allow(int rules, const struct ruleset *all, const char *path,
    uint64_t access)
{
	int	fd = open(path, O_PATH | O_CLOEXEC), error;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	error = confine_allow_fd(rules, all, fd, access);
	close(fd);
	return error;
}

static int
confine_allow_program(int rules, const struct ruleset *all, const char *program)
{
	char	real[PATH_MAX], path[PATH_MAX + 16], *folder;
	int	error;
	size_t	i;

	if (realpath(program, real) == NULL)
		return -errno;
	folder = dirname(real);
	error = confine_allow(rules, all, folder, FS_READ);
	for (i = 0; i < sizeof prefix_folders / sizeof *prefix_folders &&
	    error == 0; i++) {
		snprintf(path, sizeof path, "%s/../%s", folder,
		    prefix_folders[i]);
		error = confine_allow(rules, all, path, FS_READ);
	}
	return error;
}

static int
confine_allow_system(int rules, const struct ruleset *all)
{
	int	error = 0;
	size_t	i;

	for (i = 0; i < sizeof system_folders / sizeof *system_folders &&
	    error == 0; i++)
		error = confine_allow(rules, all, system_folders[i], FS_READ);
	if (error == 0)		/* the names of devices */
		error = confine_allow(rules, all, "/dev",
		    LANDLOCK_ACCESS_FS_READ_DIR);
	if (error == 0)
		error = confine_allow(rules, all, "/dev/urandom",
		    LANDLOCK_ACCESS_FS_READ_FILE);
	return error == 0 ? confine_allow(rules, all, "/dev/null", FS_USE) :
	    error;
}

int
confine_self(const char *program, const char *device, int fd)
{
	struct ruleset	all;
	int		rules, error;

	if (!confine_ask(&all))
		return 0;
	rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (rules < 0)
		return -errno;
	error = confine_allow_system(rules, &all);
	if (error == 0)
		error = confine_allow_program(rules, &all, program);
	if (error == 0)
		error = confine_allow(rules, &all, device, FS_USE);
	if (error == 0 && fd >= 0)
		error = confine_allow_fd(rules, &all, fd,
		    LANDLOCK_ACCESS_FS_READ_FILE);
	if (error == 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, rules, 0) < 0))
		error = -errno;
	close(rules);
	return error;
}
