/* SPDX-License-Identifier: MIT */
/*
 * The list of boards, and those who watch them.
 */
#include "boards.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/port/path_watch.h"
#include "protocol/limits.h"

/* How long the boards are given to be left when picod ends. */
#define LEAVE_MS	3000

struct boards {
	struct event_base	*base;
	struct path_watcher	*watcher;
	struct unit		*units[LIMIT_BOARDS];
	size_t			 count;
	uint64_t		 last_number;
	uint64_t		 last_piece;	/* on any tape */
	LIST_HEAD(, watcher)	 watchers;
	struct event		*leave_timer;
	void			(*left)(void *);
	void			*left_arg;
	void			(*unkept)(void *);
	void			*unkept_arg;
};

static void
boards_check_left(void *arg)
{
	struct boards	*bs = arg;
	size_t	i;
	void	(*left)(void *) = bs->left;

	if (left == NULL)
		return;
	for (i = 0; i < bs->count; i++)
		if (!board_left(unit_board(bs->units[i])))
			return;
	bs->left = NULL;
	left(bs->left_arg);
}

/* Puts it on the board's tape, with all that will not be so any more later. */
static void
boards_record(struct boards *bs, struct board *b, struct board_notice notice)
{
	const struct request	*running = board_running(b);
	struct timespec		 now;

	clock_gettime(CLOCK_REALTIME, &now);
	notice.number = ++bs->last_piece;
	notice.time_us = (uint64_t)now.tv_sec * 1000000 +
	    (uint64_t)now.tv_nsec / 1000;
	notice.boot = board_boot(b);
	if (notice.kind == NOTICE_TRACE && running != NULL) {
		notice.client = &running->client;
		notice.request = running->id;
	}
	tape_add(board_tape(b), &notice);
}

static bool
watcher_sees(const struct watcher *w, const struct board *b)
{
	return w->board == NULL || w->board == b;
}

static void
boards_tell(void *arg, struct board *board, const struct board_notice *notice)
{
	struct boards	*bs = arg;
	struct watcher	*w, *next;

	if (tape_is_read(board_tape(board), notice->kind))
		boards_record(bs, board, *notice);
	else if (notice->kind == NOTICE_TRACE)
		return;
	for (w = LIST_FIRST(&bs->watchers); w != NULL; w = next) {
		next = LIST_NEXT(w, entry);
		if (watcher_sees(w, board) &&
		    (w->trace || notice->kind != NOTICE_TRACE))
			w->notice(w, board, notice);
	}
}

static const struct unit_handler boards_unit_handler = {
	.notice = boards_tell,
	.left = boards_check_left,
};

struct event_base *
boards_base(const struct boards *bs)
{
	return bs->base;
}

struct boards *
boards_create(struct event_base *base)
{
	struct boards	*bs = xcalloc(1, sizeof *bs);

	bs->base = base;
	LIST_INIT(&bs->watchers);
	bs->watcher = path_watcher_create(base);
	return bs;
}

void
boards_destroy(struct boards *bs)
{
	if (bs == NULL)
		return;
	while (!LIST_EMPTY(&bs->watchers))
		boards_unwatch(LIST_FIRST(&bs->watchers));
	while (bs->count > 0)	/* who asks meanwhile finds only the others */
		unit_destroy(bs->units[--bs->count]);
	if (bs->leave_timer != NULL)
		event_free(bs->leave_timer);
	path_watcher_destroy(bs->watcher);
	free(bs);
}

/* Makes room: the board that nobody misses and was seen longest ago goes. */
static int
boards_forget(struct boards *bs)
{
	struct unit	*oldest = NULL;
	size_t		 i;

	for (i = 0; i < bs->count; i++)
		if (unit_is_forgettable(bs->units[i]) && (oldest == NULL ||
		    unit_seen(bs->units[i]) < unit_seen(oldest)))
			oldest = bs->units[i];
	if (oldest == NULL)
		return -ENOSPC;
	log_debug("board %s is forgotten, for there are %d already",
	    board_name(unit_board(oldest)), LIMIT_BOARDS);
	boards_remove(bs, unit_board(oldest));
	return 0;
}

int
boards_add(struct boards *bs, const struct board_config *config)
{
	struct unit	*u;
	struct watcher	*w, *next;
	int		 error;

	if (boards_find(bs, config->name) != NULL)
		return -EEXIST;
	if (bs->count == LIMIT_BOARDS && boards_forget(bs) < 0)
		return -ENOSPC;
	u = unit_create(bs->base, bs->watcher, config, ++bs->last_number,
	    &boards_unit_handler, bs);
	bs->units[bs->count++] = u;
	for (w = LIST_FIRST(&bs->watchers); w != NULL; w = next) {
		next = LIST_NEXT(w, entry);
		if (w->added != NULL)
			w->added(w, unit_board(u));
	}
	error = unit_start(u, config);
	if (error < 0)
		boards_remove(bs, unit_board(u));
	return error;
}

static size_t
boards_index(const struct boards *bs, const struct board *b)
{
	size_t	i;

	for (i = 0; unit_board(bs->units[i]) != b; i++)
		assert(i < bs->count);
	return i;
}

