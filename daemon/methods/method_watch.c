/* SPDX-License-Identifier: MIT */
/*
 * Watch: a call that is answered whenever something happens.  A watcher that
 * does not keep up loses events, and is told how many when it reads again, and
 * the states that it missed; it holds up nobody, however long it takes.
 *
 * What happens is put into words once, for all who are ready to hear it, and not
 * at all if none is.
 */
#include <stdlib.h>

#include "context.h"
#include "daemon/base/memory.h"
#include "daemon/boards/boards.h"
#include "method.h"
#include "target.h"
#include "watch_event.h"

struct watch {
	LIST_ENTRY(watch)	 entry;
	struct call		*call;
	const struct board	*board;		/* NULL: all */
	bool			 trace;
	size_t			 lost_bytes, lost_events;
	bool			 stale;		/* it missed a state */
};

/* Everybody who watches, and their one ear at the boards. */
static struct {
	LIST_HEAD(, watch)	 list;
	struct watcher		 watcher;
	struct boards		*boards;
} watches;

/* A watcher of all boards sees those it may watch. */
static bool
watch_includes(const struct watch *w, const struct board *b)
{
	return w->board == b || (w->board == NULL &&
	    target_permits(w->call, b, "Watch"));
}

/* Tells one, if it is ready; *text is the event in words, once it is needed. */
static void
watch_tell(struct watch *w, const struct board *b,
    const struct board_notice *notice, char **text, size_t *len)
{
	if (call_is_full(w->call)) {
		w->lost_events++;
		w->lost_bytes += notice->len;
		w->stale |= notice->kind == NOTICE_STATE;
		return;
	}
	if (*text == NULL)
		*text = watch_event(b, notice, len);
	call_continue_text(w->call, *text, *len);
}

static void
watches_notice(struct watcher *watcher, struct board *b,
    const struct board_notice *notice)
{
	struct watch	*w;
	char		*text = NULL;
	size_t		 len;

	(void)watcher;
	LIST_FOREACH(w, &watches.list, entry)
		if ((w->trace || notice->kind != NOTICE_TRACE) &&
		    watch_includes(w, b))
			watch_tell(w, b, notice, &text, &len);
	free(text);
}

/* Listens as closely as anybody wants, or not at all. */
static void
watches_listen(void)
{
	const struct watch	*w;

	watches.watcher.trace = false;
	LIST_FOREACH(w, &watches.list, entry)
		watches.watcher.trace |= w->trace;
	if (LIST_EMPTY(&watches.list))
		boards_unwatch(&watches.watcher);
}

static void
watch_destroy(struct watch *w)
{
	LIST_REMOVE(w, entry);
	free(w);
	watches_listen();
}

/* A watcher of one board ends with it; one of all boards goes on. */
static void
watches_removed(struct watcher *watcher, struct board *b)
{
	struct watch	*w, *next;
	struct call	*call;

	(void)watcher;
	for (w = LIST_FIRST(&watches.list); w != NULL; w = next) {
		next = LIST_NEXT(w, entry);
		if (w->board != b)
			continue;
		call = w->call;
		watch_destroy(w);
		call_fail(call, ERROR_NO_SUCH_BOARD, json_pack("{s:s}",
		    "board", board_name(b)),
		    "picod does not serve board %s any more", board_name(b));
	}
}

static void
watch_cancel(struct call *call)
{
	watch_destroy(call->state);
}

/* The present state of the boards; history: also what they said before. */
static void
watch_tell_present(struct watch *w, struct boards *boards, bool history)
{
	struct board_notice	 state = { .kind = NOTICE_STATE };
	struct board_notice	 said = { .kind = NOTICE_OUTPUT };
	const struct board	*b;
	char			*text, *bytes;
	size_t			 i, len;

	for (i = 0; (b = boards_get(boards, i)) != NULL; i++) {
		if (!watch_includes(w, b))
			continue;
		text = NULL;
		state.state = board_state(b);
		state.reason = board_problem(b);
		watch_tell(w, b, &state, &text, &len);
		free(text);
		said.len = history ? board_history(b)->len : 0;
		if (said.len == 0)
			continue;
		bytes = xmalloc(said.len);
		history_copy(board_history(b), bytes);
		said.bytes = bytes;
		text = NULL;
		watch_tell(w, b, &said, &text, &len);
		free(text);
		free(bytes);
	}
}

/* Catches up with what could not be told, when the client reads again. */
static void
watch_drained(struct call *call)
{
	struct watch	*w = call->state;
	bool		 stale = w->stale;
	char		*text;
	size_t		 len;

	if (w->lost_events == 0)
		return;
	text = watch_event_lost(w->lost_bytes, w->lost_events, &len);
	call_continue_text(call, text, len);
	free(text);
	w->lost_bytes = w->lost_events = 0;
	w->stale = false;
	if (stale)
		watch_tell_present(w, watches.boards, false);
}

void
method_watch(struct call *call)
{
	struct boards	*boards = call->context->boards;
	json_t		*parameters = call_parameters(call);
	struct watch	*w;

	w = xcalloc(1, sizeof *w);
	w->call = call;
	w->board = call->board;
	w->trace = json_is_true(json_object_get(parameters, "trace"));
	call->state = w;
	call->cancel = watch_cancel;
	call->drained = watch_drained;
	watch_tell_present(w, boards,
	    json_is_true(json_object_get(parameters, "history")));
	if (LIST_EMPTY(&watches.list)) {
		watches.boards = boards;
		watches.watcher.notice = watches_notice;
		watches.watcher.removed = watches_removed;
		boards_watch(boards, &watches.watcher);
	}
	LIST_INSERT_HEAD(&watches.list, w, entry);
	watches_listen();
}
