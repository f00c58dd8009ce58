/* SPDX-License-Identifier: MIT */
/*
 * What happened on a board, as a reply of Watch.
 */
#ifndef PICOD_WATCH_EVENT_H
#define PICOD_WATCH_EVENT_H

#include <stddef.h>

struct board;
struct board_notice;
struct tape_count;

/*
 * The reply as it goes over the wire, to as many clients as may know, and its
 * length; the caller's to free.  The notice is as it is on a tape.
 */
char	*watch_event(const struct board *, const struct board_notice *,
    size_t *len);

/* The same of the state that the board is in now, and of what it said before. */
char	*watch_event_state(const struct board *, size_t *len);
char	*watch_event_history(const struct board *, size_t *len);

/* The same for a client that was too slow for so many. */
char	*watch_event_lost(const struct tape_count *, size_t *len);

#endif
