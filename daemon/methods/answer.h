/* SPDX-License-Identifier: MIT */
/*
 * How a request's end becomes the parameters of an answer.
 */
#ifndef PICOD_ANSWER_H
#define PICOD_ANSWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/board/request.h"

/* The text of bytes that need not be told exactly. */
json_t	*answer_text(const char *bytes, size_t len);

/* Sets output, and data where the bytes are not UTF-8. */
void	 answer_set_output(json_t *, const char *bytes, size_t len);

/* Sets the parameters that the error of a result has, but for its output. */
void	 answer_set_error(json_t *, const struct request_result *);

/* Which errors carry the output so far. */
bool	 answer_has_output(enum error_code);

/* The answer without its output.  run: it is that of something that was run. */
json_t	*answer_create(const struct request_result *, bool run);

#endif
