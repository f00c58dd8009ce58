/* SPDX-License-Identifier: MIT */
/*
 * What happened on a board, as a reply of Watch.
 */
#ifndef PICOD_WATCH_EVENT_H
#define PICOD_WATCH_EVENT_H

#include <stddef.h>

struct board;
struct board_notice;

/*
 * The reply as it goes over the wire, to as many clients as may know, and its
 * length; the caller's to free.
 */
char	*watch_event(const struct board *, const struct board_notice *,
    size_t *len);

/* The same for a client that was too slow for so many bytes and events. */
char	*watch_event_lost(size_t bytes, size_t events, size_t *len);

#endif
