/* SPDX-License-Identifier: MIT */
/*
 * The kernel vouches for pid and uid (SO_PEERCRED, unix(7)); the rest is for
 * people to read, and may be missing.
 */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int
client_init(struct client *client, int fd)
{
	struct ucred	 cred;
	socklen_t	 len = sizeof cred;
	struct timespec	 now;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	clock_gettime(CLOCK_REALTIME, &now);
	*client = (struct client){
		.pid = cred.pid,
		.uid = cred.uid,
		.gid = cred.gid,
		.since_us = (uint64_t)now.tv_sec * 1000000 +
		    (uint64_t)now.tv_nsec / 1000,
	};
	return 0;
}

void
client_name(struct client *client)
{
	char		 path[32];
	struct passwd	*pw;
	ssize_t		 n;
	int		 fd;

	if (client->user[0] != '\0')
		return;
	pw = getpwuid(client->uid);
	if (pw != NULL)
		snprintf(client->user, sizeof client->user, "%s", pw->pw_name);
	else
		snprintf(client->user, sizeof client->user, "%u", client->uid);
	snprintf(client->program, sizeof client->program, "?");
	snprintf(path, sizeof path, "/proc/%d/comm", client->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, client->program, sizeof client->program - 1);
	close(fd);
	if (n > 0)
		client->program[n - 1] = '\0';	/* the kernel ends it with LF */
}
