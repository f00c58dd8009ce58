/* SPDX-License-Identifier: MIT */
/*
 * Which boards have a port of picod's own, and under which name.
 *
 * A pty knows nobody's rights but those of its node.  So where rules of access say
 * who may do what with a board, it has one only if somebody was named for that
 * very port.  What picod leaves alone has none: it would be a port to nowhere.
 *
 * A program that makes names of these (picod-names) is started by systemd whenever
 * the folder changes, and misses what changes while it runs; so the folder is
 * touched once more, a moment after the last change.
 */
#include "ttys.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/config/config.h"
#include "daemon/port/holder.h"
#include "pty.h"
#include "tty.h"

/* By then what the last change has started is over. */
#define TOUCH_MS	1000

struct named {
	LIST_ENTRY(named)	 entry;
	struct board		*board;		/* NULL: it is gone */
	char			*name;
	struct config_tty	 whose;		/* as it was configured */
	struct tty		*tty;
};

struct ttys {
	struct watcher		 watcher;	/* must be first */
	struct event_base	*base;
	struct boards		*boards;
	const struct config	*config;
	char			*folder;	/* NULL: there are none */
	LIST_HEAD(, named)	 list;
	struct event		*touch, *reap;
};

/* ------------------------------------------------------------------- names */

static void
ttys_path(const struct ttys *ts, const char *dot, const char *name, char *path,
    size_t size)
{
	snprintf(path, size, "%s/%s%s", ts->folder, dot, name);
}

static void
ttys_changed(struct ttys *ts)
{
	struct timeval	tv = { TOUCH_MS / 1000, TOUCH_MS % 1000 * 1000 };

	event_add(ts->touch, &tv);
}

static void
ttys_touch_cb(evutil_socket_t fd, short what, void *arg)
{
	struct ttys	*ts = arg;

	(void)fd, (void)what;
	(void)utimensat(AT_FDCWD, ts->folder, NULL, 0);
}

/* In one step, so that nobody finds it missing. */
static void
named_link(struct ttys *ts, const struct named *n)
{
	char	path[4096], new[4096];

	ttys_path(ts, "", n->name, path, sizeof path);
	ttys_path(ts, ".", n->name, new, sizeof new);	/* no board's name */
	(void)unlink(new);
	if (symlink(tty_path(n->tty), new) < 0 || rename(new, path) < 0)
		log_warn("cannot name %s as %s: %s", tty_path(n->tty), path,
		    strerror(errno));
	ttys_changed(ts);
}

static void
named_unlink(struct ttys *ts, const struct named *n)
{
	char	path[4096];

	ttys_path(ts, "", n->name, path, sizeof path);
	(void)unlink(path);
	ttys_changed(ts);
}

