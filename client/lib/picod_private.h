/* SPDX-License-Identifier: MIT */
/*
 * What the files of libpicod share, and nobody else sees.
 */
#ifndef PICOD_PRIVATE_H
#define PICOD_PRIVATE_H

#include "picod.h"
#include "picod_json.h"
#include "protocol/varlink.h"

struct picod {
	int			 fd;
	bool			 calling;	/* replies are due */
	int			 broken;	/* the errno it is useless for */
	int			 failure;	/* what the last call returned */
	json_t			*error;		/* the error message it was */
	char			*error_text;	/* its parameters, on demand */
	char			*refused;	/* a sentence about one of the call's */
	struct varlink_decoder	 decoder;
	size_t			 start, end;	/* what is unread of buf */
	char			 buf[32 * 1024];
};

/* Forgets the error of the call before. */
void	connection_forget(struct picod *);

/*
 * A call fails with a negative errno, which is returned: from now on, that is the
 * error of the call that failed last.  connection_break(): and so does every
 * further one.
 */
int	connection_fail(struct picod *, int error);
int	connection_break(struct picod *, int error);

/* A reply, which stays the caller's; anything but 0 ends the call. */
typedef int	reply_fn(const json_t *, bool continues, void *arg);

/*
 * Hands over the replies of the call that has begun: waits for all of them, or takes
 * those that are there, and returns 1 if more are to come; so a 1 by which one of them
 * ends the call becomes -ECANCELED.  Since Varlink has no other way to stop a method,
 * the connection is shut down then.
 */
int	connection_replies(struct picod *, bool wait, reply_fn *, void *arg);

#endif
