/* SPDX-License-Identifier: MIT */
/*
 * Errors of io.picod as messages.
 */
#ifndef PICOD_REFUSAL_H
#define PICOD_REFUSAL_H

#include <jansson.h>
#include <stdarg.h>

#include "protocol/error.h"

/*
 * An error whose message is made from format; parameters are taken over, NULL is
 * none.  The message is the caller's.
 */
json_t	*refusal(enum error_code, json_t *parameters, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
json_t	*refusal_va(enum error_code, json_t *parameters, const char *format,
    va_list) __attribute__((format(printf, 3, 0)));

/* That a user has more than his share of memory. */
#define REFUSAL_LADEN "picod keeps too much for your programs already: end those " \
    "that do not read their answers, and try again"
json_t	*refusal_laden(void);

#endif
