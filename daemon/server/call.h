/* SPDX-License-Identifier: MIT */
/*
 * A call in work, as its method sees it.  A connection has at most one, because
 * replies come in the order of the calls.
 */
#ifndef PICOD_CALL_H
#define PICOD_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "conn.h"
#include "protocol/error.h"
#include "protocol/varlink.h"

struct access_ask;
struct board;
struct context;

struct call {
	struct conn		*conn;
	struct varlink_call	 in;
	bool			 active;
	const struct context	*context;	/* what methods work with */
	struct board		*board;		/* the one it means, as long as
						 * its method has not returned; */
	uint64_t		 number;	/* board_number() for good, or 0 */
	void			*state;		/* the method's */
	/*
	 * The client is gone: the method gives up whatever it does and does not
	 * touch the call again.
	 */
	void			(*cancel)(struct call *);
	/* The client took output, after call_is_full() or not all of a text. */
	void			(*drained)(struct call *);
	/* The rules of access did, and he may still make it; or NULL. */
	void			(*rules_changed)(struct call *);
};

/* Who carries calls out. */
struct call_handler {
	/* Checks it and carries it out; it ends once, now or later. */
	void	(*run)(struct call *);
	/* Whether its client may still make it, after a change of the rules. */
	bool	(*is_permitted)(struct call *);
};

struct client	*call_client(struct call *);

/* Whether this client may use picod at all, and a method on a board. */
bool		 call_is_allowed(struct call *);
bool		 call_is_permitted(struct call *, const struct access_ask *);

/* Whether it is time to log that of the client: not again and again. */
bool		 call_may_log(struct call *, const char *what);

/* The parameters: an object that the interface's description allows. */
json_t		*call_parameters(struct call *);

/*
 * Ends the call with an answer; parameters are taken over, NULL is none.
 * Afterwards the call is gone.
 */
void		 call_reply(struct call *, json_t *parameters);

/*
 * Ends the call with an answer, and calls altogether: from now on the connection
 * is bytes.  Everything is to be ready for them.
 */
void		 call_upgrade(struct call *, json_t *parameters,
    const struct conn_raw *, void *arg);

/* One answer of several, to a call with "more". */
void		 call_continue(struct call *, json_t *parameters);

/*
 * The same, as it goes over the wire.  false: the client has not taken all of it
 * yet, and drained() tells when he has; what he does not need to keep up is not
 * to be made before.
 */
bool		 call_continue_text(struct call *, const char *, size_t);

/* As conn_keep(), until the call has ended. */
bool		 call_keep(struct call *, size_t);

/*
 * Ends the call with an error of io.picod, whose message is made from format.
 */
void		 call_fail(struct call *, enum error_code, json_t *parameters,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Ends the call with any error, by its full name. */
void		 call_fail_name(struct call *, const char *name,
    json_t *parameters);

/* Bytes of answers that the client has not read. */
size_t		 call_unread(struct call *);

/* Whether so much waits for the client that no more should be produced. */
bool		 call_is_full(struct call *);

/* Ties something to the life of the call's connection, or unties it. */
void		 call_add_lease(struct call *, struct lease *);
struct lease	*call_find_lease(struct call *,
    bool (*match)(struct lease *, void *), void *arg);

#endif
