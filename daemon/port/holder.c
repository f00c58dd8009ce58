/* SPDX-License-Identifier: MIT */
/*
 * "Device or resource busy" is of use only with a name.  There are three sources.
 * /proc/locks tells everybody which process has a lock on which file, but most
 * programs take none.  /proc/PID/fd shows what a process has open, to root and
 * to the process's own user.  A login prompt takes no lock, and is told by its
 * command line.  What to do about a program that many people meet is in a table.
 */
#include "holder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "daemon/base/process.h"

/* By how a program's name begins. */
static const struct {
	const char	*program;
	const char	*advice;
} known[] = {
	{ "ModemManager", "it probes ports for modems; picod's udev rules keep "
	    "it off, or: systemctl disable --now ModemManager" },
	{ "brltty", "it takes the port for a Braille display; without one: "
	    "apt remove brltty" },
	{ "gpsd", "it takes the port for a GPS receiver; set USBAUTO=\"false\" "
	    "in /etc/default/gpsd" },
	{ "thonny", "close Thonny, or start it by: picoctl lend -- thonny -- "
	    "or choose another port in it" },
	{ "screen", "leave it (Ctrl-A, then K); picoctl console is a terminal "
	    "on a board, too" },
	{ "minicom", "leave it (Ctrl-A, then X); picoctl console is a terminal "
	    "on a board, too" },
	{ "picocom", "leave it (Ctrl-A, then Ctrl-X); picoctl console is a "
	    "terminal on a board, too" },
	{ "tio", "leave it (Ctrl-T, then Q); picoctl console is a terminal on "
	    "a board, too" },
	{ "arduino", "close its Serial Monitor" },
	{ "serial-monitor", "close the Serial Monitor of the Arduino IDE" },
	{ "mpremote", "end it, or run it by: picoctl lend" },
	{ "avrdude", "wait until it has written the board" },
	{ "picotool", "wait until it has written the board" },
	{ "picod", "it is another picod, which serves that board; stop one of "
	    "the two, or ignore the board in one" },
};

/* Whether a process is of those that are looked for. */
static bool
holder_is_other(pid_t pid, pid_t except)
{
	return pid > 0 && pid != getpid() && pid != except;
}

/* A process that has a lock on it; see proc_locks(5). */
static pid_t
holder_of_lock(const struct stat *st, pid_t except)
{
	FILE			*file = fopen("/proc/locks", "re");
	char			 line[256];
	unsigned		 major, minor;
	unsigned long long	 inode;
	int			 pid, found = 0;

	while (file != NULL && found == 0 &&
	    fgets(line, sizeof line, file) != NULL)
		if (sscanf(line, "%*s %*s %*s %*s %d %x:%x:%llu", &pid, &major,
		    &minor, &inode) == 4 && inode == st->st_ino &&
		    makedev(major, minor) == st->st_dev &&
		    holder_is_other(pid, except))
			found = pid;
	if (file != NULL)
		fclose(file);
	return found;
}

/* By its number, since a container has nodes of its own, or by its node. */
static bool
holder_is_same(const struct stat *a, const struct stat *b)
{
	return S_ISCHR(a->st_mode) && (a->st_rdev == b->st_rdev ||
	    (a->st_dev == b->st_dev && a->st_ino == b->st_ino));
}

/* Whether a descriptor is of a device; stat() of others may hang on a network. */
static bool
holder_is_device(int folder, const char *fd)
{
	char	to[8];

	return readlinkat(folder, fd, to, sizeof to) >= 5 &&
	    memcmp(to, "/dev/", 5) == 0;
}

static bool
holder_has_open(const char *pid, const struct stat *st)
{
	char			 path[300];
	struct stat		 other;
	const struct dirent	*entry;
	DIR			*folder;
	bool			 found = false;

	snprintf(path, sizeof path, "/proc/%s/fd", pid);
	folder = opendir(path);
	if (folder == NULL)
		return false;
	while (!found && (entry = readdir(folder)) != NULL)
		found = holder_is_device(dirfd(folder), entry->d_name) &&
		    fstatat(dirfd(folder), entry->d_name, &other, 0) == 0 &&
		    holder_is_same(&other, st);
	closedir(folder);
	return found;
}

