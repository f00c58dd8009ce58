/* SPDX-License-Identifier: MIT */
/*
 * Who is at the other end of a connection, as the kernel tells: asked once, when
 * it connects, so that nobody becomes another later.  Or who has a port open, as far
 * as that is to be seen.
 */
#ifndef PICOD_CLIENT_H
#define PICOD_CLIENT_H

#include <stdint.h>
#include <sys/types.h>

struct client {
	pid_t		 pid;		/* 0: picod itself */
	uid_t		 uid;
	gid_t		 gid;
	char		 user[64];	/* to read; the uid where it has no name */
	char		 program[32];	/* to read, "?" if unknown */
	uint64_t	 since_us;	/* of the realtime clock */
};

/*
 * Fills in who is connected at a Unix socket, but for the names.  A negative
 * errno on failure.
 */
int	client_init(struct client *, int fd);

/*
 * Fills in who a process is, with the names.  Of one that is not to be seen (0, or it
 * has ended) only the program is known: "what".
 */
void	client_init_process(struct client *, pid_t, const char *what);

/*
 * Fills in the names.  The user's is that of /etc/passwd, without a name service,
 * which may take its time.
 */
void	client_name(struct client *);

/*
 * Writes "PROGRAM (pid N, user NAME)", as people are told of it, or "picod"; returns
 * text.  This is done for every statement.
 */
#define CLIENT_CALLED_SIZE	144
char	*client_called(const struct client *, char text[CLIENT_CALLED_SIZE]);

#endif
