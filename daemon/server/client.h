/* SPDX-License-Identifier: MIT */
/*
 * Who is at the other end of a connection, as the kernel tells.
 */
#ifndef PICOD_CLIENT_H
#define PICOD_CLIENT_H

#include <stdint.h>
#include <sys/types.h>

struct client {
	pid_t		 pid;		/* 0: picod itself */
	uid_t		 uid;
	gid_t		 gid;
	char		 user[64];	/* filled in by client_name() */
	char		 program[32];
	uint64_t	 since_us;	/* of the realtime clock */
};

/* Fills in who is connected at a Unix socket.  A negative errno on failure. */
int	client_init(struct client *, int fd);

/*
 * Fills in the names, which cost a look into the user database and /proc, so
 * only when somebody wants to see them.
 */
void	client_name(struct client *);

#endif