/* Whether an agetty has a tty among its arguments. */
static bool
holder_asks_login(const char *pid, const char *tty)
{
	char	 text[512];
	size_t	 len, at;

	if (!process_read(atoi(pid), "comm", text, sizeof text, &len) ||
	    strcmp(text, "agetty\n") != 0 ||
	    !process_read(atoi(pid), "cmdline", text, sizeof text, &len))
		return false;
	for (at = 0; at < len; at += strlen(text + at) + 1)
		if (strcmp(text + at, tty) == 0)
			return true;
	return false;
}

/* The process that has it open, or else one that asks there for a login. */
static pid_t
holder_of_process(const struct stat *st, const char *tty, pid_t except)
{
	DIR			*proc = opendir("/proc");
	const struct dirent	*entry;
	pid_t			 found = 0, login = 0;

	while (proc != NULL && found == 0 && (entry = readdir(proc)) != NULL) {
		if (!holder_is_other(atoi(entry->d_name), except))
			continue;
		if (holder_has_open(entry->d_name, st))
			found = atoi(entry->d_name);
		else if (holder_asks_login(entry->d_name, tty))
			login = atoi(entry->d_name);
	}
	if (proc != NULL)
		closedir(proc);
	return found != 0 ? found : login;
}

/* What the kernel calls it, whatever leads to it. */
static void
holder_tty(const char *path, char *tty, size_t size)
{
	char	real[PATH_MAX];

	if (realpath(path, real) == NULL)
		snprintf(real, sizeof real, "%s", path);
	snprintf(tty, size, "%.*s", (int)size - 1,
	    strncmp(real, "/dev/", 5) == 0 ? real + 5 : real);
}

int
holder_find(const char *path, pid_t except, struct holder *h)
{
	struct stat	st;
	char		tty[sizeof h->tty];
	pid_t		pid;

	if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode))
		return -ENOENT;
	holder_tty(path, tty, sizeof tty);
	pid = holder_of_lock(&st, except);
	if (pid == 0)
		pid = holder_of_process(&st, tty, except);
	if (pid == 0)
		return -ENOENT;
	h->pid = pid;
	memcpy(h->tty, tty, sizeof tty);
	process_name(pid, h->program, sizeof h->program);
	if (strcmp(h->program, "?") == 0)
		snprintf(h->program, sizeof h->program, "a program");
	return 0;
}

bool
holder_is_self(const char *path)
{
	struct stat	st;

	return stat(path, &st) == 0 && holder_has_open("self", &st);
}

static void
holder_tell(const struct holder *h, const char *does, char *text, size_t size)
{
	const char	*advice = "end it, or run it by: picoctl lend";
	size_t		 i;
	int		 len;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (strncmp(h->program, known[i].program,
		    strlen(known[i].program)) == 0)
			advice = known[i].advice;
	len = snprintf(text, size, "%s (pid %d) %s; ", h->program, (int)h->pid,
	    does);
	if (strcmp(h->program, "agetty") == 0)
		snprintf(text + len, size - (size_t)len, "it is a login prompt: "
		    "sudo systemctl disable --now serial-getty@%s, or "
		    "raspi-config, Interface Options, Serial Port", h->tty);
	else
		snprintf(text + len, size - (size_t)len, "%s", advice);
}

void
holder_describe(const struct holder *h, char *text, size_t size)
{
	holder_tell(h, "has its port", text, size);
}

void
holder_describe_beside(const struct holder *h, char *text, size_t size)
{
	holder_tell(h, "has opened its port beside picod, and takes some of what "
	    "the board says", text, size);
}

bool
holder_is_kernel(const char *path, char *text, size_t size)
{
	char	 line[512] = "", tty[64], *word, *rest = line;
	FILE	*file = fopen("/sys/class/tty/console/active", "re");
	bool	 found = false;

	if (file == NULL)
		return false;
	if (fgets(line, sizeof line, file) == NULL)
		line[0] = '\0';
	fclose(file);
	holder_tty(path, tty, sizeof tty);
	while (!found && (word = strsep(&rest, " \n")) != NULL)
		found = strcmp(word, tty) == 0;
	if (found)
		snprintf(text, size, "the kernel writes its messages to it: remove "
		    "console=%s (or console=serial0) from the kernel's command "
		    "line, which is in /boot/firmware/cmdline.txt on a Raspberry "
		    "Pi, and start the machine again", tty);
	return found;
}
