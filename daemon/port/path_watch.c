/* SPDX-License-Identifier: MIT */
/*
 * inotify (inotify(7)) on the path itself and on its folder; and where the path is
 * a link, on the folders of what it leads to: what happens there, that it appears
 * or becomes readable, is not told of the link.  The marks are made anew each
 * time: what a path leads to changes, and a mark stays with what it led to.
 * inotify gives the same mark to all who name the same file, so a mark is removed
 * when its last user goes.
 */
#include "path_watch.h"

#include <event2/event.h>
#include <limits.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/queue.h>
#include <unistd.h>

#include "daemon/base/memory.h"

/* The path itself, its folder, and those of the links it leads through. */
#define MARK_COUNT	8

struct mark {
	int		 wd;
	char		 name[NAME_MAX + 1];	/* in that folder; "": itself */
};

struct path_watch {
	LIST_ENTRY(path_watch) entry;		/* while it is on */
	struct path_watcher *watcher;
	char		*path;
	void		(*cb)(void *);
	void		*arg;
	struct mark	 marks[MARK_COUNT];
	size_t		 count;
	bool		 is_on;
	bool		 is_due;		/* something happened there */
	bool		 was_opened;		/* and that was this */
};

struct path_watcher {
	LIST_HEAD(, path_watch) watches;
	struct event	*event, *due;
	int		 fd;			/* inotify; -1: there is none left */
};

static bool
mark_is_met(const struct mark *mark, const struct inotify_event *event)
{
	return event->wd == mark->wd && (mark->name[0] == '\0' ||
	    event->len == 0 || strcmp(event->name, mark->name) == 0);
}

static bool
path_watch_is_met(const struct path_watch *w, const struct inotify_event *event)
{
	size_t	i;

	if (event->mask & IN_Q_OVERFLOW)
		return true;
	for (i = 0; i < w->count; i++)
		if (mark_is_met(&w->marks[i], event))
			return true;
	return false;
}

/* As soon as nobody is on the stack. */
static void
path_watcher_tell(struct path_watcher *watcher)
{
	event_add(watcher->due, &(struct timeval){ 0, 0 });
}

static void
path_watcher_meet(struct path_watcher *watcher,
    const struct inotify_event *event)
{
	struct path_watch	*w;

	LIST_FOREACH(w, &watcher->watches, entry)
		if (path_watch_is_met(w, event)) {
			w->is_due = true;
			w->was_opened = event->mask & IN_OPEN;
			path_watcher_tell(watcher);
		}
}

/* All that there is. */
static void
path_watcher_read(struct path_watcher *watcher)
{
	alignas(struct inotify_event) char buf[4096];
	const struct inotify_event *event;
	ssize_t			 n, at;

	while ((n = read(watcher->fd, buf, sizeof buf)) > 0)
		for (at = 0; at < n;
		    at += (ssize_t)(sizeof *event + event->len)) {
			event = (const void *)(buf + at);
			path_watcher_meet(watcher, event);
		}
}

static void
path_watcher_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	path_watcher_read(arg);
}

/* One at a time, since it may start, stop and destroy any watch. */
static void
path_watcher_due_cb(evutil_socket_t fd, short what, void *arg)
{
	struct path_watcher	*watcher = arg;
	struct path_watch	*w;

	(void)fd, (void)what;
	LIST_FOREACH(w, &watcher->watches, entry)
		if (w->is_due)
			break;
	if (w == NULL)
		return;
	path_watcher_tell(watcher);	/* the others */
	path_watch_stop(w);
	w->cb(w->arg);
}

struct path_watcher *
path_watcher_create(struct event_base *base)
{
	struct path_watcher	*watcher = xcalloc(1, sizeof *watcher);

	LIST_INIT(&watcher->watches);
	watcher->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watcher->fd < 0)
		return watcher;
	watcher->event = event_new(base, watcher->fd, EV_READ | EV_PERSIST,
	    path_watcher_cb, watcher);
	watcher->due = evtimer_new(base, path_watcher_due_cb, watcher);
	event_add(watcher->event, NULL);
	return watcher;
}

void
path_watcher_destroy(struct path_watcher *watcher)
{
	if (watcher == NULL)
		return;
	if (watcher->fd >= 0) {
		event_free(watcher->event);
		event_free(watcher->due);
		close(watcher->fd);
	}
	free(watcher);
}

struct path_watch *
path_watch_create(struct path_watcher *watcher, const char *path,
    void (*cb)(void *), void *arg)
{
	struct path_watch	*w = xcalloc(1, sizeof *w);

	w->watcher = watcher;
	w->cb = cb;
	w->arg = arg;
	w->path = xstrdup(path);
	return w;
}

