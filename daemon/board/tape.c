/* SPDX-License-Identifier: MIT */
/*
 * A list of pieces that is bounded in bytes: a board that is watched and says
 * little costs little, and one that is not watched nothing.
 *
 * What a reader lost is a difference: of all that was dropped so far, and what it
 * has seen so far, each counted as the reader's view has it.  So nobody goes
 * through the readers when a piece is dropped, however many there are.
 */
#include "tape.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "daemon/base/memory.h"

/* Whose bytes they are: the same for all that a request says and hears. */
struct tape_who {
	unsigned	 users;
	uint64_t	 request;
	struct client	 client;
};

struct tape_piece {
	TAILQ_ENTRY(tape_piece)	 entry;
	struct board_notice	 notice;
	struct tape_who		*who;		/* or NULL */
	size_t			 size;		/* in memory */
	char			 data[];
};

void
tape_init(struct tape *t, size_t limit)
{
	*t = (struct tape){ .limit = limit };
	TAILQ_INIT(&t->pieces);
	LIST_INIT(&t->readers);
}

static bool
is_seen(enum tape_view view, unsigned kind)
{
	return view == TAPE_ALL || kind != NOTICE_TRACE;
}

static void
count(struct tape_count *counts, const struct board_notice *notice)
{
	int	view;

	for (view = 0; view < TAPE_VIEWS; view++)
		if (is_seen(view, notice->kind)) {
			counts[view].events++;
			counts[view].bytes += notice->len;
		}
}

bool
tape_is_read(const struct tape *t, unsigned kind)
{
	return t->reading[TAPE_ALL] > 0 ||
	    (is_seen(TAPE_NEWS, kind) && t->reading[TAPE_NEWS] > 0);
}

/* ---------------------------------------------------------------- pieces */

static void
who_release(struct tape_who *who)
{
	if (who != NULL && --who->users == 0)
		free(who);
}

/* He of the piece before, if it is of the same request, or a new one. */
static struct tape_who *
who_of(const struct tape *t, const struct board_notice *notice)
{
	const struct tape_piece	*last = TAILQ_LAST(&t->pieces, tape_pieces);
	struct tape_who		*who = last == NULL ? NULL : last->who;

	if (notice->client == NULL)
		return NULL;
	if (who == NULL || who->request != notice->request) {
		who = xcalloc(1, sizeof *who);
		who->request = notice->request;
		who->client = *notice->client;
	}
	who->users++;
	return who;
}

static void
tape_drop(struct tape *t)
{
	struct tape_piece	*piece = TAILQ_FIRST(&t->pieces);

	TAILQ_REMOVE(&t->pieces, piece, entry);
	t->size -= piece->size;
	t->dropped = piece->notice.number;
	count(t->gone, &piece->notice);
	who_release(piece->who);
	free(piece);
}

static struct tape_piece *
piece_create(const struct board_notice *notice)
{
	size_t			 reason_len = notice->reason == NULL ? 0 :
				    strlen(notice->reason) + 1;
	size_t			 size = sizeof (struct tape_piece) +
				    reason_len + notice->len;
	struct tape_piece	*piece = xmalloc(size);

	piece->notice = *notice;
	piece->size = size;
	if (reason_len > 0)
		piece->notice.reason = memcpy(piece->data, notice->reason,
		    reason_len);
	if (notice->len > 0)
		piece->notice.bytes = memcpy(piece->data + reason_len,
		    notice->bytes, notice->len);
	return piece;
}

void
tape_add(struct tape *t, const struct board_notice *notice)
{
	struct tape_piece	*piece;

	if (!tape_is_read(t, notice->kind))
		return;
	piece = piece_create(notice);
	piece->who = who_of(t, notice);
	if (piece->who != NULL)
		piece->notice.client = &piece->who->client;
	TAILQ_INSERT_TAIL(&t->pieces, piece, entry);
	t->size += piece->size;
	count(t->added, notice);
	while (t->size > t->limit)
		tape_drop(t);
}

void
tape_finish(struct tape *t)
{
	struct tape_reader	*r;

	while ((r = LIST_FIRST(&t->readers)) != NULL)
		tape_leave(r);
}

/* --------------------------------------------------------------- readers */

/* All that was added is behind it. */
static void
move_to_end(struct tape_reader *r)
{
	struct tape	*t = r->tape;

	r->last = TAILQ_LAST(&t->pieces, tape_pieces);
	r->number = r->last == NULL ? t->dropped : r->last->notice.number;
	r->seen = t->added[r->view];
}

void
tape_join(struct tape *t, struct tape_reader *r, enum tape_view view)
{
	r->tape = t;
	r->view = view;
	move_to_end(r);
	LIST_INSERT_HEAD(&t->readers, r, entry);
	t->reading[view]++;
}

void
tape_leave(struct tape_reader *r)
{
	struct tape	*t = r->tape;

	if (t == NULL)
		return;
	LIST_REMOVE(r, entry);
	t->reading[r->view]--;
	r->tape = NULL;
	if (LIST_EMPTY(&t->readers))
		while (!TAILQ_EMPTY(&t->pieces))
			tape_drop(t);
}

struct tape_count
tape_lost(struct tape_reader *r)
{
	const struct tape_count	*gone = &r->tape->gone[r->view];
	struct tape_count	 lost = { 0 };

	if (r->number < r->tape->dropped) {
		lost.events = gone->events - r->seen.events;
		lost.bytes = gone->bytes - r->seen.bytes;
		r->number = r->tape->dropped;
		r->seen = *gone;
	}
	return lost;
}

struct tape_count
tape_skip(struct tape_reader *r)
{
	struct tape_count	before = r->seen, lost;

	move_to_end(r);
	lost.events = r->seen.events - before.events;
	lost.bytes = r->seen.bytes - before.bytes;
	return lost;
}

/* The next one that it is to see. */
static struct tape_piece *
tape_find(const struct tape_reader *r)
{
	struct tape_piece	*piece;

	assert(r->number >= r->tape->dropped);
	piece = r->number > r->tape->dropped ? TAILQ_NEXT(r->last, entry) :
	    TAILQ_FIRST(&r->tape->pieces);
	while (piece != NULL && !is_seen(r->view, piece->notice.kind))
		piece = TAILQ_NEXT(piece, entry);
	return piece;
}

const struct board_notice *
tape_peek(struct tape_reader *r)
{
	struct tape_piece	*piece = tape_find(r);

	return piece == NULL ? NULL : &piece->notice;
}

void
tape_pass(struct tape_reader *r)
{
	r->last = tape_find(r);
	r->number = r->last->notice.number;
	r->seen.events++;
	r->seen.bytes += r->last->notice.len;
}
