/* SPDX-License-Identifier: MIT */
/*
 * A verb's conversation with picod.  What goes wrong is told to the user here,
 * so that a verb only passes the exit status on.
 */
#ifndef PICOD_SESSION_H
#define PICOD_SESSION_H

#include "picoctl.h"

/* Where the picod listens that systemd runs for all. */
#define SESSION_SYSTEM_SOCKET	"/run/picod/io.picod"

/*
 * Why picod at that path cannot be had, from a negative errno, in a sentence that
 * says what to do; the exit status for it.
 */
int	session_explain(const char *path, int error, char *text, size_t size);

/* Connects.  0 or an exit status. */
int	session_open(struct picoctl *);

/*
 * The parameters that methods on a board share, from the options and the
 * environment, with its hold or without; NULL after a complaint.
 */
json_t	*session_parameters(struct picoctl *, bool with_hold);

/* Adds a time option to parameters under the option's name, where it was given. */
void	session_add_time(const struct picoctl *, json_t *parameters,
    enum option_id, const char *name);

/*
 * A call with one reply, as picod_json_call(), of which somebody at a terminal is
 * told what it waits for.  A failure is that of the library: nothing is told of it.
 */
int	session_ask(struct picoctl *, const char *method, json_t *parameters,
    json_t **reply);

/*
 * Likewise, but 0 or an exit status, after a complaint.  parameters may be NULL:
 * then one was made already.
 */
int	session_call(struct picoctl *, const char *method, json_t *parameters,
    json_t **reply);

/*
 * The exit status for a failure of the library, after a complaint.  replied:
 * whether the call had a reply already.
 */
int	session_failed(struct picoctl *, int failure, bool replied);

/* Likewise for an error of picod, with what it is about in front of its sentence. */
int	session_refused(struct picoctl *, const char *about);

/* As picod_json_upgrade(), but 0 or an exit status. */
int	session_upgrade(struct picoctl *, const char *method,
    json_t *parameters, json_t **reply, const void **bytes, size_t *len);

/*
 * A call that may have many replies, if more; show is called with each, until
 * the last, or until it cannot be written.
 */
int	session_stream(struct picoctl *, const char *method,
    json_t *parameters, bool more,
    void (*show)(struct output *, const json_t *));

/* A call whose reply is shown by the output's done. */
int	session_do(struct picoctl *, const char *method, json_t *parameters);

/* Leaves of the boards of ListBoards only that of a name; 0 if there is none. */
size_t	session_select(json_t *boards, const char *name);

#endif
