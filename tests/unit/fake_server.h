/* SPDX-License-Identifier: MIT */
/* A server that says what the test prescribes, to one client of libpicod. */
#ifndef PICOD_FAKE_SERVER_H
#define PICOD_FAKE_SERVER_H

#include <pthread.h>
#include <stddef.h>

#include "client/lib/picod.h"

/* Answers the n-th call with the n-th of replies; NULL ends the connection. */
extern struct server {
	char		 directory[32], path[64];
	int		 listener;
	pthread_t	 thread;
	const char	**replies;
	size_t		 replies_len[8];	/* 0: up to the first NUL, and it */
	char		 calls[4096];		/* as they came in, LF for NUL */
} server;

/* Its client, connected. */
struct picod	*server_start(const char **replies);
/* Once its client has left. */
void		 server_stop(struct picod *);

/* A fixture: the environment says nothing to libpicod. */
void		 server_environment(void);

#endif
