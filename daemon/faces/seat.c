/* SPDX-License-Identifier: MIT */
/*
 * Between a face, which knows no board, and a board, which knows no face: jobs
 * become requests, what happens on the board is told to the face.
 *
 * A job that outlives its tool is the board's own program from then on: see
 * board_abandon().  A face that has a will is at a board that it holds.
 */
#include "seat.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "protocol/face.h"

/* What has a raw text mark its end; its lines keep their numbers. */
static const char	mark[] =
    "\n__import__('builtins').print('\\x1e',end='')";

struct seat {
	struct watcher		 watcher;	/* must be first */
	struct boards		*boards;
	struct board		*board;
	struct client		 client;
	char			 token[REQUEST_TOKEN_SIZE];
	const struct seat_ops	*ops;
	void			*arg;
	struct face		*face;
	const char		*language;	/* it is of that */
	struct asker		*asker;		/* of the job, or NULL */
	bool			 holds;		/* the token is of its own hold */
	char			*text;		/* of the job, which waits for that */
	size_t			 len;
	bool			 statement;	/* behind which more may be pasted */
	struct event		*ahead;		/* what is, is its input from then on */
	bool			 blocked;	/* the face took no more */
};

/* Passes on what the face has to say. */
static void
seat_pump(struct seat *s)
{
	const uint8_t	*bytes;
	size_t		 len = face_output(s->face, &bytes);

	if (len > 0)
		s->ops->bytes(s->arg, bytes, len);
	face_sent(s->face, len);
}

static bool
seat_is_full(const struct seat *s)
{
	return s->ops->full != NULL && s->ops->full(s->arg);
}

static void
seat_input(struct seat *s, const struct face_event *event)
{
	if (event->type == FACE_INPUT && s->asker != NULL)
		unit_input(s->board, s->asker->request, event->data,
		    event->len);
}

/* ---------------------------------------------------------------- its job */

static bool
seat_output(struct asker *asker)
{
	struct seat	*s = asker->arg;
	size_t		 len = evbuffer_get_length(asker->output);

	face_print(s->face, evbuffer_pullup(asker->output, -1), len);
	evbuffer_drain(asker->output, len);
	seat_pump(s);
	return !seat_is_full(s);
}

static enum face_end
seat_end(const struct request_result *result)
{
	switch (result->error) {
	case ERROR_NONE: return FACE_DONE;
	case ERROR_STATEMENT_FAILED: return FACE_RAISED;
	case ERROR_INTERRUPTED: return FACE_INTERRUPTED;
	case ERROR_COMMAND_REJECTED: return FACE_REJECTED;
	default: return FACE_FAILED;
	}
}

/* What the face did not take meanwhile, it takes now. */
static void
seat_go_on(struct seat *s)
{
	uint8_t	late[FACE_LATE];
	size_t	len = face_late(s->face, late);
	bool	blocked = s->blocked;

	s->blocked = false;
	if (len > 0)
		seat_typed(s, late, len);
	if (blocked)
		s->ops->room(s->arg);
	else if (seat_is_idle(s))
		s->ops->idle(s->arg);
}

/* A board that is in picod's hands says no more by itself. */
static void
seat_see_taken(struct seat *s)
{
	enum board_state	state = s->board == NULL ? BOARD_ABSENT :
	    board_state(s->board);

	if (state == BOARD_BUSY || state == BOARD_READY ||
	    state == BOARD_RECOVERING)
		face_taken(s->face);
}

/* Others may use the board again. */
static void
seat_release(struct seat *s, bool lost)
{
	if (!s->holds)
		return;
	s->holds = false;
	if (s->board != NULL)
		unit_release(s->board, s->token, lost);
	s->token[0] = '\0';
}

static void
seat_finish(struct asker *asker, const struct request_result *result)
{
	struct seat	*s = asker->arg;
	enum face_end	 end = seat_end(result);
	size_t		 len = evbuffer_get_length(asker->output);

	s->asker = NULL;
	s->statement = false;
	event_del(s->ahead);
	face_print(s->face, evbuffer_pullup(asker->output, -1), len);
	if (end == FACE_FAILED)
		face_ended(s->face, end, result->message,
		    strlen(result->message));
	else
		face_ended(s->face, end, result->traceback,
		    result->traceback_len);
	if (face_will(s->face) == NULL)
		seat_release(s, false);
	seat_see_taken(s);
	seat_pump(s);
	seat_go_on(s);
}

static const struct request_sink seat_sink = { seat_output, NULL, seat_finish };

static void
seat_submit(struct seat *s, enum request_kind kind,
    const struct request_sink *sink, const void *text, size_t len)
{
	struct request	*r = request_create(kind, NULL, NULL, &s->client, text,
			    len);

	strcpy(r->token, s->token);
	r->wait_given = true;	/* a tool waits for its board */
	s->asker = request_join(r, sink, s);
	unit_submit(s->board, r);
}

/* A text that is carried out as it is, and says its own end. */
static void
seat_submit_own(struct seat *s, const void *text, size_t len)
{
	char	*own = xmalloc(len + sizeof mark);

	memcpy(own, text, len);
	memcpy(own + len, mark, sizeof mark);
	seat_submit(s, REQUEST_AS_IS, &seat_sink, own, len + sizeof mark - 1);
	free(own);
}

