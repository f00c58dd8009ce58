/* SPDX-License-Identifier: MIT */
/*
 * The socket at which clients arrive, and the connections there are.
 */
#ifndef PICOD_SERVER_H
#define PICOD_SERVER_H

#include <stddef.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "places.h"
#include "protocol/flash_progress.h"

struct access;
struct boards;
struct call_handler;
struct client;
struct config;
struct event_base;
struct schema;
struct server;
struct ttys;

/* The configuration must outlive it. */
struct server	*server_create(struct event_base *, struct boards *,
    const struct config *, const struct call_handler *);

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

struct event_base *server_base(struct server *);
struct boards	*server_boards(struct server *);

/* The ports that picod makes for tools, or NULL: only kept here for methods. */
void		 server_set_ttys(struct server *, struct ttys *);
struct ttys	*server_ttys(struct server *);
const struct access *server_access(struct server *);
const struct call_handler *server_handler(struct server *);

/*
 * The rules of access may be others now: calls and leases that they would not
 * grant end, and so does who may not use picod any more.
 */
void		 server_ask_again(struct server *);

/* The program that the configuration names for that tool, or NULL. */
const char	*server_tool(const struct server *, enum flash_tool);

/* How many connections there are, and who is told when that changes: one. */
size_t		 server_count(const struct server *);
void		 server_tell(struct server *, void (*changed)(void *), void *arg);

/*
 * Called by connections as they come and go.  false: there is no place for it,
 * which is logged.
 */
bool		 server_remember(struct server *, struct place *,
    const struct client *, bool stranger);
void		 server_forget(struct server *, struct place *);

/* Whether it is time to log that of a user: not again and again. */
bool		 server_may_log(struct server *, uid_t, const char *what);

/* Whether more is kept for a user than his share of memory. */
bool		 server_is_laden(const struct server *, uid_t);

#endif
