/* SPDX-License-Identifier: MIT */
/*
 * A connection of a client.  It has its handler from its beginning, and knows
 * neither the server that made it nor the methods that answer its calls.
 */
#ifndef PICOD_CONN_H
#define PICOD_CONN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "daemon/base/client.h"
#include "daemon/base/seldom.h"
#include "places.h"

struct access;
struct access_ask;
struct call_handler;
struct conn;
struct context;
struct event_base;

/* What all connections of a server have in common. */
struct conn_common {
	struct event_base	*base;
	const struct access	*access;	/* who may do what */
	const struct call_handler *handler;	/* of their calls, */
	const struct context	*context;	/* and what that works with */
	struct places		 places;
	struct seldom		 said;		/* of clients */
};

/* What a connection is after an upgrade: bytes, no calls. */
struct conn_raw {
	/* Bytes came.  Takes some; the rest is kept, after 0 for conn_resume(). */
	size_t	(*bytes)(void *arg, const char *, size_t);
	/* The client says no more, and listens: once conn_finish() is due. */
	void	(*end)(void *arg);
	/* The client took what it was sent, after conn_is_full(). */
	void	(*drained)(void *arg);
};

/* Something a connection has until it ends; embedded in its owner's structure. */
struct lease {
	LIST_ENTRY(lease)	 entry;
	/* The connection ended; the lease is out of its list already. */
	void			(*lost)(struct lease *);
	/*
	 * The rules of access have changed.  false: the connection's client may
	 * not have it any more, and it is gone already; the connection, too, if
	 * its bytes were for that.  NULL: nobody asks.
	 */
	bool			(*ask_again)(struct lease *, struct conn *);
};

LIST_HEAD(lease_list, lease);

/*
 * Takes over an accepted descriptor, also where there is no place for it or memory
 * is short: NULL.
 */
struct conn	*conn_create(struct conn_common *, int fd, const struct client *);

/*
 * Ends it: its call is cancelled and its leases are lost at once.  What was sent
 * still reaches the client, unless that stalls for so long (0: it may take its
 * time); closing drops it.
 */
void		 conn_finish(struct conn *, unsigned stall_ms);
void		 conn_close(struct conn *);

/*
 * picod ends.  What the connection has is lost, and it ends with the call in
 * work, if there is one; at last the call is answered all the same.
 */
void		 conn_wind_up(struct conn *);
void		 conn_break_off(struct conn *);

/*
 * Sends a message; takes it over.  Offering it does not where it may not be kept:
 * false.
 */
void		 conn_send(struct conn *, json_t *message);
bool		 conn_offer(struct conn *, json_t *message);

/* From now on it is bytes, once its call has ended. */
void		 conn_set_raw(struct conn *, const struct conn_raw *, void *arg);

/*
 * Sends bytes as they are.  false: not all of them went, and drained() tells when
 * they have.
 */
bool		 conn_write_all(struct conn *, const void *, size_t);

/*
 * The same after an upgrade, from a board, which nobody can ask to wait: who does not
 * read them is dropped, rather than that there be a hole.  He loses what he has in
 * the next turn of the loop, for whoever writes is about to go on with it.
 */
void		 conn_write_raw(struct conn *, const void *, size_t);

/* Offers bytes again, after bytes() was 0. */
void		 conn_resume(struct conn *);

/* Whether it is dropped when it does not read for long. */
void		 conn_press(struct conn *, bool);

/* Whether so much waits for the client that no more should be produced. */
bool		 conn_is_full(const struct conn *);

/* Whether so many bytes more may be kept for it: its user's share is limited. */
bool		 conn_may_keep(const struct conn *, size_t len);

/*
 * So many bytes are kept for it, for a call or for what it is after an upgrade, which
 * it has not got yet.  false if its user has more than his share with them.
 */
bool		 conn_keep(struct conn *, size_t len);

/* Bytes in memory for the connection at that place. */
size_t		 conn_kept(const struct place *);

/* Whether it is time to log that of its user: not again and again. */
bool		 conn_may_log(const struct conn *, const char *what);

struct client	*conn_client(struct conn *);
struct lease_list *conn_leases(struct conn *);

/* Asks the rules of access again, of all that it does and has. */
void		 conn_ask_again(struct conn *);

/* Whether the client may use picod at all, and do what is asked. */
bool		 conn_is_allowed(const struct conn *);
bool		 conn_permits(const struct conn *, const struct access_ask *);

#endif
