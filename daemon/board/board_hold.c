/* SPDX-License-Identifier: MIT */
/*
 * A hold is granted in its turn in the queue.  It ends when its holder says so,
 * or with its connection, or when its time is up; in the latter two cases the
 * last will runs first, ahead of everybody, while the hold still keeps others
 * away.  Of a board that is away just then the will waits.
 */
#include "board_hold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/base/memory.h"
#include "protocol/text.h"

/* How long a last will may run, and wait for its board: a flash, or a loan that
 * ends with it. */
#define WILL_TIMEOUT_MS 10000
#define WILL_WAIT_MS	120000

void
hold_init(struct hold *h)
{
	*h = (struct hold){ .deadline = UINT64_MAX };
}

void
hold_end(struct hold *h)
{
	free(h->will);
	hold_init(h);
}

static void
hold_make_token(char token[REQUEST_TOKEN_SIZE])
{
	unsigned char	bytes[(REQUEST_TOKEN_SIZE - 1) / 2];
	size_t		i;

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		abort();	/* cannot fail for so few, getrandom(2) */
	for (i = 0; i < sizeof bytes; i++)
		snprintf(token + 2 * i, 3, "%02x", bytes[i]);
}

void
hold_begin(struct hold *h, struct request *r, uint64_t now)
{
	hold_end(h);		/* its holder has asked for another */
	h->on = true;
	hold_make_token(h->token);
	h->client = r->client;
	if (r->lasting_ms != REQUEST_NO_LIMIT)
		h->deadline = now + r->lasting_ms;
	if (r->len > 0) {
		h->will = r->text;
		h->will_len = r->len;
		r->text = NULL;
	}
	memcpy(r->token, h->token, sizeof r->token);
}

bool
hold_admits(const struct hold *h, const char *token)
{
	return !h->on || strcmp(h->token, token) == 0;
}

const char *
hold_token(const struct hold *h)
{
	return h->on ? h->token : NULL;
}

bool
hold_is_will(const struct hold *h, const struct request *r)
{
	return r->id != 0 && r->id == h->will_id;
}

bool
hold_has_will(const struct hold *h)
{
	return h->will != NULL && h->will_id == 0;
}

struct request *
hold_execute(struct hold *h, uint64_t id, uint64_t now)
{
	struct request	*r;

	if (h->will == NULL)
		return NULL;
	r = request_create(REQUEST_RUN, NULL, NULL, &h->client, h->will,
	    h->will_len);
	r->id = id;
	r->rank = REQUEST_WILL;
	r->timeout_ms = WILL_TIMEOUT_MS;
	r->wait_given = true;
	r->wait_ms = WILL_WAIT_MS;
	r->deadline = now + WILL_WAIT_MS;
	memcpy(r->token, h->token, sizeof r->token);
	h->will_id = id;
	h->deadline = UINT64_MAX;
	return r;
}

void
hold_exception(const struct request_result *result, char *line, size_t size)
{
	size_t	 len;
	bool	 lossy;
	char	*text = xhave(text_from_bytes(result->traceback,
		    result->traceback_len, &len, &lossy)), *start;

	line[0] = '\0';
	while (len > 0 && (unsigned char)text[len - 1] <= ' ')
		len--;
	if (len > 0) {
		start = memrchr(text, '\n', len);
		start = start == NULL ? text : start + 1;
		len -= (size_t)(start - text);
		snprintf(line, size, "%.*s", (int)text_whole(start,
		    len < size - 1 ? len : size - 1), start);
	}
	free(text);
}
