/* SPDX-License-Identifier: MIT */
/*
 * Between a face, which knows no board, and a board, which knows no face: what is
 * typed becomes jobs (see seat_job.c), what happens on the board is told to the face.
 */
#include "seat_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "protocol/limits.h"

static bool
seat_has_the_board(const struct seat *s)
{
	return s->asker != NULL && board_running(s->board) == s->asker->request;
}

/* A while, from the first of those who want it on. */
static void
seat_wait(struct seat *s)
{
	struct timeval	tv = { 0, FACE_AHEAD_MS * 1000 };

	if (!event_pending(s->ahead, EV_TIMEOUT, NULL))
		event_add(s->ahead, &tv);
}

/* Its job has so much input that the port is to take it first: see seat_go_on(). */
static bool
seat_is_fed(const struct seat *s)
{
	return seat_has_the_board(s) &&
	    board_input_waiting(s->board) >= LIMIT_INPUT;
}

/* How much of it the face has taken.  A job may be over right there. */
static size_t
seat_feed(struct seat *s, const uint8_t *bytes, size_t len)
{
	struct face_event	event = { .type = FACE_NONE };
	size_t			n = 1, off = 0;

	s->feeding = true;
	while (off < len && (n > 0 || event.type != FACE_NONE) &&
	    !seat_is_fed(s)) {
		n = face_feed(s->face, bytes + off, len - off, &event);
		off += n;
		seat_act(s, &event);
		seat_pump(s);
	}
	s->feeding = false;
	if (off < len && face_waits(s->face))
		seat_wait(s);
	return off;
}

/*
 * The face takes what it did not take before, which goes before all that is typed
 * now; of a job that is over, what was behind that first.
 */
static void
seat_take(struct seat *s, bool over)
{
	uint8_t	late[2 * FACE_LATE];
	size_t	n = over ? face_late(s->face, late) : 0, used;
	bool	blocked = s->blocked;

	memcpy(late + n, s->late, s->late_len);
	n += s->late_len;
	used = n == 0 ? 0 : seat_feed(s, late, n);
	s->late_len = n - used;
	assert(s->late_len <= sizeof s->late);
	memcpy(s->late, late + used, s->late_len);
	if (s->late_len > 0)
		return;
	s->blocked = false;
	if (blocked)
		s->ops->room(s->arg);
	else if (seat_is_idle(s))
		s->ops->idle(s->arg);
}

/* Its job is over, or takes more.  What is being fed just now goes on by itself. */
static void
seat_go_on(struct seat *s, bool over)
{
	if (!s->feeding)
		seat_take(s, over);
}

size_t
seat_typed(struct seat *s, const void *bytes, size_t len)
{
	size_t	off;

	if (s->board == NULL)	/* and the seat goes as soon as it can */
		return len;
	off = s->late_len > 0 || len == 0 ? 0 : seat_feed(s, bytes, len);
	s->blocked = off < len;
	return off;
}

size_t
seat_kept(const struct seat *s)
{
	return face_kept(s->face) + (s->text == NULL ? 0 : s->len) +
	    (s->asker == NULL ? 0 : s->asker->request->len);
}

bool
seat_is_idle(const struct seat *s)
{
	return s->asker == NULL && s->late_len == 0 && !s->blocked;
}

/* -------------------------------------------------------------- the board */

/* A tool that a REPL may have is left alone when it turns out to be there. */
static const char *
seat_language(const struct seat *s)
{
	if (board_is_foreign(s->board))
		return "text";
	return strcmp(board_language(s->board), "piserial") == 0 ? "piserial" :
	    "repl";
}

/* The face of the board's language, which may be known only later. */
static void
seat_set_face(struct seat *s)
{
	if (s->face != NULL)
		seat_clear_up(s);
	face_destroy(s->face);
	s->language = seat_language(s);
	s->face = xhave(face_create(s->language));
	s->blocked = s->owes = false;
	if (board_about(s->board) != NULL)
		face_set_about(s->face, board_about(s->board));
}

