/* SPDX-License-Identifier: MIT */
/*
 * What a face wants of its board becomes a request, and how that ends is told to it.
 *
 * A job that outlives its tool is the board's own program from then on: see
 * board_abandon().  A face that has a will is at a board that it holds.
 */
#include "seat_private.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"

/* What has a raw text mark its end; its lines keep their numbers. */
static const char	mark[] =
    "\n__import__('builtins').print('\\x1e',end='')";

/* Passes on what the face has to say. */
void
seat_pump(struct seat *s)
{
	const uint8_t	*bytes;
	size_t		 len = face_output(s->face, &bytes);

	if (len > 0)
		s->ops->bytes(s->arg, bytes, len);
	face_sent(s->face, len);
}

bool
seat_is_full(const struct seat *s)
{
	return s->ops->full != NULL && s->ops->full(s->arg);
}

void
seat_input(struct seat *s, const struct face_event *event)
{
	if (event->type == FACE_INPUT && s->asker != NULL)
		unit_input(s->board, s->asker->request, event->data,
		    event->len);
}

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

/* A board that is in picod's hands says no more by itself. */
void
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
	if (face_will(s->face) == NULL) {
		s->owes = false;
		seat_release(s, false);
	}
	seat_see_taken(s);
	seat_pump(s);
	s->go_on(s, true);
}

static void
seat_fed(struct asker *asker)
{
	struct seat	*s = asker->arg;

	s->go_on(s, false);
}

static const struct request_sink seat_sink = {
	.output = seat_output, .finish = seat_finish, .fed = seat_fed,
};

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
	static const struct request_sink	sink = {
		.finish = seat_granted,
	};
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

void
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

void
seat_clear_up(struct seat *s)
{
	const char	*will = face_will(s->face);
	struct request	*r;

	if (will != NULL && s->owes && !s->holds && s->board != NULL) {
		r = request_create(REQUEST_RUN, NULL, NULL, &s->client, will,
		    strlen(will));
		r->rank = REQUEST_FIRST;
		strcpy(r->token, s->token);
		unit_submit(s->board, r);
	}
	seat_release(s, true);
}