/* Names are made in it, and nobody else is to make any. */
static int
ttys_make_folder(const char *folder)
{
	struct stat	st;

	if (mkdir(folder, 0755) == 0)
		return chmod(folder, 0755) < 0 ? -errno : 0;
	if (errno != EEXIST)
		return -errno;
	if (lstat(folder, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return -EEXIST;
	return 0;
}

/* -------------------------------------------------------------- one of them */

static struct named *
ttys_find(const struct ttys *ts, const struct board *b)
{
	struct named	*n;

	LIST_FOREACH(n, &ts->list, entry)
		if (n->board == b)
			return n;
	return NULL;
}

static void
named_renewed(void *arg, struct tty *tty)
{
	struct ttys	*ts = arg;
	struct named	*n;

	LIST_FOREACH(n, &ts->list, entry)
		if (n->tty == tty && n->board != NULL)
			named_link(ts, n);
}

static void
named_destroy(struct named *n)
{
	LIST_REMOVE(n, entry);
	tty_destroy(n->tty);
	free(n->name);
	free(n);
}

/* The loop destroys it: its board may be about to tell it something. */
static void
ttys_drop(struct ttys *ts, struct named *n)
{
	named_unlink(ts, n);
	n->board = NULL;
	event_active(ts->reap, EV_TIMEOUT, 0);
}

static void
ttys_reap_cb(evutil_socket_t fd, short what, void *arg)
{
	struct ttys	*ts = arg;
	struct named	*n, *next;

	(void)fd, (void)what;
	for (n = LIST_FIRST(&ts->list); n != NULL; n = next) {
		next = LIST_NEXT(n, entry);
		if (n->board == NULL)
			named_destroy(n);
	}
}

static void
ttys_add(struct ttys *ts, struct board *b, const struct config_tty *whose)
{
	struct tty	*tty = tty_create(ts->base, ts->boards, b, whose->group,
			    named_renewed, ts);
	struct named	*n;

	/* A picod of one's own is in no group that matters. */
	if (tty == NULL && errno == EPERM && whose->who == CONFIG_TTY_USUAL)
		tty = tty_create(ts->base, ts->boards, b, PTY_NO_GROUP,
		    named_renewed, ts);
	if (tty == NULL) {
		log_warn_about(&(struct log_about){ .board = board_name(b) },
		    "board %s has no port of picod's own: %s", board_name(b),
		    errno == EPERM ? "picod is not in the group that it is for" :
		    strerror(errno));
		return;
	}
	n = xcalloc(1, sizeof *n);
	n->board = b;
	n->name = xstrdup(board_name(b));
	n->whose = *whose;
	n->tty = tty;
	LIST_INSERT_HEAD(&ts->list, n, entry);
	named_link(ts, n);
}

/* As the configuration and the board's state have it now. */
static void
ttys_look(struct ttys *ts, struct board *b)
{
	struct config_tty	 whose;
	struct named		*n = ttys_find(ts, b);
	bool			 wanted;

	wanted = board_state(b) != BOARD_UNCLAIMED &&
	    config_tty(ts->config, board_name(b), &whose);
	if (n != NULL && (!wanted || n->whose.who != whose.who ||
	    n->whose.group != whose.group)) {
		ttys_drop(ts, n);
		n = NULL;
	}
	if (n == NULL && wanted)
		ttys_add(ts, b, &whose);
}

/* ------------------------------------------------------------------ boards */

static void
ttys_notice(struct watcher *w, struct board *b, const struct board_notice *notice)
{
	if (notice->kind == NOTICE_STATE && (notice->was == BOARD_UNCLAIMED ||
	    notice->state == BOARD_UNCLAIMED))
		ttys_look((struct ttys *)w, b);
}

static void
ttys_added(struct watcher *w, struct board *b)
{
	ttys_look((struct ttys *)w, b);
}

static void
ttys_removed(struct watcher *w, struct board *b)
{
	struct ttys	*ts = (struct ttys *)w;
	struct named	*n = ttys_find(ts, b);

	if (n != NULL)
		ttys_drop(ts, n);
}

void
ttys_reload(struct ttys *ts)
{
	struct board	*b;
	size_t		 i;

	for (i = 0; ts->folder != NULL &&
	    (b = boards_get(ts->boards, i)) != NULL; i++)
		ttys_look(ts, b);
}

struct ttys *
ttys_create(struct event_base *base, struct boards *boards,
    const struct config *config, const char *folder)
{
	struct ttys	*ts = xcalloc(1, sizeof *ts);
	int		 error = ttys_make_folder(folder);

	ts->base = base;
	ts->boards = boards;
	ts->config = config;
	LIST_INIT(&ts->list);
	if (error < 0) {
		log_warn("there are no ports of picod's own: %s: %s", folder,
		    error == -EEXIST ? "this is no folder of picod's alone" :
		    strerror(-error));
		return ts;
	}
	ts->folder = xstrdup(folder);
	ts->touch = evtimer_new(base, ttys_touch_cb, ts);
	ts->reap = evtimer_new(base, ttys_reap_cb, ts);
	ts->watcher = (struct watcher){ .notice = ttys_notice,
	    .added = ttys_added, .removed = ttys_removed };
	boards_watch(boards, &ts->watcher);
	ttys_reload(ts);
	return ts;
}

void
ttys_destroy(struct ttys *ts)
{
	struct named	*n;

	if (ts == NULL)
		return;
	if (ts->folder != NULL) {
		boards_unwatch(&ts->watcher);
		while ((n = LIST_FIRST(&ts->list)) != NULL) {
			if (n->board != NULL)
				named_unlink(ts, n);
			named_destroy(n);
		}
		(void)rmdir(ts->folder);
		event_free(ts->touch);
		event_free(ts->reap);
	}
	free(ts->folder);
	free(ts);
}

bool
ttys_tell(const struct ttys *ts, const struct board *b, bool who,
    struct tty_facts *facts)
{
	const struct named	*n = ts == NULL ? NULL : ttys_find(ts, b);
	struct holder		 holder;

	if (n == NULL)
		return false;
	*facts = (struct tty_facts){ .open = tty_is_open(n->tty),
	    .note = tty_note(n->tty) };
	ttys_path(ts, "", n->name, facts->path, sizeof facts->path);
	if (who && facts->open && holder_find(tty_path(n->tty), 0, &holder) == 0) {
		facts->pid = holder.pid;
		snprintf(facts->program, sizeof facts->program, "%s",
		    holder.program);
	}
	return true;
}