/* What was plugged in again has restarted, though nobody heard it. */
static bool
seat_is_restart(const struct board_notice *notice)
{
	return notice->kind == NOTICE_BOOT || (notice->kind == NOTICE_STATE &&
	    notice->was == BOARD_ABSENT && notice->state == BOARD_LISTENING);
}

static void
seat_ahead_cb(evutil_socket_t fd, short what, void *arg)
{
	struct seat		*s = arg;
	struct face_event	 event;

	(void)fd, (void)what;
	/* The board may be lost with it, its job be over, and who sits here leave. */
	s->feeding = true;
	face_started(s->face, &event);
	seat_input(s, &event);
	seat_pump(s);
	s->feeding = false;
	if (s->asker != NULL)
		face_waited(s->face);
	seat_take(s, s->asker == NULL);
}

/* Its job is on the board. */
static void
seat_started(struct seat *s, struct face_event *event)
{
	s->owes |= face_will(s->face) != NULL;
	if (!s->statement)
		face_started(s->face, event);
	else
		seat_wait(s);
}

static void
seat_notice(struct watcher *w, struct board *b,
    const struct board_notice *notice)
{
	struct seat		*s = (struct seat *)w;
	struct face_event	 event = { 0 };

	if (s->asker == NULL && strcmp(s->language, seat_language(s)) != 0)
		seat_set_face(s);
	if (board_about(b) != NULL)
		face_set_about(s->face, board_about(b));
	if (notice->kind == NOTICE_OUTPUT && !seat_is_full(s))
		face_heard(s->face, notice->bytes, notice->len);
	else if (seat_is_restart(notice) && s->asker == NULL)
		face_restarted(s->face);
	else if (notice->kind == NOTICE_STATE && notice->state == BOARD_BUSY &&
	    seat_has_the_board(s))
		seat_started(s, &event);
	if (notice->kind == NOTICE_STATE && s->asker == NULL)
		seat_see_taken(s);
	seat_input(s, &event);
	seat_pump(s);
}

static void
seat_removed(struct watcher *w, struct board *b)
{
	struct seat	*s = (struct seat *)w;

	(void)b;
	s->board = NULL;
	s->ops->gone(s->arg);
}

struct seat *
seat_create(struct boards *boards, struct board *b,
    const struct client *client, const char *token, const struct seat_ops *ops,
    void *arg)
{
	struct seat	*s = xcalloc(1, sizeof *s);

	s->boards = boards;
	s->board = b;
	s->client = *client;
	s->ops = ops;
	s->arg = arg;
	s->go_on = seat_go_on;
	if (strlen(token) < sizeof s->token)
		strcpy(s->token, token);
	s->ahead = xhave(evtimer_new(boards_base(boards), seat_ahead_cb, s));
	seat_set_face(s);
	s->watcher = (struct watcher){ .board = b, .notice = seat_notice,
	    .removed = seat_removed };
	boards_watch(boards, &s->watcher);
	return s;
}

void
seat_set_client(struct seat *s, const struct client *client)
{
	s->client = *client;
}

const struct board *
seat_board(const struct seat *s)
{
	return s->board;
}

/* It is told nothing more of its job. */
static void
seat_let_go(struct seat *s, void (*leave)(struct board *, struct asker *))
{
	struct asker	*asker = s->asker;

	s->asker = NULL;
	if (asker != NULL)
		leave(s->board, asker);
}

void
seat_withdraw(struct seat *s)
{
	seat_let_go(s, unit_withdraw);
}

void
seat_destroy(struct seat *s)
{
	if (s == NULL)
		return;
	boards_unwatch(&s->watcher);	/* nobody hears what comes of it */
	seat_let_go(s, unit_abandon);
	seat_clear_up(s);
	free(s->text);
	event_free(s->ahead);
	face_destroy(s->face);
	free(s);
}
