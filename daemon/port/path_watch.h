/* SPDX-License-Identifier: MIT */
/*
 * Tells when a path that could not be opened may be worth another try: it
 * appeared, its permissions changed, or the program that had it closed it.
 */
#ifndef PICOD_PATH_WATCH_H
#define PICOD_PATH_WATCH_H

#include <stdbool.h>

struct event_base;
struct path_watch;
struct path_watcher;

/*
 * What all watches share: one inotify instance, of which a user has 128 by
 * default, all of his programs together.  It outlives its watches.
 */
struct path_watcher	*path_watcher_create(struct event_base *);
void			 path_watcher_destroy(struct path_watcher *);

/*
 * Watches a path and what it leads to, or as long as a folder does not exist, the
 * nearest one above.  cb is called whenever something happened there; by then the
 * watch is over and may be destroyed or started again.
 */
struct path_watch	*path_watch_create(struct path_watcher *, const char *path,
    void (*cb)(void *), void *arg);
void			 path_watch_destroy(struct path_watch *);

/*
 * Watches from now on, unless the user's inotify instances or watches are used
 * up: then nothing will ever be told, and path_watch_is_on() says so.  That it
 * is closed is told only of one in use: who tries another one closes it himself.
 */
void			 path_watch_start(struct path_watch *);
void			 path_watch_start_in_use(struct path_watch *);
void			 path_watch_stop(struct path_watch *);
bool			 path_watch_is_on(const struct path_watch *);

/*
 * Watches instead who opens and closes what is there, from now on; and whether the
 * last that was told of by either was that it was opened.
 */
void			 path_watch_start_use(struct path_watch *);
bool			 path_watch_was_opened(const struct path_watch *);

#endif
