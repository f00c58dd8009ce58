/* SPDX-License-Identifier: MIT */
/*
 * A call with "more" gets its output in pieces: at each end of a line, when much
 * has come, or a moment after the last byte.  A piece for every read would be
 * one for every few bytes of a slow board.  Before that, it is told now and then
 * what it waits for: if that takes long enough for a person to wonder, and again
 * when it is something else.
 *
 * No board waits for a client.  What he has not read yet stays with the request,
 * and when that is over, with the call, whose end comes behind it.
 */
#include "task.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "context.h"
#include "daemon/base/clock.h"
#include "daemon/base/memory.h"
#include "daemon/boards/boards.h"
#include "method.h"
#include "protocol/limits.h"
#include "protocol/text.h"

/* A line without an end is shown after this long. */
#define PIECE_DELAY_MS	10
#define PIECE_SIZE	4096

/* Of one reply, in bytes of output. */
#define PIECE_MAX	(64 * 1024)

/* How often it is looked at what a request waits for. */
#define WAITING_S	2

/* A call that waits for its request. */
struct task {
	struct call	*call;
	struct board	*board;
	struct asker	*asker;		/* NULL: the request is over, */
	struct evbuffer	*rest;		/* and this is still to be said, */
	uint64_t	 boot;		/* of the boot that printed it, */
	json_t		*end;		/* before these are its answer */
	enum error_code	 error;
	char		*message;
	struct event	*piece;		/* sends one; NULL without "more" */
	struct event	*waiting;	/* looks what for; likewise */
	json_t		*told;		/* what for, as it was told last */
	bool		 numbers;	/* its number is to be told */
};

static void
task_destroy(struct task *t)
{
	if (t->piece != NULL)
		event_free(t->piece);
	if (t->waiting != NULL)
		event_free(t->waiting);
	if (t->rest != NULL)
		evbuffer_free(t->rest);
	json_decref(t->end);
	json_decref(t->told);
	free(t->message);
	free(t);
}

/* What a request that does not run waits for. */
static json_t *
task_waiting(const struct task *t)
{
	const struct board	*b = t->board;
	const struct request	*r, *running = board_running(b);
	json_t			*json;
	int			 before = 0;

	for (r = board_request(b, NULL); r != NULL && r != t->asker->request;
	    r = board_request(b, r))
		before += r != running;
	json = json_pack("{s:s, s:s, s:i}", "board", board_name(b), "state",
	    board_state_name(board_state(b)), "before", before);
	if (board_holder(b) != NULL)
		json_object_set_new(json, "holder",
		    method_client_json(board_holder(b)));
	if (running != NULL)
		json_object_set_new(json, "running",
		    method_client_json(&running->client));
	return json;
}

/* Says what for, if that is something else than was told. */
static void
task_tell_waiting(struct task *t)
{
	json_t	*waiting = task_waiting(t);

	if (json_equal(waiting, t->told)) {
		json_decref(waiting);
		return;
	}
	json_decref(t->told);
	t->told = waiting;
	call_continue(t->call, json_pack("{s:s, s:I, s:O}", "output", "", "boot",
	    (json_int_t)board_boot(t->board), "waiting", waiting));
}

static void
task_waiting_cb(evutil_socket_t fd, short what, void *arg)
{
	struct task	*t = arg;
	struct timeval	 tv = { WAITING_S, 0 };

	(void)fd, (void)what;
	if (board_running(t->board) == t->asker->request)
		return;
	if (!call_is_full(t->call))
		task_tell_waiting(t);
	event_add(t->waiting, &tv);
}

/* What was printed and not said yet. */
static struct evbuffer *
task_printed(const struct task *t)
{
	return t->rest != NULL ? t->rest : t->asker->output;
}

/* That printed it.  When the request is over, the board may be gone, too. */
static json_int_t
task_boot(const struct task *t)
{
	return (json_int_t)(t->asker == NULL ? t->boot : board_boot(t->board));
}

/* Sends the first len bytes of the output as a piece. */
static void
task_send_piece(struct task *t, size_t len)
{
	struct evbuffer	*output = task_printed(t);
	json_t		*json;

	if (len == 0)
		return;
	json = json_pack("{s:I}", "boot", task_boot(t));
	answer_set_output(json, (char *)evbuffer_pullup(output, (ev_ssize_t)len),
	    len);
	evbuffer_drain(output, len);
	call_continue(t->call, json);
}

/* How much of it goes next: lines, or what stood there for a while or is much. */
static size_t
task_piece(const struct task *t)
{
	struct evbuffer	*output = task_printed(t);
	size_t		 len = evbuffer_get_length(output);
	const char	*bytes, *end;

	len = len < PIECE_MAX ? len : PIECE_MAX;
	bytes = (char *)evbuffer_pullup(output, (ev_ssize_t)len);
	end = len == 0 ? NULL : memrchr(bytes, '\n', len);
	return end != NULL ? (size_t)(end + 1 - bytes) :
	    text_whole(bytes, len);
}

/* The last answer has what little is left. */
static void
task_end(struct task *t)
{
	struct call	*call = t->call;
	json_t		*json = json_incref(t->end);
	enum error_code	 error = t->error;
	char		*message = t->message;
	size_t		 len = evbuffer_get_length(t->rest);

	answer_set_output(json, (char *)evbuffer_pullup(t->rest, -1), len);
	t->message = NULL;
	task_destroy(t);
	if (error == ERROR_NONE)
		call_reply(call, json);
	else
		call_fail(call, error, json, "%s", message);
	free(message);
}

