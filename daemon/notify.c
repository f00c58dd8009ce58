/* SPDX-License-Identifier: MIT */
/*
 * The service manager's view of picod: sd_notify(3).
 *
 * The watchdog is fed by a timer of the very loop that serves clients and
 * boards, twice in each period, and by nothing else: a loop that hangs feeds
 * nobody, and systemd starts picod anew.  The status line is told a moment after
 * something changed, so that a hundred clients a second cost four messages, and
 * an idle picod sends none.
 */
#include "notify.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/boards/boards.h"
#include "daemon/server/server.h"

#define STATUS_DELAY_MS	250
#define STATUS_SIZE	80

struct notify {
	struct watcher	 watcher;	/* of all boards; must be first */
	struct boards	*boards;
	struct server	*server;
	struct event	*watchdog;	/* NULL where nobody watches */
	struct event	*status;
	char		 told[STATUS_SIZE];
};

static void
notify_count(char *text, size_t size, const char *what, size_t n)
{
	snprintf(text, size, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

/* "3 boards, 5 clients", or "3 boards (1 absent), 5 clients". */
static void
notify_describe(const struct notify *n, char *text, size_t size)
{
	struct board	*b;
	size_t		 i, absent = 0;
	char		 boards[32], clients[32], away[32] = "";

	for (i = 0; (b = boards_get(n->boards, i)) != NULL; i++)
		absent += board_state(b) == BOARD_ABSENT;
	if (absent > 0)
		snprintf(away, sizeof away, " (%zu absent)", absent);
	notify_count(boards, sizeof boards, "board", i);
	notify_count(clients, sizeof clients, "client",
	    server_count(n->server));
	snprintf(text, size, "%s%s, %s", boards, away, clients);
}

static void
notify_status_cb(evutil_socket_t fd, short what, void *arg)
{
	struct notify	*n = arg;
	char		 text[STATUS_SIZE];

	(void)fd, (void)what;
	notify_describe(n, text, sizeof text);
	if (strcmp(text, n->told) == 0)
		return;
	strcpy(n->told, text);
	sd_notifyf(0, "STATUS=%s", text);
}

static void
notify_changed(void *arg)
{
	struct notify	*n = arg;
	struct timeval	 tv = { 0, STATUS_DELAY_MS * 1000 };

	if (!event_pending(n->status, EV_TIMEOUT, NULL))
		event_add(n->status, &tv);
}

static void
notify_notice(struct watcher *w, struct board *b,
    const struct board_notice *notice)
{
	(void)b;
	if (notice->kind == NOTICE_STATE)
		notify_changed(w);
}

static void
notify_removed(struct watcher *w, struct board *b)
{
	(void)b;
	notify_changed(w);
}

static void
notify_watchdog_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	sd_notify(0, "WATCHDOG=1");
}

static void
notify_start_watchdog(struct notify *n, struct event_base *base)
{
	uint64_t	us;
	struct timeval	tv;

	if (sd_watchdog_enabled(0, &us) <= 0)
		return;
	tv.tv_sec = (time_t)(us / 2 / 1000000);
	tv.tv_usec = (suseconds_t)(us / 2 % 1000000);
	n->watchdog = event_new(base, -1, EV_PERSIST, notify_watchdog_cb, n);
	event_add(n->watchdog, &tv);
}

struct notify *
notify_create(struct event_base *base, struct boards *boards,
    struct server *server)
{
	struct notify	*n = xcalloc(1, sizeof *n);
	int		 error;

	n->boards = boards;
	n->server = server;
	n->watcher.notice = notify_notice;
	n->watcher.removed = notify_removed;
	boards_watch(boards, &n->watcher);
	server_tell(server, notify_changed, n);
	n->status = evtimer_new(base, notify_status_cb, n);
	notify_start_watchdog(n, base);
	notify_describe(n, n->told, sizeof n->told);
	error = sd_notifyf(0, "READY=1\nSTATUS=%s", n->told);
	if (error < 0) {	/* or it would wait, and then kill us */
		log_error("cannot tell systemd that picod is ready: %s",
		    strerror(-error));
		notify_destroy(n);
		return NULL;
	}
	return n;
}

void
notify_destroy(struct notify *n)
{
	if (n == NULL)
		return;
	boards_unwatch(&n->watcher);
	server_tell(n->server, NULL, NULL);
	if (n->watchdog != NULL)
		event_free(n->watchdog);
	event_free(n->status);
	free(n);
}

void
notify_reloading(struct notify *n)
{
	struct timespec	now;

	(void)n;
	clock_gettime(CLOCK_MONOTONIC, &now);
	/* sd_notify(3): this is how systemd tells one reload from another. */
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
	    (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

void
notify_reloaded(struct notify *n)
{
	notify_describe(n, n->told, sizeof n->told);
	sd_notifyf(0, "READY=1\nSTATUS=%s", n->told);
}

void
notify_stopping(struct notify *n)
{
	(void)n;
	sd_notify(0, "STOPPING=1\nSTATUS=leaving the boards");
}
