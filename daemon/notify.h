/* SPDX-License-Identifier: MIT */
/*
 * What systemd is told: that picod is ready, how it is, and that it lives.
 */
#ifndef PICOD_NOTIFY_H
#define PICOD_NOTIFY_H

struct boards;
struct event_base;
struct notify;
struct server;

/*
 * Ready: from now on the watchdog is fed, if systemd asked for it, and the
 * status line follows boards and clients.  Where there is no systemd all of
 * this does nothing; NULL where there is and cannot be told, with the reason
 * logged.
 */
struct notify	*notify_create(struct event_base *, struct boards *,
    struct server *);
void		 notify_destroy(struct notify *);

/* The configuration is read again; it was. */
void		 notify_reloading(struct notify *);
void		 notify_reloaded(struct notify *);

/* The end begins. */
void		 notify_stopping(struct notify *);

#endif
