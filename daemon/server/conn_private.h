/* SPDX-License-Identifier: MIT */
/*
 * The inside of a connection, for conn.c (its life and its bytes) and
 * conn_calls.c (from bytes to calls) only.
 */
#ifndef PICOD_CONN_PRIVATE_H
#define PICOD_CONN_PRIVATE_H

#include "access.h"
#include "call.h"
#include "conn.h"
#include "daemon/base/stream.h"
#include "server.h"

struct conn {
	struct place		 place;		/* must be first: server.h */
	struct server		*server;
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
	struct lease_list	 leases;
};

/* Logs what a client did. */
void	conn_warn(const struct conn *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A stranger hears why he is one, and is let go. */
void	conn_deny(struct conn *);

/* Eats bytes, one call at most: how many.  0: a call is in work. */
size_t	conn_eat(struct conn *, const char *bytes, size_t len);

#endif