/* One that has not been told yet that the board goes, or NULL. */
static struct watcher *
boards_untold(struct boards *bs, const struct board *b)
{
	struct watcher	*w;

	LIST_FOREACH(w, &bs->watchers, entry)
		if (watcher_sees(w, b) && w->lost != board_number(b))
			break;
	return w;
}

/* Who is told may end, and others with him: a connection that had more boards. */
void
boards_remove(struct boards *bs, struct board *b)
{
	size_t		 i = boards_index(bs, b);
	struct unit	*u = bs->units[i];
	struct watcher	*w;

	bs->units[i] = bs->units[--bs->count];
	unit_end(u);
	while ((w = boards_untold(bs, b)) != NULL) {
		w->lost = board_number(b);
		if (w->board == b)	/* another one may lie there soon */
			boards_unwatch(w);
		if (w->removed != NULL)
			w->removed(w, b);
	}
	unit_destroy(u);
}

void
boards_keep(struct boards *bs, struct board *b)
{
	unit_keep(bs->units[boards_index(bs, b)]);
}

void
boards_unkeep(struct boards *bs, struct board *b)
{
	unit_unkeep(bs->units[boards_index(bs, b)]);
	if (bs->unkept != NULL)
		bs->unkept(bs->unkept_arg);
}

bool
boards_is_kept(const struct boards *bs, const struct board *b)
{
	return unit_is_kept(bs->units[boards_index(bs, b)]);
}

bool
boards_is_configured(const struct boards *bs, const struct board *b)
{
	return unit_is_configured(bs->units[boards_index(bs, b)]);
}

bool
boards_is_forgettable(const struct boards *bs, const struct board *b)
{
	return unit_is_forgettable(bs->units[boards_index(bs, b)]);
}

void
boards_tell_unkept(struct boards *bs, void (*unkept)(void *), void *arg)
{
	bs->unkept = unkept;
	bs->unkept_arg = arg;
}

int
boards_plug(struct boards *bs, struct board *b, const char *port,
    const struct board_usb *usb)
{
	return unit_plug(bs->units[boards_index(bs, b)], port, usb);
}

int
boards_change(struct boards *bs, struct board *b,
    const struct board_config *config)
{
	return unit_change(bs->units[boards_index(bs, b)], config);
}

void
boards_set_baud(struct boards *bs, struct board *b, unsigned baud)
{
	unit_set_baud(bs->units[boards_index(bs, b)], baud);
}

void
boards_unplug(struct boards *bs, struct board *b, const char *reason)
{
	unit_unplug(bs->units[boards_index(bs, b)], reason);
}

uint64_t
boards_seen(const struct boards *bs, const struct board *b)
{
	return unit_seen(bs->units[boards_index(bs, b)]);
}

bool
boards_is_becoming(const struct boards *bs, const struct board *b)
{
	return unit_is_becoming(bs->units[boards_index(bs, b)]);
}

struct board *
boards_get(struct boards *bs, size_t i)
{
	return i < bs->count ? unit_board(bs->units[i]) : NULL;
}

size_t
boards_count(const struct boards *bs)
{
	return bs->count;
}

/* The board at that port: one that has it, or else one that had it. */
static struct board *
boards_find_port(struct boards *bs, const char *port)
{
	struct board	*b, *absent = NULL;
	size_t		 i;

	for (i = 0; (b = boards_get(bs, i)) != NULL; i++) {
		if (strcmp(board_port(b), port) != 0)
			continue;
		if (unit_is_there(bs->units[i]))
			return b;
		absent = b;
	}
	return absent;
}

struct board *
boards_find(struct boards *bs, const char *name)
{
	struct board	*b;
	size_t		 i;

	for (i = 0; (b = boards_get(bs, i)) != NULL; i++)
		if (strcmp(board_name(b), name) == 0)
			return b;
	return boards_find_port(bs, name);
}

struct board *
boards_numbered(struct boards *bs, uint64_t number)
{
	size_t	i;

	for (i = 0; i < bs->count; i++)
		if (board_number(unit_board(bs->units[i])) == number)
			return unit_board(bs->units[i]);
	return NULL;
}

void
boards_watch(struct boards *bs, struct watcher *w)
{
	LIST_INSERT_HEAD(&bs->watchers, w, entry);
}

void
boards_unwatch(struct watcher *w)
{
	if (w->entry.le_prev == NULL)
		return;		/* the boards went first */
	LIST_REMOVE(w, entry);
	w->entry.le_prev = NULL;
}

static void
boards_leave_cb(evutil_socket_t fd, short what, void *arg)
{
	struct boards	*bs = arg;
	void		(*left)(void *) = bs->left;

	(void)fd, (void)what;
	bs->left = NULL;
	if (left != NULL)
		left(bs->left_arg);
}

void
boards_leave(struct boards *bs, void (*left)(void *), void *arg)
{
	struct timeval	tv = { LEAVE_MS / 1000, LEAVE_MS % 1000 * 1000 };
	size_t		i;

	bs->left = left;
	bs->left_arg = arg;
	bs->leave_timer = evtimer_new(bs->base, boards_leave_cb, bs);
	if (bs->leave_timer != NULL)
		event_add(bs->leave_timer, &tv);
	for (i = 0; i < bs->count; i++)
		unit_leave(unit_board(bs->units[i]));
	boards_check_left(bs);
}