/* Says as much as the client takes, and at last the end. */
static void
task_piece_cb(evutil_socket_t fd, short what, void *arg)
{
	struct task	*t = arg;
	size_t		 n = 0;

	(void)fd, (void)what;
	if (t->numbers && t->asker != NULL)
		call_continue(t->call, json_pack("{s:s, s:I, s:I}", "output",
		    "", "boot", (json_int_t)board_boot(t->board), "request",
		    (json_int_t)t->asker->request->id));
	t->numbers = false;
	while (!call_is_full(t->call) && (t->rest == NULL ||
	    evbuffer_get_length(t->rest) > PIECE_MAX) &&
	    (n = task_piece(t)) > 0)
		task_send_piece(t, n);
	call_keep(t->call, evbuffer_get_length(task_printed(t)));
	if (call_is_full(t->call))
		return;		/* task_drained() goes on */
	if (t->rest != NULL)
		task_end(t);
	/* Half a character or end of a line waits for what comes behind it. */
}

/*
 * A piece goes once all that was read has been looked at: often the end of the
 * answer is there too, and one reply has both.
 */
static bool
task_output(struct asker *a)
{
	struct task	*t = a->arg;
	struct timeval	 tv = { 0, PIECE_DELAY_MS * 1000 };
	size_t		 len = evbuffer_get_length(a->output);
	const char	*bytes;

	if (call_is_full(t->call))
		return call_keep(t->call, len);
	bytes = (char *)evbuffer_pullup(a->output, -1);
	if (len >= PIECE_SIZE || memrchr(bytes, '\n', len) != NULL)
		event_active(t->piece, EV_TIMEOUT, 0);
	else if (!event_pending(t->piece, EV_TIMEOUT, NULL))
		event_add(t->piece, &tv);
	return true;
}

static void
task_drained(struct call *call)
{
	struct task	*t = call->state;

	if (t->piece != NULL)
		event_active(t->piece, EV_TIMEOUT, 0);
}

static void
task_cancel(struct call *call)
{
	struct task	*t = call->state;
	struct board	*b = t->board;
	struct asker	*a = t->asker;

	task_destroy(t);
	if (a != NULL)
		unit_withdraw(b, a);
}

/* There is more than one answer should have, or than the client takes now. */
static bool
task_lags(const struct task *t, const struct asker *a)
{
	return t->piece != NULL && (call_is_full(t->call) ||
	    evbuffer_get_length(a->output) > PIECE_MAX);
}

static void
task_finish(struct asker *a, const struct request_result *result)
{
	struct task	*t = a->arg;
	bool		 run = a->request->kind == REQUEST_RUN;
	json_t		*json = answer_create(result, run);
	size_t		 len = evbuffer_get_length(a->output);
	struct call	*call = t->call;

	if (a->request->shared && result->error == ERROR_NONE)
		json_object_set_new(json, "age", json_integer(
		    (json_int_t)(clock_now() - a->request->started_at)));
	if (task_lags(t, a) && (result->error == ERROR_NONE ||
	    answer_has_output(result->error))) {
		t->rest = evbuffer_new();
		evbuffer_add_buffer(t->rest, a->output);
		t->boot = result->boot;
		t->end = json;
		t->error = result->error;
		t->message = result->message == NULL ? NULL :
		    xstrdup(result->message);
		t->asker = NULL;
		event_del(t->waiting);
		event_active(t->piece, EV_TIMEOUT, 0);
		return;
	}
	task_destroy(t);
	if (run && (result->error == ERROR_NONE ||
	    answer_has_output(result->error)))
		answer_set_output(json, (char *)evbuffer_pullup(a->output, -1),
		    len);
	if (result->error == ERROR_NONE)
		call_reply(call, json);
	else
		call_fail(call, result->error, json, "%s", result->message);
}

static const struct request_sink task_sink = { .finish = task_finish };
static const struct request_sink task_stream_sink = {
	.output = task_output, .finish = task_finish,
};

void
task_submit_shared(struct call *call, struct board *b, struct request *r,
    struct request *shared)
{
	struct task	*t = xcalloc(1, sizeof *t);
	struct timeval	 tv = { WAITING_S, 0 };

	t->call = call;
	t->board = b;
	if (call->in.more && r->kind == REQUEST_RUN && !r->shared) {
		t->piece = evtimer_new(call->context->base,
		    task_piece_cb, t);
		t->waiting = evtimer_new(call->context->base,
		    task_waiting_cb, t);
		event_add(t->waiting, &tv);
		t->numbers = json_is_true(json_object_get(
		    call_parameters(call), "input"));
		if (t->numbers)
			event_active(t->piece, EV_TIMEOUT, 0);
	}
	call->state = t;
	call->cancel = task_cancel;
	call->drained = task_drained;
	if (shared != NULL) {
		t->asker = request_join(shared, &task_sink, t);
		request_destroy(r);
		return;
	}
	t->asker = request_join(r, t->piece == NULL ? &task_sink :
	    &task_stream_sink, t);
	unit_submit(b, r);
}

void
task_submit(struct call *call, struct board *b, struct request *r)
{
	task_submit_shared(call, b, r, NULL);
}
