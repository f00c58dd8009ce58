/* SPDX-License-Identifier: MIT */
/* A traceback as it came, made to look as at the friendly prompt. */
#ifndef PICOD_REPL_TRACE_H
#define PICOD_REPL_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Cuts the frames that picod added out of trace[0..len), in place, and returns
 * the new length.  caller: the line that was sent is not the job's own.  rename:
 * nor is "<string>" what the prompt would call it.
 */
size_t	repl_trace_trim(uint8_t *trace, size_t len, bool caller, bool rename);

/* Whether there is one frame only, of that line of what was sent. */
bool	repl_trace_is_line(const uint8_t *trace, size_t len, size_t line);

/* Whether the exception itself (the last line) begins with that name. */
bool	repl_trace_is(const uint8_t *trace, size_t len, const char *name);

#endif