static bool
path_watcher_uses(const struct path_watcher *watcher, int wd)
{
	const struct path_watch	*w;
	size_t			 i;

	LIST_FOREACH(w, &watcher->watches, entry)
		for (i = 0; i < w->count; i++)
			if (w->marks[i].wd == wd)
				return true;
	return false;
}

void
path_watch_stop(struct path_watch *w)
{
	int	wd;

	if (w->is_on)
		LIST_REMOVE(w, entry);
	w->is_on = w->is_due = false;
	while (w->count > 0) {
		wd = w->marks[--w->count].wd;
		/* It fails where the kernel has removed it, with its file. */
		if (!path_watcher_uses(w->watcher, wd))
			(void)inotify_rm_watch(w->watcher->fd, wd);
	}
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
static bool
path_watch_mark(struct path_watch *w, const char *path, uint32_t mask,
    const char *name)
{
	int	wd;

	if (w->count == MARK_COUNT)
		return false;
	wd = inotify_add_watch(w->watcher->fd, path, mask | IN_MASK_ADD);
	if (wd < 0)
		return false;
	w->marks[w->count].wd = wd;
	snprintf(w->marks[w->count++].name, NAME_MAX + 1, "%.*s",
	    (int)strcspn(name, "/"), name);
	return true;
}

/* Marks the nearest folder above that exists. */
static bool
path_watch_mark_folder(struct path_watch *w, const char *path)
{
	char	 folder[PATH_MAX];
	char	*slash;

	snprintf(folder, sizeof folder, "%s", path);
	while ((slash = strrchr(folder, '/')) != NULL) {
		slash[slash == folder ? 1 : 0] = '\0';
		if (path_watch_mark(w, folder, IN_CREATE | IN_MOVED_TO |
		    IN_ATTRIB | IN_DELETE_SELF | IN_ONLYDIR,
		    path + (slash - folder) + 1))
			return true;
		if (slash == folder)
			break;
	}
	return false;
}

/* If the path is a link, it becomes the path that the link leads to. */
static bool
path_follow(char path[PATH_MAX])
{
	char	 target[PATH_MAX], folder[PATH_MAX];
	ssize_t	 len = readlink(path, target, sizeof target - 1);
	int	 n;

	if (len <= 0)
		return false;
	target[len] = '\0';
	snprintf(folder, sizeof folder, "%s", path);
	strrchr(folder, '/')[1] = '\0';
	n = snprintf(path, PATH_MAX, "%s%s", target[0] == '/' ? "" : folder,
	    target);
	return n < PATH_MAX;
}

/*
 * What happened so far is not for a watch that begins, though another may have
 * the same mark: it is read now, and told to the others.
 */
static bool
path_watch_renew(struct path_watch *w)
{
	path_watch_stop(w);
	if (w->watcher->fd < 0)
		return false;
	path_watcher_read(w->watcher);
	return true;
}

/* on: what is told of the path itself. */
static void
path_watch_begin(struct path_watch *w, uint32_t on)
{
	char	path[PATH_MAX];

	if (!path_watch_renew(w) || strlen(w->path) >= sizeof path)
		return;
	strcpy(path, w->path);
	if (!path_watch_mark_folder(w, path))
		return;
	while (w->count < MARK_COUNT - 1 && path_follow(path))
		(void)path_watch_mark_folder(w, path);
	(void)path_watch_mark(w, w->path, on, "");
	w->is_on = true;
	LIST_INSERT_HEAD(&w->watcher->watches, w, entry);
}

/* ATTRIB: udev gave it to our group. */
void
path_watch_start(struct path_watch *w)
{
	path_watch_begin(w, IN_ATTRIB | IN_DELETE_SELF);
}

void
path_watch_start_in_use(struct path_watch *w)
{
	path_watch_begin(w, IN_CLOSE | IN_ATTRIB | IN_DELETE_SELF);
}

void
path_watch_start_use(struct path_watch *w)
{
	w->was_opened = false;
	if (!path_watch_renew(w) ||
	    !path_watch_mark(w, w->path, IN_OPEN | IN_CLOSE, ""))
		return;
	w->is_on = true;
	LIST_INSERT_HEAD(&w->watcher->watches, w, entry);
}

bool
path_watch_was_opened(const struct path_watch *w)
{
	return w->was_opened;
}

bool
path_watch_is_on(const struct path_watch *w)
{
	return w->is_on;
}
