/* SPDX-License-Identifier: MIT */
/*
 * Reading once for many: who says how old an answer may be shares the execution of
 * the same text with others who say so, while it waits, while it runs, and
 * afterwards.
 *
 * The age of a value counts from the start of its execution on the board: it may
 * have been read from then on.
 */
#include <stdlib.h>
#include <string.h>

#include "board_state.h"
#include "daemon/base/memory.h"
#include "protocol/limits.h"

static void
share_forget(struct readings *s, struct reading *reading)
{
	TAILQ_REMOVE(&s->list, reading, entry);
	s->count--;
	free(reading->text);
	free(reading->output);
	free(reading);
}

void
share_init(struct readings *s)
{
	TAILQ_INIT(&s->list);
}

void
share_finish(struct readings *s)
{
	struct reading	*reading;

	while ((reading = TAILQ_FIRST(&s->list)) != NULL)
		share_forget(s, reading);
}

static struct reading *
share_find(const struct board *b, const char *text, size_t len)
{
	struct reading	*reading;

	TAILQ_FOREACH(reading, &b->readings.list, entry)
		if (reading->len == len && memcmp(reading->text, text, len) == 0)
			return reading;
	return NULL;
}

const struct reading *
board_reading(const struct board *b, const struct request *like,
    uint64_t max_age_ms, uint64_t now)
{
	const struct reading	*reading = share_find(b, like->text, like->len);

	return reading != NULL && reading->boot == b->boot &&
	    now - reading->at <= max_age_ms && !board_is_away(b) &&
	    hold_admits(&b->hold, like->token) ? reading : NULL;
}

void
share_keep(struct board *b, const struct request *r)
{
	const struct asker	*maker = request_maker(r);
	struct reading		*reading;
	size_t			 len;

	if (!r->shared || r->result.error != ERROR_NONE || maker == NULL)
		return;
	len = evbuffer_get_length(maker->output);
	if (len > LIMIT_READING || r->len > LIMIT_READING)
		return;
	reading = share_find(b, r->text, r->len);
	if (reading != NULL)
		share_forget(&b->readings, reading);
	else if (b->readings.count == LIMIT_READINGS)
		share_forget(&b->readings, TAILQ_FIRST(&b->readings.list));
	reading = xcalloc(1, sizeof *reading);
	reading->text = xmalloc(r->len + 1);
	memcpy(reading->text, r->text, r->len);
	reading->len = r->len;
	reading->output = xmalloc(len + 1);
	reading->output_len = len;
	evbuffer_copyout(maker->output, reading->output, len);
	reading->status = r->result.status;
	reading->at = r->started_at;
	reading->boot = r->result.boot;
	TAILQ_INSERT_TAIL(&b->readings.list, reading, entry);
	b->readings.count++;
}

/* Whether both want the same, in the same time, with the same right. */
static bool
share_is_alike(const struct request *a, const struct request *b)
{
	return a->shared && a->kind == b->kind && a->len == b->len &&
	    a->timeout_ms == b->timeout_ms && a->wait_ms == b->wait_ms &&
	    memcmp(a->text, b->text, a->len) == 0 &&
	    strcmp(a->token, b->token) == 0;
}

struct request *
board_shared(struct board *b, const struct request *like, uint64_t max_age_ms,
    uint64_t now)
{
	struct request	*r = b->turn.request;

	if (r != NULL && share_is_alike(r, like) &&
	    b->turn.stop == STOP_NONE && (b->turn.phase == TURN_SET_OUT ||
	    (b->turn.phase == TURN_BEGUN && now - r->started_at <= max_age_ms)))
		return r;
	TAILQ_FOREACH(r, &b->queue.list, entry)
		if (share_is_alike(r, like))
			return r;
	return NULL;
}
