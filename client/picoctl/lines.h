/* SPDX-License-Identifier: MIT */
/*
 * Whole lines of what boards print, out of the events of Watch, which come in
 * pieces.
 */
#ifndef PICOD_LINES_H
#define PICOD_LINES_H

#include <jansson.h>
#include <stddef.h>

struct lines;

/*
 * A whole line without its end, NUL-terminated, and when its first byte came, in
 * microseconds of the realtime clock.  A NUL within is "\x00".
 */
typedef void lines_fn(const char *board, const char *line, long long time_us,
    void *arg);

struct lines	*lines_create(lines_fn *, void *arg);
void		 lines_destroy(struct lines *);

/*
 * Takes an event of Watch.  Who else uses the board breaks no line; that it
 * restarted or is away does, and that something was lost.
 */
void		 lines_feed(struct lines *, const json_t *event);

/* Ends all lines that have begun. */
void		 lines_flush(struct lines *);

/* "2026-11-26T12:00:00.123+0100", into 40 bytes. */
void		 lines_time(long long us, char text[40]);

#endif
