/* SPDX-License-Identifier: MIT */
/*
 * Exclusive use.  A hold is granted in its turn in the queue.  It ends when its
 * holder says so, or with its connection, or when its time is up; in the latter
 * two cases the last will runs first, ahead of everybody, while the hold still
 * keeps others away.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "board.h"
#include "protocol/limits.h"

/* How long a last will may run. */
#define WILL_TIMEOUT_MS 10000

static void
board_token(char token[REQUEST_TOKEN_SIZE])
{
	unsigned char	bytes[(REQUEST_TOKEN_SIZE - 1) / 2];
	size_t		i;

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		abort();	/* cannot fail for so few, getrandom(2) */
	for (i = 0; i < sizeof bytes; i++)
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
}

void
board_grant(struct board *b, struct request *r, uint64_t now)
{
	struct hold	*hold = &b->hold;

	hold->on = true;
	hold->will_id = 0;
	board_token(hold->token);
	hold->client = r->client;
	client_name(&hold->client);
	hold->deadline = r->lasting_ms == REQUEST_NO_LIMIT ? DRIVER_NEVER :
	    now + r->lasting_ms;
	free(hold->will);
	hold->will = NULL;
	if (r->len > 0) {
		hold->will = r->text;
		hold->will_len = r->len;
		r->text = NULL;
	}
	memcpy(r->token, hold->token, sizeof r->token);
	board_finish(b, r, ERROR_NONE, NULL, "%s", "");
}

void
board_clear_hold(struct board *b)
{
	free(b->hold.will);
	b->hold = (struct hold){ .deadline = DRIVER_NEVER };
}

/* Queues the will ahead of everybody; false without one. */
static bool
board_execute_will(struct board *b, uint64_t now)
{
	struct request	*r;

	if (b->hold.will == NULL || !b->open)
		return false;
	r = request_create(REQUEST_RUN, NULL, NULL, &b->hold.client,
	    b->hold.will, b->hold.will_len);
	if (r == NULL)
		return false;
	r->id = b->next_id++;
	r->timeout_ms = WILL_TIMEOUT_MS;
	r->deadline = DRIVER_NEVER;
	memcpy(r->token, b->hold.token, sizeof r->token);
	TAILQ_INSERT_HEAD(&b->waiting, r, entry);
	b->waiting_count++;
	b->hold.will_id = r->id;
	b->hold.deadline = DRIVER_NEVER;
	if (b->running != NULL)
		board_stop(b, STOP_LEFT, now);
	board_next(b, now);
	return true;
}

int
board_release(struct board *b, const char *token, bool lost, uint64_t now)
{
	if (!b->hold.on || strcmp(b->hold.token, token) != 0)
		return -ENOENT;
	if (b->hold.will_id != 0)
		return 0;
	if (!lost || !board_execute_will(b, now)) {
		board_clear_hold(b);
		board_next(b, now);
	}
	b->host->wake(b, b->host_data);
	return 0;
}
