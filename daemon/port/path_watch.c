/* SPDX-License-Identifier: MIT */
/*
 * inotify (inotify(7)) on the path itself and on its folder.  The marks are made
 * anew each time: what a path leads to changes, and a mark stays with what it led
 * to.  inotify gives the same mark to all who name the same file, so a mark is
 * removed when its last user goes.
 */
#include "path_watch.h"

#include <event2/event.h>
#include <limits.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/queue.h>
#include <unistd.h>

#define NO_MARK	(-1)

struct path_watch {
	LIST_ENTRY(path_watch) entry;		/* while it is on */
	struct path_watcher *watcher;
	char		*path;
	void		(*cb)(void *);
	void		*arg;
	int		 file;			/* marks */
	int		 folder;
	const char	*name;			/* in the folder, up to a slash */
	size_t		 name_len;
	bool		 is_on;
	bool		 is_due;		/* something happened there */
};

struct path_watcher {
	LIST_HEAD(, path_watch) watches;
	struct event	*event;
	int		 fd;			/* inotify; -1: there is none left */
};

static bool
path_watch_is_met(const struct path_watch *w, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW)
		return true;
	if (event->wd == w->file)
		return true;
	return event->wd == w->folder && (event->len == 0 ||
	    (strlen(event->name) == w->name_len &&
	    memcmp(event->name, w->name, w->name_len) == 0));
}

static void
path_watcher_read(struct path_watcher *watcher)
{
	alignas(struct inotify_event) char buf[4096];
	const struct inotify_event *event;
	struct path_watch	*w;
	ssize_t			 n, at;

	n = read(watcher->fd, buf, sizeof buf);
	for (at = 0; at < n; at += (ssize_t)(sizeof *event + event->len)) {
		event = (const void *)(buf + at);
		LIST_FOREACH(w, &watcher->watches, entry)
			w->is_due |= path_watch_is_met(w, event);
	}
}

/* Each call may start, stop and destroy any watch. */
static void
path_watcher_cb(evutil_socket_t fd, short what, void *arg)
{
	struct path_watcher	*watcher = arg;
	struct path_watch	*w;

	(void)fd, (void)what;
	path_watcher_read(watcher);
	for (;;) {
		LIST_FOREACH(w, &watcher->watches, entry)
			if (w->is_due)
				break;
		if (w == NULL)
			break;
		path_watch_stop(w);
		w->cb(w->arg);
	}
}

struct path_watcher *
path_watcher_create(struct event_base *base)
{
	struct path_watcher	*watcher = calloc(1, sizeof *watcher);

	if (watcher == NULL)
		return NULL;
	LIST_INIT(&watcher->watches);
	watcher->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watcher->fd < 0)
		return watcher;
	watcher->event = event_new(base, watcher->fd, EV_READ | EV_PERSIST,
	    path_watcher_cb, watcher);
	if (watcher->event == NULL || event_add(watcher->event, NULL) < 0) {
		path_watcher_destroy(watcher);
		return NULL;
	}
	return watcher;
}

void
path_watcher_destroy(struct path_watcher *watcher)
{
	if (watcher == NULL)
		return;
	if (watcher->event != NULL)
		event_free(watcher->event);
	if (watcher->fd >= 0)
		close(watcher->fd);
	free(watcher);
}

struct path_watch *
path_watch_create(struct path_watcher *watcher, const char *path,
    void (*cb)(void *), void *arg)
{
	struct path_watch	*w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	*w = (struct path_watch){ .watcher = watcher, .cb = cb, .arg = arg,
	    .file = NO_MARK, .folder = NO_MARK };
	w->path = strdup(path);
	if (w->path == NULL) {
		free(w);
		return NULL;
	}
	return w;
}

static void
path_watch_unmark(struct path_watch *w, int mark)
{
	const struct path_watch	*other;

	if (mark == NO_MARK)
		return;
	LIST_FOREACH(other, &w->watcher->watches, entry)
		if (other->file == mark || other->folder == mark)
			return;
	/* It fails where the kernel has removed it, with its file. */
	(void)inotify_rm_watch(w->watcher->fd, mark);
}

void
path_watch_stop(struct path_watch *w)
{
	int	file = w->file, folder = w->folder;

	if (w->is_on)
		LIST_REMOVE(w, entry);
	w->is_on = w->is_due = false;
	w->file = w->folder = NO_MARK;
	path_watch_unmark(w, file);
	if (folder != file)
		path_watch_unmark(w, folder);
}

void
path_watch_destroy(struct path_watch *w)
{
	if (w == NULL)
		return;
	path_watch_stop(w);
	free(w->path);
	free(w);
}

/* Others may have marked the same file for something else. */
static int
path_watch_mark(struct path_watch *w, const char *path, uint32_t mask)
{
	return inotify_add_watch(w->watcher->fd, path, mask | IN_MASK_ADD);
}

/* Marks the nearest folder above that exists. */
static void
path_watch_mark_folder(struct path_watch *w)
{
	char	 folder[PATH_MAX];
	char	*slash;

	if (strlen(w->path) >= sizeof folder)
		return;
	strcpy(folder, w->path);
	while (w->folder == NO_MARK &&
	    (slash = strrchr(folder, '/')) != NULL) {
		slash[slash == folder ? 1 : 0] = '\0';
		w->folder = path_watch_mark(w, folder, IN_CREATE |
		    IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_ONLYDIR);
		w->name = w->path + (slash - folder) + 1;
		w->name_len = strcspn(w->name, "/");
		if (slash == folder)
			return;
	}
}

void
path_watch_start(struct path_watch *w)
{
	path_watch_stop(w);
	if (w->watcher->fd < 0)
		return;
	path_watch_mark_folder(w);
	if (w->folder == NO_MARK)
		return;
	/* CLOSE: whoever had it is done; ATTRIB: udev gave it to our group. */
	w->file = path_watch_mark(w, w->path,
	    IN_CLOSE | IN_ATTRIB | IN_DELETE_SELF);
	w->is_on = true;
	LIST_INSERT_HEAD(&w->watcher->watches, w, entry);
}

bool
path_watch_is_on(const struct path_watch *w)
{
	return w->is_on;
}
