/* SPDX-License-Identifier: MIT */
/*
 * Varlink messages: framing, calls and replies (https://varlink.org/Method-Call).
 * A message is a JSON object and a NUL byte.  No descriptor, no clock.
 */
#ifndef PICOD_VARLINK_H
#define PICOD_VARLINK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Takes messages out of a stream that is cut anywhere. */
struct varlink_decoder {
	char	*partial;	/* the beginning of a message */
	size_t	 len, size;
	size_t	 limit;		/* bytes a message may have, without its NUL */
	size_t	 values;	/* and values and names of members */
};

/* A call as it came in.  method and parameters point into message. */
struct varlink_call {
	json_t		*message;
	const char	*method;
	json_t		*parameters;	/* an object, possibly empty */
	bool		 more;
	bool		 oneway;
	bool		 upgrade;
};

void	varlink_decoder_init(struct varlink_decoder *, size_t limit, size_t values);
void	varlink_decoder_finish(struct varlink_decoder *);

/*
 * Eats bytes of buf[0..len), len > 0, up to the end of the first message, and
 * returns how many.  *message is that message, the caller's to json_decref, or
 * NULL where more bytes are needed.  Errors: -EBADMSG (no JSON object),
 * -EMSGSIZE (over a limit), -ENOMEM; the stream is useless after one.
 */
ssize_t	varlink_decoder_feed(struct varlink_decoder *, const char *buf,
    size_t len, json_t **message);

/* Whether a message has begun and not ended. */
bool	varlink_decoder_pending(const struct varlink_decoder *);

/*
 * Reads a message as a call and takes it over, also on failure.  -EBADMSG if it
 * is no call.
 */
int	varlink_call_parse(json_t *message, struct varlink_call *);
void	varlink_call_finish(struct varlink_call *);

/*
 * Messages to send.  Parameters are taken over and may be NULL for none; the
 * result is the caller's; NULL when memory is short.
 */
json_t	*varlink_call_new(const char *method, json_t *parameters, bool more,
    bool oneway);
json_t	*varlink_reply_new(json_t *parameters, bool continues);
json_t	*varlink_error_new(const char *name, json_t *parameters);

/*
 * The bytes of a message, its NUL included, and their number in *len; the
 * caller frees them.  NULL when memory is short.
 */
char	*varlink_encode(const json_t *message, size_t *len);

#endif
