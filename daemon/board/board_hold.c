/* SPDX-License-Identifier: MIT */
/*
 * Exclusive use.  A hold is granted in its turn in the queue.  It ends when its
 * holder says so, or with its connection, or when its time is up; in the latter
 * two cases the last will runs first, ahead of everybody, while the hold still
 * keeps others away.  Of a board that is away just then the will waits; if it
 * fails, or can never run, somebody who can stop a motor by hand is told.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "board_state.h"
#include "protocol/text.h"

/* How long a last will may run, and wait for its board: a flash, or a loan that
 * ends with it. */
#define WILL_TIMEOUT_MS 10000
#define WILL_WAIT_MS	120000

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

/* ": " and the last line of a traceback, which names the exception, or "". */
static void
will_exception(const struct request_result *result, char *line, size_t size)
{
	size_t	 len;
	bool	 lossy;
	char	*text = text_from_bytes(result->traceback, result->traceback_len,
		    &len, &lossy), *start;

	line[0] = '\0';
	while (text != NULL && len > 0 && (unsigned char)text[len - 1] <= ' ')
		len--;
	if (text != NULL && len > 0) {
		start = memrchr(text, '\n', len);
		start = start == NULL ? text : start + 1;
		len -= (size_t)(start - text);
		snprintf(line, size, ": %.*s", (int)text_whole(start,
		    len < size - 3 ? len : size - 3), start);
	}
	free(text);
}

/* Nobody asked for it, so everybody is told what did not go well. */
static void
board_tell_will(struct board *b, const struct client *client,
    const char *what, const char *why)
{
	struct board_notice	 notice = { .kind = NOTICE_WILL };
	char			 reason[900];

	snprintf(reason, sizeof reason, "the last will of %s (pid %d, user %s) "
	    "%s: %s", client->program, (int)client->pid, client->user, what,
	    why);
	notice.reason = reason;
	board_notify(b, &notice);
}

static void
will_finish(struct request *r, const struct request_result *result)
{
	char	exception[160], why[700];

	if (result->error == ERROR_NONE)
		return;
	will_exception(result, exception, sizeof exception);
	snprintf(why, sizeof why, "%s%s", result->message, exception);
	board_tell_will(r->asker, &r->client, result->started ? "failed" :
	    "did not run", why);
}

static const struct request_sink will_sink = { NULL, will_finish };

/* Queues the will ahead of everybody; false without one. */
static bool
board_execute_will(struct board *b, uint64_t now)
{
	struct request	*r;

	if (b->hold.will == NULL)
		return false;
	r = request_create(REQUEST_RUN, &will_sink, b, &b->hold.client,
	    b->hold.will, b->hold.will_len);
	if (r == NULL)
		abort();	/* some hundred bytes, and a motor may be on */
	r->id = b->next_id++;
	r->timeout_ms = WILL_TIMEOUT_MS;
	r->wait_given = true;
	r->deadline = now + WILL_WAIT_MS;
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

void
board_end_hold(struct board *b)
{
	if (b->hold.will != NULL && b->hold.will_id == 0)
		board_tell_will(b, &b->hold.client, "did not run",
		    "picod no longer serves the board as it did");
	board_clear_hold(b);
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
