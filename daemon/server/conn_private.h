/* SPDX-License-Identifier: MIT */
/*
 * The inside of a connection, for conn.c (its life and its bytes) and
 * conn_calls.c (from bytes to calls) only.
 */
#ifndef PICOD_CONN_PRIVATE_H
#define PICOD_CONN_PRIVATE_H

#include <event2/buffer.h>
#include <event2/event.h>

#include "access.h"
#include "call.h"
#include "conn.h"
#include "server.h"

struct conn {
	struct server_entry	 entry;		/* must be first: server.h */
	struct call		 call;
	int			 fd;
	int			 hangup_fd;	/* the duplicate, or -1 */
	struct client		 client;
	struct access_groups	 groups;
	bool			 allowed;
	bool			 reading;
	bool			 eof;		/* no more calls come */
	bool			 gone;		/* nobody is there */
	bool			 closed;	/* about to be freed */
	bool			 running;	/* conn_run() is on the stack */
	const struct conn_raw	*raw;		/* after an upgrade, or NULL */
	void			*raw_arg;
	bool			 raw_full;	/* it takes no bytes now */
	struct varlink_decoder	 decoder;
	struct evbuffer		*in;		/* bytes of calls to come */
	struct evbuffer		*out;		/* bytes the socket did not take */
	struct event		*readable, *writable, *hangup, *reap;
	struct lease_list	 leases;
};

/* Logs what a client did. */
void	conn_warn(const struct conn *, const char *what);

/* Eats calls one after the other as long as each is answered at once. */
size_t	conn_eat(struct conn *, const char *buf, size_t len);

/* Whether there is nothing left to do or to say. */
bool	conn_is_idle(const struct conn *);

/* Whether calls are read: not while too many wait, nor at the end of file. */
void	conn_set_reading(struct conn *, bool on);

#endif
