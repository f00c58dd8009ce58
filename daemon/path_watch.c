/* SPDX-License-Identifier: MIT */
/*
 * inotify (inotify(7)) on the path itself and on its folder.  Watches are made
 * anew each time: what a path leads to changes, and a watch stays with what it
 * led to.
 */
#include "path_watch.h"

#include <event2/event.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct path_watch {
	struct event	*event;
	char		*path;
	void		(*cb)(void *);
	void		*arg;
	struct event_base *base;
	int		 fd;
};

static void
path_watch_cb(evutil_socket_t fd, short what, void *arg)
{
	struct path_watch	*w = arg;

	(void)fd, (void)what;
	path_watch_stop(w);
	w->cb(w->arg);
}

struct path_watch *
path_watch_create(struct event_base *base, const char *path, void (*cb)(void *),
    void *arg)
{
	struct path_watch	*w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	*w = (struct path_watch){ .cb = cb, .arg = arg, .base = base, .fd = -1 };
	w->path = strdup(path);
	if (w->path == NULL) {
		free(w);
		return NULL;
	}
	return w;
}

void
path_watch_stop(struct path_watch *w)
{
	if (w->event != NULL)
		event_free(w->event);
	w->event = NULL;
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
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

/* The nearest folder above that exists. */
static bool
path_watch_folder(struct path_watch *w)
{
	char	 folder[PATH_MAX];
	char	*slash;

	if (strlen(w->path) >= sizeof folder)
		return false;
	strcpy(folder, w->path);
	while ((slash = strrchr(folder, '/')) != NULL) {
		slash[slash == folder ? 1 : 0] = '\0';
		if (inotify_add_watch(w->fd, folder, IN_CREATE | IN_MOVED_TO |
		    IN_ATTRIB | IN_DELETE_SELF | IN_ONLYDIR) >= 0)
			return true;
		if (slash == folder)
			break;
	}
	return false;
}

void
path_watch_start(struct path_watch *w)
{
	path_watch_stop(w);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd < 0)
		return;
	if (!path_watch_folder(w)) {
		path_watch_stop(w);
		return;
	}
	/* CLOSE: whoever had it is done; ATTRIB: udev gave it to our group. */
	(void)inotify_add_watch(w->fd, w->path,
	    IN_CLOSE | IN_ATTRIB | IN_DELETE_SELF);
	w->event = event_new(w->base, w->fd, EV_READ, path_watch_cb, w);
	if (w->event != NULL)
		event_add(w->event, NULL);
}

bool
path_watch_is_on(const struct path_watch *w)
{
	return w->event != NULL;
}