static void
seat_granted(struct asker *asker, const struct request_result *result)
{
	struct seat	*s = asker->arg;
	char		*text = s->text;

	s->text = NULL;
	if (result->error != ERROR_NONE) {
		seat_finish(asker, result);
	} else {
		strcpy(s->token, asker->request->token);
		s->holds = true;
		seat_submit_own(s, text, s->len);
	}
	free(text);
}

/* The job's turn comes with a hold. */
static void
seat_hold(struct seat *s, const struct face_event *event)
{
	static const struct request_sink	sink = { NULL, NULL, seat_granted };
	const char				*will = face_will(s->face);

	s->text = xmalloc(event->len);
	memcpy(s->text, event->data, event->len);
	s->len = event->len;
	seat_submit(s, REQUEST_HOLD, &sink, will, strlen(will));
}

/* A tool that was started within somebody's hold has that. */
static void
seat_job(struct seat *s, const struct face_event *event)
{
	if (face_will(s->face) != NULL && s->token[0] == '\0')
		seat_hold(s, event);
	else
		seat_submit_own(s, event->data, event->len);
}

/* A Tab waits for nobody, and stops no program that the board began by itself. */
static void
seat_complete(struct seat *s, const struct face_event *event)
{
	if (board_state(s->board) == BOARD_READY)
		seat_submit_own(s, event->data, event->len);
	else
		face_ended(s->face, FACE_FAILED, "", 0);
}

/* Only what is its own: somebody else's is not touched. */
static void
seat_stop(struct seat *s)
{
	const struct asker	*a = s->asker;

	if (a != NULL)
		unit_cancel(s->board, a->request->id);
}

static void
seat_act(struct seat *s, const struct face_event *event)
{
	switch (event->type) {
	case FACE_JOB:
		seat_job(s, event);
		break;
	case FACE_COMPLETE:
		seat_complete(s, event);
		break;
	case FACE_STATEMENT:
		s->statement = true;
		seat_submit(s, REQUEST_RUN, &seat_sink, event->data, event->len);
		break;
	case FACE_RESET:
		seat_submit(s, REQUEST_SOFT_RESET, &seat_sink, NULL, 0);
		break;
	case FACE_STOP:
		seat_stop(s);
		break;
	case FACE_FLASH:
		if (s->ops->flash != NULL)
			s->ops->flash(s->arg);
		break;
	default:
		seat_input(s, event);
	}
}

size_t
seat_typed(struct seat *s, const void *bytes, size_t len)
{
	struct face_event	event;
	size_t			n, off = 0;

	while (off < len) {
		n = face_feed(s->face, (const uint8_t *)bytes + off, len - off,
		    &event);
		off += n;
		seat_act(s, &event);
		seat_pump(s);
		s->blocked = n == 0 && event.type == FACE_NONE;
		if (s->blocked)
			break;
	}
	return off;
}

bool
seat_is_idle(const struct seat *s)
{
	return s->asker == NULL && !s->blocked;
}

/* -------------------------------------------------------------- the board */

static bool
seat_has_the_board(const struct seat *s)
{
	return s->asker != NULL && board_running(s->board) == s->asker->request;
}

/* A tool that a REPL may have is left alone when it turns out to be there. */
static const char *
seat_language(const struct seat *s)
{
	if (board_is_foreign(s->board))
		return "text";
	return strcmp(board_language(s->board), "piserial") == 0 ? "piserial" :
	    "repl";
}

/* What its face leaves to be done, before anybody else comes. */
static void
seat_clear_up(struct seat *s)
{
	const char	*will = face_will(s->face);
	struct request	*r;

	if (will != NULL && !s->holds && s->board != NULL) {
		r = request_create(REQUEST_RUN, NULL, NULL, &s->client, will,
		    strlen(will));
		r->rank = REQUEST_FIRST;
		strcpy(r->token, s->token);
		unit_submit(s->board, r);
	}
	seat_release(s, true);
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
	s->blocked = false;
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
	face_started(s->face, &event);
	seat_input(s, &event);
	seat_pump(s);
}

/* Its job is on the board. */
static void
seat_started(struct seat *s, struct face_event *event)
{
	struct timeval	tv = { 0, FACE_AHEAD_MS * 1000 };

	if (!s->statement)
		face_started(s->face, event);
	else if (!event_pending(s->ahead, EV_TIMEOUT, NULL))
		event_add(s->ahead, &tv);
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

	if (b == s->board) {
		s->board = NULL;
		s->ops->gone(s->arg);
	}
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

void
seat_destroy(struct seat *s)
{
	struct asker	*asker;

	if (s == NULL)
		return;
	asker = s->asker;
	s->asker = NULL;
	if (asker != NULL)
		unit_abandon(s->board, asker);
	seat_clear_up(s);
	free(s->text);
	boards_unwatch(&s->watcher);
	event_free(s->ahead);
	face_destroy(s->face);
	free(s);
}
