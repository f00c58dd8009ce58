/* SPDX-License-Identifier: MIT */
/*
 * The inside of a connection, for conn*.c and call.c only.  They stand on one another:
 * conn_out.c is what goes out and how it ends, conn_calls.c makes calls of what
 * comes in and answers them, conn.c is its life from accept to close.
 */
#ifndef PICOD_CONN_PRIVATE_H
#define PICOD_CONN_PRIVATE_H

#include "access.h"
#include "call.h"
#include "conn.h"
#include "daemon/base/stream.h"

struct conn {
	struct place		 place;		/* must be first: places.h */
	struct conn_common	*common;
	struct call		 call;
	struct stream		*stream;
	struct client		 client;
	struct access_groups	 groups;
	bool			 allowed;
	bool			 ended;		/* no more calls come */
	bool			 gone;		/* nobody is there */
	bool			 stopped;	/* nothing is done for it any more */
	const struct conn_raw	*raw;		/* after an upgrade, or NULL */
	void			*raw_arg;
	struct varlink_decoder	 decoder;
	size_t			 call_len;	/* of the message in work */
	size_t			 kept;		/* see conn_keep() */
	struct lease_list	 leases;
};

/* Logs what a client did. */
void	conn_warn(const struct conn *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The call in work is given up, what the connection has is lost; or both. */
void	conn_cancel_call(struct conn *);
void	conn_lose_leases(struct conn *);
void	conn_stop(struct conn *);

/* A stranger hears why he is one, and is let go. */
void	conn_deny(struct conn *);

/* Eats bytes, one call at most: how many.  0: a call is in work. */
size_t	conn_eat(struct conn *, const char *bytes, size_t len);

/* Goes on with what was kept, and ends the connection when all is done. */
void	conn_run(struct conn *);

/* The same, after its call was answered with that message, which is taken over. */
void	conn_answer(struct conn *, json_t *message);

#endif
