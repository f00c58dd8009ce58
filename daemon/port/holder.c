/* SPDX-License-Identifier: MIT */
/*
 * "Device or resource busy" is of use only with a name.  There are two sources.
 * /proc/locks tells everybody which process has a lock on which file, but most
 * programs take none.  /proc/PID/fd shows what a process has open, to root and
 * to the process's own user.  What to do about a program that many people meet
 * is in a table; an interpreter is named by its script.
 */
#include "holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

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

static bool
holder_read(pid_t pid, const char *name, char *text, size_t size, size_t *len)
{
	char	 path[64];
	FILE	*file;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	*len = fread(text, 1, size - 1, file);
	text[*len] = '\0';
	fclose(file);
	return *len > 0;
}

/* The script or module that an interpreter runs, in its words, or NULL. */
static const char *
holder_script(const char *words, size_t len)
{
	const char	*end = words + len, *word = words + strlen(words) + 1;
	const char	*slash;

	if (word < end && strcmp(word, "-m") == 0)
		word += 3;
	if (word >= end || word[0] == '-' || word[0] == '\0')
		return NULL;
	slash = strrchr(word, '/');
	return slash == NULL ? word : slash + 1;
}

static void
holder_name(struct holder *h)
{
	char		 text[512];
	const char	*script = NULL;
	size_t		 len, i;

	snprintf(h->program, sizeof h->program, "a program");
	if (!holder_read(h->pid, "comm", text, sizeof text, &len))
		return;
	text[strcspn(text, "\n")] = '\0';
	snprintf(h->program, sizeof h->program, "%.60s", text);
	if (strncmp(h->program, "python", 6) == 0 &&
	    holder_read(h->pid, "cmdline", text, sizeof text, &len))
		script = holder_script(text, len);
	if (script != NULL)
		snprintf(h->program, sizeof h->program, "%.60s", script);
	for (i = 0; h->program[i] != '\0'; i++)
		if (iscntrl((unsigned char)h->program[i]))
			h->program[i] = '?';
}

/* A process that has a lock on it; see proc_locks(5). */
static pid_t
holder_of_lock(const struct stat *st)
{
	FILE			*file = fopen("/proc/locks", "re");
	char			 line[256];
	unsigned		 major, minor;
	unsigned long long	 inode;
	int			 pid, found = 0;

	while (file != NULL && found == 0 &&
	    fgets(line, sizeof line, file) != NULL)
		if (sscanf(line, "%*s %*s %*s %*s %d %x:%x:%llu", &pid, &major,
		    &minor, &inode) == 4 && inode == st->st_ino && pid > 0 &&
		    makedev(major, minor) == st->st_dev && pid != getpid())
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

static pid_t
holder_of_descriptor(const struct stat *st)
{
	DIR			*proc = opendir("/proc");
	const struct dirent	*entry;
	pid_t			 found = 0;

	while (proc != NULL && found == 0 && (entry = readdir(proc)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]) &&
		    atoi(entry->d_name) != getpid() &&
		    holder_has_open(entry->d_name, st))
			found = atoi(entry->d_name);
	if (proc != NULL)
		closedir(proc);
	return found;
}

int
holder_find(const char *path, struct holder *h)
{
	struct stat	st;
	pid_t		pid;

	if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode))
		return -ENOENT;
	pid = holder_of_lock(&st);
	if (pid == 0)
		pid = holder_of_descriptor(&st);
	if (pid == 0)
		return -ENOENT;
	h->pid = pid;
	holder_name(h);
	return 0;
}

void
holder_describe(const struct holder *h, char *text, size_t size)
{
	const char	*advice = "end it, or run it by: picoctl lend";
	size_t		 i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (strncmp(h->program, known[i].program,
		    strlen(known[i].program)) == 0)
			advice = known[i].advice;
	snprintf(text, size, "%s (pid %d) has its port; %s", h->program,
	    (int)h->pid, advice);
}
