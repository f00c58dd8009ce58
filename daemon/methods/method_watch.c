/* SPDX-License-Identifier: MIT */
/*
 * Watch: a call that is answered whenever something happens.  A watcher reads the
 * tapes of its boards; it is told the next thing when it has taken all that it was
 * told before.  So one that does not keep up costs its place on the tapes, and
 * nothing when something happens.  One that was overtaken is told how much it lost
 * and how things stand, and then what the tapes still have; it holds up nobody,
 * however long it takes.
 *
 * What happens is put into words once for all who are at the same place, and not
 * at all if nobody is ready to hear it.
 */
#include <stdlib.h>

#include "context.h"
#include "daemon/base/memory.h"
#include "daemon/boards/boards.h"
#include "daemon/server/access.h"
#include "method.h"
#include "target.h"
#include "watch_event.h"

/* A watcher's place on the tape of a board. */
struct ear {
	TAILQ_ENTRY(ear)	 entry;
	struct board		*board;
	bool			 open;		/* it has a reader, since */
	struct tape_reader	 reader;
	bool			 told;		/* the present then, if he may know */
	bool			 stale;		/* something was lost */
};

struct watch {
	LIST_ENTRY(watch)	 entry;
	struct call		*call;
	const struct board	*board;		/* NULL: all */
	bool			 trace, history;
	bool			 ready;		/* it took all it was told */
	struct tape_count	 lost;		/* and not told yet */
	TAILQ_HEAD(, ear)	 ears;
};

LIST_HEAD(watch_list, watch);

/* Everybody who watches, and what wakes them up. */
static struct {
	struct watch_list	 ready, behind;
	struct watcher		 watcher;
	uint64_t		 number;	/* of the last piece that was put */
	char			*text;		/* into words, or NULL */
	size_t			 len;
} watches;

/* A trace has what others send, and answers that are theirs. */
static const char *
watch_right(struct call *call)
{
	return json_is_true(json_object_get(call_parameters(call), "trace")) ?
	    ACCESS_TRACE : "Watch";
}

/* A watcher of all boards sees those it may watch. */
static bool
watch_includes(const struct watch *w, const struct board *b)
{
	return w->board == b || (w->board == NULL &&
	    target_permits(w->call, b, watch_right(w->call)));
}

static void
watch_say(struct watch *w, const char *text, size_t len)
{
	w->ready = call_continue_text(w->call, text, len);
}

/* What nobody else is told just so; takes the text over. */
static void
watch_say_alone(struct watch *w, char *text, size_t len)
{
	watch_say(w, text, len);
	free(text);
}

/* ------------------------------------------------------------------- ears */

static struct ear *
watch_add_ear(struct watch *w, struct board *b)
{
	struct ear	*ear = xcalloc(1, sizeof *ear);

	ear->board = b;
	TAILQ_INSERT_TAIL(&w->ears, ear, entry);
	return ear;
}

/* From now on it hears. */
static void
watch_open_ear(struct watch *w, struct ear *ear)
{
	tape_join(board_tape(ear->board), &ear->reader, w->trace ? TAPE_ALL :
	    TAPE_NEWS);
	ear->open = true;
}

static void
watch_remove_ear(struct watch *w, struct ear *ear)
{
	if (ear->open)
		tape_leave(&ear->reader);
	TAILQ_REMOVE(&w->ears, ear, entry);
	free(ear);
}

static struct ear *
watch_ear(const struct watch *w, const struct board *b)
{
	struct ear	*ear;

	TAILQ_FOREACH(ear, &w->ears, entry)
		if (ear->board == b)
			return ear;
	return NULL;
}

/* ---------------------------------------------------------------- telling */

/* The present state of a board, and what it said before, if that is wanted. */
static void
watch_tell_present(struct watch *w, struct ear *ear)
{
	char	*text;
	size_t	 len;

	ear->told = true;
	text = watch_event_state(ear->board, &len);
	watch_say_alone(w, text, len);
	if (w->history && board_history(ear->board)->len > 0) {
		text = watch_event_history(ear->board, &len);
		watch_say_alone(w, text, len);
	}
}

static void
watch_lose(struct watch *w, struct tape_count lost)
{
	w->lost.events += lost.events;
	w->lost.bytes += lost.bytes;
}

static void
watch_tell_lost(struct watch *w)
{
	char	*text;
	size_t	 len;

	if (w->lost.events == 0)
		return;
	text = watch_event_lost(&w->lost, &len);
	w->lost = (struct tape_count){ 0 };
	watch_say_alone(w, text, len);
}

/* What it was too slow for, and how the boards stand where that was. */
static void
watch_admit(struct watch *w)
{
	struct tape_count	 lost;
	struct ear		*ear;
	char			*text;
	size_t			 len;

	TAILQ_FOREACH(ear, &w->ears, entry) {
		ear->stale = false;
		if (!ear->open)
			continue;
		lost = tape_lost(&ear->reader);
		if (lost.events == 0 || !watch_includes(w, ear->board))
			continue;
		watch_lose(w, lost);
		ear->stale = true;
	}
	watch_tell_lost(w);
	TAILQ_FOREACH(ear, &w->ears, entry)
		if (ear->stale) {
			text = watch_event_state(ear->board, &len);
			watch_say_alone(w, text, len);
		}
}

/* The next thing on the tape of a board. */
static void
watch_tell_piece(struct watch *w, struct ear *ear,
    const struct board_notice *piece)
{
	tape_pass(&ear->reader);
	if (!watch_includes(w, ear->board))
		return;
	if (watches.number != piece->number) {
		free(watches.text);
		watches.text = watch_event(ear->board, piece, &watches.len);
		watches.number = piece->number;
	}
	watch_say(w, watches.text, watches.len);
}

