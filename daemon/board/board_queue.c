/* SPDX-License-Identifier: MIT */
/*
 * The queue of a board: by rank, and within a rank in order of arrival.
 */
#include "board_queue.h"

#include <string.h>

void
queue_init(struct board_queue *q)
{
	TAILQ_INIT(&q->list);
	q->count = 0;
}

/* Before the first of that rank or of a later one. */
static void
queue_insert(struct board_queue *q, struct request *r, enum request_rank rank)
{
	struct request	*at;

	TAILQ_FOREACH(at, &q->list, entry)
		if (at->rank >= rank)
			break;
	if (at == NULL)
		TAILQ_INSERT_TAIL(&q->list, r, entry);
	else
		TAILQ_INSERT_BEFORE(at, r, entry);
	q->count++;
	r->place = REQUEST_WAITING;
}

void
queue_add(struct board_queue *q, struct request *r)
{
	struct request	*last = TAILQ_LAST(&q->list, request_queue);

	if (last == NULL || last->rank <= r->rank) {
		TAILQ_INSERT_TAIL(&q->list, r, entry);	/* as is usual */
		q->count++;
		r->place = REQUEST_WAITING;
	} else
		queue_insert(q, r, r->rank + 1);
}

void
queue_return(struct board_queue *q, struct request *r)
{
	queue_insert(q, r, r->rank);
}

void
queue_remove(struct board_queue *q, struct request *r)
{
	TAILQ_REMOVE(&q->list, r, entry);
	q->count--;
}

struct request *
queue_startable(const struct board_queue *q, const char *token,
    bool in_loader)
{
	struct request	*r;

	TAILQ_FOREACH(r, &q->list, entry)
		if ((token == NULL || strcmp(r->token, token) == 0) &&
		    (!in_loader || r->kind == REQUEST_FLASH))
			break;
	return r;
}

static bool
queue_flushes(const struct request *r, enum board_flush which)
{
	switch (which) {
	case FLUSH_IMPATIENT: return !r->wait_given;
	case FLUSH_TRIED: return r->rank != REQUEST_WILL;
	default: return true;
	}
}

struct request *
queue_flushable(const struct board_queue *q, enum board_flush which)
{
	struct request	*r;

	TAILQ_FOREACH(r, &q->list, entry)
		if (queue_flushes(r, which))
			break;
	return r;
}

struct request *
queue_expired(const struct board_queue *q, uint64_t now)
{
	struct request	*r;

	TAILQ_FOREACH(r, &q->list, entry)
		if (r->deadline <= now)
			break;
	return r;
}

struct request *
queue_find(const struct board_queue *q, uint64_t id)
{
	struct request	*r;

	TAILQ_FOREACH(r, &q->list, entry)
		if (r->id == id)
			break;
	return r;
}

size_t
queue_count_of(const struct board_queue *q, uid_t uid)
{
	const struct request	*r;
	size_t			 n = 0;

	TAILQ_FOREACH(r, &q->list, entry)
		n += r->client.uid == uid;
	return n;
}

uint64_t
queue_deadline(const struct board_queue *q)
{
	const struct request	*r;
	uint64_t		 at = UINT64_MAX;

	TAILQ_FOREACH(r, &q->list, entry)
		if (r->deadline < at)
			at = r->deadline;
	return at;
}
