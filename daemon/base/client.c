/* SPDX-License-Identifier: MIT */
/*
 * The kernel vouches for pid and uid (SO_PEERCRED, unix(7)); the rest is for
 * people to read.
 *
 * getpwuid() may ask a directory over the network, and picod would stand still
 * while that is dead: /etc/passwd is read instead, and who is not in it goes by
 * his number.
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "daemon/base/passwd.h"
#include "daemon/base/process.h"
#include "protocol/text.h"

#define PASSWD		"/etc/passwd"
#define PASSWD_MAX	(4 * 1024 * 1024)

/* Who came last: usually the next one is the same user. */
static struct {
	struct timespec	changed;	/* the file, then */
	uid_t		uid;
	char		name[sizeof ((struct client *)NULL)->user];
} last_user;

static void
client_set(struct client *client, pid_t pid, uid_t uid, gid_t gid)
{
	struct timespec	now;

	clock_gettime(CLOCK_REALTIME, &now);
	*client = (struct client){
		.pid = pid, .uid = uid, .gid = gid,
		.since_us = (uint64_t)now.tv_sec * 1000000 +
		    (uint64_t)now.tv_nsec / 1000,
	};
}

int
client_init(struct client *client, int fd)
{
	struct ucred	 cred;
	socklen_t	 len = sizeof cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	client_set(client, cred.pid, cred.uid, cred.gid);
	return 0;
}

void
client_init_process(struct client *client, pid_t pid, const char *what)
{
	struct stat	st;
	char		path[32];

	snprintf(path, sizeof path, "/proc/%d", (int)pid);
	if (pid > 0 && stat(path, &st) == 0) {
		client_set(client, pid, st.st_uid, st.st_gid);
		client_name(client);
		return;
	}
	client_set(client, 0, (uid_t)-1, (gid_t)-1);
	strcpy(client->user, "?");
	snprintf(client->program, sizeof client->program, "%s", what);
}

/* The user's name in the file, or his number. */
static void
client_look_up(int fd, size_t len, uid_t uid, char *name, size_t size)
{
	char	*text = len > PASSWD_MAX ? NULL : xmalloc(len + 1);
	ssize_t	 n = text == NULL ? -1 : read(fd, text, len);

	if (n >= 0)
		text[n] = '\0';
	if (n < 0 || passwd_find(text, (size_t)n, uid, name, size) < 0)
		snprintf(name, size, "%u", uid);
	free(text);
}

static void
client_name_user(struct client *client)
{
	struct stat	st;
	int		fd;

	if (stat(PASSWD, &st) < 0)
		st = (struct stat){ .st_size = 0 };
	if (last_user.name[0] == '\0' || last_user.uid != client->uid ||
	    memcmp(&last_user.changed, &st.st_mtim, sizeof st.st_mtim) != 0) {
		fd = open(PASSWD, O_RDONLY | O_CLOEXEC);
		client_look_up(fd, (size_t)st.st_size, client->uid,
		    last_user.name, sizeof last_user.name);
		if (fd >= 0)
			close(fd);
		last_user.uid = client->uid;
		last_user.changed = st.st_mtim;
	}
	memcpy(client->user, last_user.name, sizeof client->user);
	text_clean(client->user);
}

void
client_name(struct client *client)
{
	client_name_user(client);
	process_name(client->pid, client->program, sizeof client->program);
}

/* By snprintf() it was a twenty-fifth of what a statement costs picod. */
char *
client_called(const struct client *client, char text[CLIENT_CALLED_SIZE])
{
	char		 digits[3 * sizeof client->pid + 1], *end = text;
	char		*pid = digits + sizeof digits - 1;
	unsigned	 rest = (unsigned)client->pid;

	if (rest == 0)
		return strcpy(text, "picod");
	*pid = '\0';
	for (; rest > 0; rest /= 10)
		*--pid = (char)('0' + rest % 10);
	end = stpcpy(end, client->program);
	end = stpcpy(stpcpy(end, " (pid "), pid);
	end = stpcpy(stpcpy(end, ", user "), client->user);
	strcpy(end, ")");
	return text;
}