/* The next thing on the tapes of all of them, in their order; false: none. */
static bool
watch_tell_next(struct watch *w)
{
	const struct board_notice	*piece, *first = NULL;
	struct ear			*ear, *from = NULL;

	TAILQ_FOREACH(ear, &w->ears, entry) {
		if (!ear->open)
			watch_open_ear(w, ear);
		if (!ear->told && watch_includes(w, ear->board)) {
			watch_tell_present(w, ear);
			return true;
		}
		piece = tape_peek(&ear->reader);
		if (piece != NULL && (first == NULL ||
		    piece->number < first->number)) {
			first = piece;
			from = ear;
		}
	}
	if (first != NULL)
		watch_tell_piece(w, from, first);
	return first != NULL;
}

/* Tells one who has taken all of it what there is, until he does not. */
static void
watch_catch_up(struct watch *w)
{
	w->ready = true;
	watch_admit(w);
	while (w->ready && watch_tell_next(w))
		;
	LIST_REMOVE(w, entry);
	LIST_INSERT_HEAD(w->ready ? &watches.ready : &watches.behind, w, entry);
}

/* --------------------------------------------------------------- watchers */

static void
watches_notice(struct watcher *watcher, struct board *b,
    const struct board_notice *notice)
{
	struct watch	*w, *next;
	struct ear	*ear;

	(void)watcher;
	for (w = LIST_FIRST(&watches.ready); w != NULL; w = next) {
		next = LIST_NEXT(w, entry);
		ear = watch_ear(w, b);
		if (ear != NULL && (w->trace || notice->kind != NOTICE_TRACE))
			watch_catch_up(w);
	}
}

/* Who watches all boards hears all of this one. */
static void
watches_added(struct watcher *watcher, struct board *b)
{
	struct watch_list	*lists[] = { &watches.ready, &watches.behind };
	struct watch		*w;
	struct ear		*ear;
	size_t			 i;

	(void)watcher;
	for (i = 0; i < 2; i++)
		LIST_FOREACH(w, lists[i], entry) {
			if (w->board != NULL)
				continue;
			ear = watch_add_ear(w, b);
			watch_open_ear(w, ear);
			ear->told = watch_includes(w, b);
		}
}

static void
watch_destroy(struct watch *w)
{
	struct ear	*ear;

	while ((ear = TAILQ_FIRST(&w->ears)) != NULL)
		watch_remove_ear(w, ear);
	LIST_REMOVE(w, entry);
	free(w);
	if (!LIST_EMPTY(&watches.ready) || !LIST_EMPTY(&watches.behind))
		return;
	boards_unwatch(&watches.watcher);
	free(watches.text);
	watches.text = NULL;
	watches.number = 0;
}

/* A watcher of one board ends with it; one of all boards goes on. */
static void
watch_lose_board(struct watch *w, struct board *b)
{
	struct ear	*ear = watch_ear(w, b);
	struct call	*call = w->call;

	if (ear->open && watch_includes(w, b))
		watch_lose(w, tape_skip(&ear->reader));
	watch_remove_ear(w, ear);
	if (w->board == NULL)
		return;
	watch_tell_lost(w);
	watch_destroy(w);
	call_fail(call, ERROR_NO_SUCH_BOARD, json_pack("{s:s}", "board",
	    board_name(b)), "picod does not serve board %s any more",
	    board_name(b));
}

/* One that has an ear for a board, or NULL. */
static struct watch *
watches_hearing(const struct board *b)
{
	struct watch_list	*lists[] = { &watches.ready, &watches.behind };
	struct watch		*w;
	size_t			 i;

	for (i = 0; i < 2; i++)
		LIST_FOREACH(w, lists[i], entry)
			if (watch_ear(w, b) != NULL)
				return w;
	return NULL;
}

/* With one, others may fall behind or end: what else he had is free again. */
static void
watches_removed(struct watcher *watcher, struct board *b)
{
	struct watch	*w;

	(void)watcher;
	while ((w = watches_hearing(b)) != NULL)
		watch_lose_board(w, b);
}

static void
watch_cancel(struct call *call)
{
	watch_destroy(call->state);
}

static void
watch_drained(struct call *call)
{
	watch_catch_up(call->state);
}

/* He may see more now; less goes without saying. */
static void
watch_rules_changed(struct call *call)
{
	struct watch	*w = call->state;

	if (w->ready)
		watch_catch_up(w);
}

static void
watch_run(struct call *call)
{
	struct boards	*boards = call->context->boards;
	json_t		*parameters = call_parameters(call);
	struct watch	*w = xcalloc(1, sizeof *w);
	struct board	*b;
	size_t		 i;

	TAILQ_INIT(&w->ears);
	w->call = call;
	w->board = call->board;
	w->trace = json_is_true(json_object_get(parameters, "trace"));
	w->history = json_is_true(json_object_get(parameters, "history"));
	call->state = w;
	call->cancel = watch_cancel;
	call->drained = watch_drained;
	call->rules_changed = watch_rules_changed;
	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		if (w->board == NULL || w->board == b)
			watch_add_ear(w, b);
	if (LIST_EMPTY(&watches.ready) && LIST_EMPTY(&watches.behind)) {
		watches.watcher = (struct watcher){
			.trace = true, .notice = watches_notice,
			.added = watches_added, .removed = watches_removed
		};
		boards_watch(boards, &watches.watcher);
	}
	LIST_INSERT_HEAD(&watches.behind, w, entry);
	watch_catch_up(w);
}

const struct method method_watch = {
	.name = "io.picod.Watch",
	.run = watch_run,
	.target = TARGET_ANY,
	.right = watch_right,
	.needs_more = true,
};
