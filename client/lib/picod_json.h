/* SPDX-License-Identifier: MIT */
/*
 * libpicod for programs that use jansson themselves: calls and replies as
 * json_t, and replies one at a time instead of by a callback.  The conventions
 * are those of picod.h.
 */
#ifndef PICOD_JSON_H
#define PICOD_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "picod.h"

/*
 * The parameters that methods on a board share, an object to add others to:
 * board, or where that is NULL $PICOD_BOARD if that is set; and hold, if
 * $PICOD_HOLD is set and with_hold.  NULL when memory is short or board is not
 * UTF-8.
 */
json_t	*picod_json_parameters(const char *board, bool with_hold);

/*
 * Sends a call.  parameters is taken over, also on failure; NULL, as
 * picod_json_parameters() may return it, is -EINVAL.  Then picod_json_next()
 * until the reply that does not continue, or an error.  Errors as picod_call().
 */
int	picod_json_begin(struct picod *, const char *method, json_t *parameters,
    bool more);

/*
 * Waits for the next reply.  *parameters is the caller's to json_decref.
 * *continues says whether another reply follows.
 */
int	picod_json_next(struct picod *, json_t **parameters, bool *continues);

/*
 * The same without waiting, for a program with a loop of its own: -EAGAIN if no
 * whole reply is there, until picod_fd() is readable again.
 */
int	picod_json_try(struct picod *, json_t **parameters, bool *continues);

/* Begin and next in one, for a method with one reply. */
int	picod_json_call(struct picod *, const char *method, json_t *parameters,
    json_t **reply);

/*
 * As picod_json_call(), for a method after which the connection is a stream of
 * bytes ("upgrade"), to be read and written at picod_fd().  *bytes are those that
 * came with the reply; they stay the connection's.  It takes no more calls.
 */
int	picod_json_upgrade(struct picod *, const char *method,
    json_t *parameters, json_t **reply, const void **bytes, size_t *len);

/*
 * Hands over bytes in pieces, for the next call of Flash or WriteFile.  Errors as
 * picod_call().
 */
int	picod_json_upload(struct picod *, const void *bytes, size_t len);

/*
 * WriteFile and ReadFile, which move bytes: parameters has board and path, and is
 * taken over.  progress may be NULL.
 */
int	picod_json_write_file(struct picod *, json_t *parameters,
    const void *bytes, size_t len, picod_progress_fn *progress, void *arg,
    bool *changed);
int	picod_json_read_file(struct picod *, json_t *parameters,
    picod_progress_fn *progress, void *arg, void **bytes, size_t *len);

/* The parameters of the error that came last, or NULL; the connection's. */
const json_t	*picod_json_error(const struct picod *);

#endif
