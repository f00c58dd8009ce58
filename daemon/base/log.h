/* SPDX-License-Identifier: MIT */
/*
 * Messages for the person who runs picod: lines on standard error, or entries of
 * the journal with fields, which picod(8) lists.
 */
#ifndef PICOD_LOG_H
#define PICOD_LOG_H

#include <stdbool.h>
#include <sys/types.h>

/* Kinds of messages that programs may want to find: picod(8), MESSAGE_ID. */
enum log_kind {
	LOG_OTHER, LOG_ATTACH, LOG_DETACH, LOG_SILENT, LOG_FLASHED,
	LOG_WILL, LOG_KIND_COUNT
};

/* What a message is about. */
struct log_about {
	const char	*board;		/* its name, or NULL */
	pid_t		 client_pid;	/* or 0 */
	enum log_kind	 kind;
};

/* Whether log_debug() says anything, and whether the journal listens. */
void	log_init(bool verbose);

void	log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void	log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void	log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void	log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same about a board, a client or both. */
void	log_warn_about(const struct log_about *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void	log_info_about(const struct log_about *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void	log_debug_about(const struct log_about *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
