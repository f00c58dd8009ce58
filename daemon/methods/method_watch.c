/* SPDX-License-Identifier: MIT */
/*
 * Watch: a call that is answered whenever something happens.  A watcher that
 * does not keep up loses output, and is told how much; it holds up nobody.
 */
#include <stdlib.h>
#include <time.h>

#include "daemon/boards/boards.h"
#include "method.h"
#include "protocol/text.h"
#include "daemon/server/server.h"

struct watch {
	struct watcher	 watcher;
	struct call	*call;
	size_t		 lost;		/* bytes that were not told */
};

static json_t *
watch_event_json(const struct board *b, const char *event)
{
	struct timespec	now;

	clock_gettime(CLOCK_REALTIME, &now);
	return json_pack("{s:s, s:s, s:I, s:I}", "board", board_name(b),
	    "event", event, "time", (json_int_t)now.tv_sec * 1000000 +
	    now.tv_nsec / 1000, "boot", (json_int_t)board_boot(b));
}

static void
watch_tell_state(struct watch *w, const struct board *b, const char *reason)
{
	json_t	*json = watch_event_json(b, board_notice_name(NOTICE_STATE));

	json_object_set_new(json, "state",
	    json_string(board_state_name(board_state(b))));
	if (reason != NULL && reason[0] != '\0')
		json_object_set_new(json, "reason", method_clean_json(reason));
	call_continue(w->call, json);
}

static void
watch_tell_bytes(struct watch *w, const struct board *b,
    const struct board_notice *notice)
{
	json_t	*json = watch_event_json(b, board_notice_name(notice->kind));

	char	*data;

	method_set_output(json, notice->bytes, notice->len);
	if (notice->kind == NOTICE_TRACE) {
		/* A trace is exact: the text has other line ends. */
		data = text_base64(notice->bytes, notice->len);
		json_object_set_new(json, "data", json_string(data));
		free(data);
		json_object_set_new(json, "toBoard",
		    json_boolean(notice->to_board));
		if (board_running(b) != NULL)
			json_object_set_new(json, "client",
			    method_client_json(&board_running(b)->client));
	}
	call_continue(w->call, json);
}

static void
watch_tell_reason(struct watch *w, const struct board *b,
    const struct board_notice *notice)
{
	json_t	*json = watch_event_json(b, board_notice_name(notice->kind));

	json_object_set_new(json, "reason", method_clean_json(notice->reason));
	call_continue(w->call, json);
}

/* Catches up with what could not be told, when the client reads again. */
static void
watch_drained(struct call *call)
{
	struct watch	*w = call->state;
	json_t		*json;

	if (w->lost == 0)
		return;
	json = json_pack("{s:s, s:s, s:I, s:o}", "board", "", "event",
	    board_notice_name(NOTICE_LOST), "time", (json_int_t)time(NULL) *
	    1000000, "reason", json_sprintf("%zu bytes were not told: this "
	    "watcher was too slow", w->lost));
	w->lost = 0;
	call_continue(call, json);
}

/* A watcher of all boards sees those it may watch. */
static bool
watch_includes(const struct watch *w, const struct board *b)
{
	return w->watcher.board == b || (w->watcher.board == NULL &&
	    call_is_permitted(w->call, board_name(b), "Watch", NULL));
}

static void
watch_notice(struct watcher *watcher, struct board *b,
    const struct board_notice *notice)
{
	struct watch	*w = (struct watch *)watcher;

	if (!watch_includes(w, b))
		return;
	if (call_is_full(w->call))
		w->lost += notice->len;
	else if (notice->kind == NOTICE_STATE)
		watch_tell_state(w, b, notice->reason);
	else if (notice->bytes != NULL)
		watch_tell_bytes(w, b, notice);
	else
		watch_tell_reason(w, b, notice);
}

/* A watcher of one board ends with it; one of all boards goes on. */
static void
watch_removed(struct watcher *watcher, struct board *b)
{
	struct watch	*w = (struct watch *)watcher;
	struct call	*call = w->call;

	if (watcher->board != b)
		return;
	boards_unwatch(watcher);
	free(w);
	call_fail(call, ERROR_NO_SUCH_BOARD, json_pack("{s:s}", "board",
	    board_name(b)), "picod does not serve board %s any more",
	    board_name(b));
}

static void
watch_cancel(struct call *call)
{
	struct watch	*w = call->state;

	boards_unwatch(&w->watcher);
	free(w);
}

/* What a watcher is told first. */
static void
watch_begin(struct watch *w, const struct board *b, bool history)
{
	struct board_notice	notice = { .kind = NOTICE_OUTPUT };
	char			*bytes;

	watch_tell_state(w, b, board_problem(b));
	if (!history || board_history(b)->len == 0)
		return;
	bytes = malloc(board_history(b)->len);
	if (bytes == NULL)
		return;
	history_copy(board_history(b), bytes);
	notice.bytes = bytes;
	notice.len = board_history(b)->len;
	watch_tell_bytes(w, b, &notice);
	free(bytes);
}

void
method_watch(struct call *call)
{
	struct boards	*boards = server_boards(call_server(call));
	json_t		*parameters = call_parameters(call);
	struct board	*b = NULL;
	struct watch	*w;
	size_t		 i;
	bool		 history;

	if (method_string(call, "board")[0] != '\0' &&
	    (b = method_board(call)) == NULL)
		return;
	w = calloc(1, sizeof *w);
	if (w == NULL) {
		call_fail(call, ERROR_LIMIT_EXCEEDED, json_pack("{s:s, s:i}",
		    "limit", "memory", "value", 0), "picod is out of memory");
		return;
	}
	w->call = call;
	w->watcher.board = b;
	w->watcher.trace = json_is_true(json_object_get(parameters, "trace"));
	w->watcher.notice = watch_notice;
	w->watcher.removed = watch_removed;
	call->state = w;
	call->cancel = watch_cancel;
	call->drained = watch_drained;
	history = json_is_true(json_object_get(parameters, "history"));
	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		if (watch_includes(w, b))
			watch_begin(w, b, history);
	boards_watch(boards, &w->watcher);
}
