/* SPDX-License-Identifier: MIT */
/*
 * The socket at which clients arrive, and the connections there are.
 */
#ifndef PICOD_SERVER_H
#define PICOD_SERVER_H

#include <stddef.h>

struct access;
struct call_handler;
struct client;
struct conn;
struct context;
struct event_base;
struct server;

/*
 * Calls go to the handler, with the context.  The rules of access, which may
 * become others, must outlive it, as the context must.
 */
struct server	*server_create(struct event_base *, const struct access *,
    const struct call_handler *, const struct context *);

/* Closes the socket and every connection, with an answer to its call. */
void		 server_destroy(struct server *);

/*
 * Listens at a path, or at the descriptor that systemd passed.  A negative
 * errno on failure; -EADDRINUSE if another picod answers there.
 */
int		 server_listen(struct server *, const char *path);

/*
 * Takes no more connections and no more calls.  What connections have is lost;
 * those with a call in work wait for its answer, the others are closed.
 */
void		 server_stop(struct server *);

/*
 * The rules of access may be others now: calls and leases that they would not
 * grant end, and so does who may not use picod any more.
 */
void		 server_ask_again(struct server *);

/* How many connections there are, and who is told when that changes: one. */
size_t		 server_count(const struct server *);
void		 server_tell(struct server *, void (*changed)(void *), void *arg);

/*
 * Takes a client at an accepted descriptor, which is the server's from then on.
 * NULL: there is no place for it.
 */
struct conn	*server_admit(struct server *, int fd, const struct client *);

#endif
