/* SPDX-License-Identifier: MIT */
#include "tests/unit/fake_server.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct server	server;

static bool
server_read_call(int fd)
{
	size_t	len = strlen(server.calls);

	while (len < sizeof server.calls - 1) {
		if (recv(fd, server.calls + len, 1, 0) != 1)
			return false;
		if (server.calls[len] == '\0') {
			server.calls[len] = '\n';
			return true;
		}
		len++;
	}
	return false;
}

static void *
server_run(void *arg)
{
	int	fd = accept(server.listener, NULL, NULL);
	size_t	i, len;

	(void)arg;
	for (i = 0; fd >= 0 && server_read_call(fd); i++) {
		if (server.replies[i] == NULL)
			break;
		len = server.replies_len[i];
		if (len == 0)
			len = strlen(server.replies[i]) + 1;
		if (send(fd, server.replies[i], len, MSG_NOSIGNAL) < 0)
			break;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

struct picod *
server_start(const char **replies)
{
	struct sockaddr_un	 address = { .sun_family = AF_UNIX };
	struct picod		*picod;
	sigset_t		 all, mask;

	memset(&server, 0, sizeof server);
	server.replies = replies;
	strcpy(server.directory, "/tmp/picod-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(server.directory));
	snprintf(server.path, sizeof server.path, "%s/s", server.directory);
	memcpy(address.sun_path, server.path, sizeof server.path);
	server.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(server.listener,
	    (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(server.listener, 1), 0);
	sigfillset(&all);	/* signals are for the client to bear */
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	ck_assert_int_eq(pthread_create(&server.thread, NULL, server_run,
	    NULL), 0);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	ck_assert_int_eq(picod_connect(server.path, &picod), 0);
	return picod;
}

void
server_stop(struct picod *picod)
{
	picod_close(picod);
	pthread_join(server.thread, NULL);
	close(server.listener);
	unlink(server.path);
	rmdir(server.directory);
}

void
server_environment(void)
{
	unsetenv("PICOD_BOARD");
	unsetenv("PICOD_HOLD");
	unsetenv("PICOD_SOCKET");
}
