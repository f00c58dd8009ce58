/* SPDX-License-Identifier: MIT */
/*
 * The life of a request.  Askers come and go while it waits and runs; who is gone
 * is out of its list, so that no board needs to ask who is left.
 */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/limits.h"

#include "daemon/base/memory.h"

static void *
request_copy(const void *bytes, size_t len)
{
	char	*copy = xmalloc(len + 1);

	if (len > 0)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

static void
asker_finish(struct asker *a)
{
	evbuffer_free(a->output);
	a->output = NULL;
	if (a != &a->request->only)
		free(a);
}

static void
request_clear_result(struct request *r)
{
	free(r->result.traceback);
	free(r->result.holder);
	free(r->result.message);
	free(r->result.notice);
	r->result = (struct request_result){ 0 };
}

struct request *
request_create(enum request_kind kind, const struct request_sink *sink,
    void *arg, const struct client *client, const char *text, size_t len)
{
	struct request	*r = xcalloc(1, sizeof *r);

	TAILQ_INIT(&r->askers);
	r->kind = kind;
	r->rank = REQUEST_ORDINARY;
	r->client = *client;
	r->timeout_ms = r->wait_ms = r->lasting_ms = REQUEST_NO_LIMIT;
	r->text = request_copy(text, len);
	r->len = len;
	if (sink != NULL)
		request_join(r, sink, arg);
	return r;
}

void
request_destroy(struct request *r)
{
	struct asker	*a;

	if (r == NULL)
		return;
	while ((a = TAILQ_FIRST(&r->askers)) != NULL)
		request_leave(a);
	request_clear_result(r);
	free(r->text);
	free(r);
}

/* One who has all of the output, since he takes nothing out before the end. */
static const struct asker *
request_collector(const struct request *r)
{
	const struct asker	*a;

	TAILQ_FOREACH(a, &r->askers, entry)
		if (a->sink->output == NULL)
			return a;
	return NULL;
}

struct asker *
request_join(struct request *r, const struct request_sink *sink, void *arg)
{
	const struct asker	*other = request_collector(r);
	struct asker		*a;

	if (r->printed && other == NULL)
		return NULL;
	a = r->only.output == NULL ? &r->only : xcalloc(1, sizeof *a);
	a->output = evbuffer_new();
	a->request = r;
	a->sink = sink;
	a->arg = arg;
	if (r->printed)
		evbuffer_add(a->output, evbuffer_pullup(other->output, -1),
		    evbuffer_get_length(other->output));
	TAILQ_INSERT_TAIL(&r->askers, a, entry);
	return a;
}

bool
request_takes_board(const struct request *r)
{
	return r->kind == REQUEST_LEND || r->kind == REQUEST_CONSOLE ||
	    r->kind == REQUEST_FLASH;
}

struct asker *
request_maker(const struct request *r)
{
	return TAILQ_FIRST(&r->askers);
}

bool
request_leave(struct asker *a)
{
	struct request	*r = a->request;

	TAILQ_REMOVE(&r->askers, a, entry);
	asker_finish(a);
	return !TAILQ_EMPTY(&r->askers);
}

bool
request_streams(const struct request *r)
{
	const struct asker	*a;

	TAILQ_FOREACH(a, &r->askers, entry)
		if (a->sink->output != NULL)
			return true;
	return false;
}

/* An asker that takes nothing out before the end gets less. */
static size_t
asker_room(const struct asker *a)
{
	size_t	max = a->sink->output != NULL ? LIMIT_UNREAD : LIMIT_OUTPUT;

	return max - evbuffer_get_length(a->output);
}

size_t
request_print(struct request *r, const void *bytes, size_t len)
{
	struct asker	*a;
	size_t		 room, over = 0;

	r->printed = true;
	TAILQ_FOREACH(a, &r->askers, entry) {
		room = asker_room(a);
		if (len > room && len - room > over)
			over = len - room;
		evbuffer_add(a->output, bytes, len < room ? len : room);
	}
	return over;
}

void
request_renew(struct request *r, enum request_kind kind, const char *text,
    size_t len, uint64_t timeout_ms)
{
	struct asker	*a;

	TAILQ_FOREACH(a, &r->askers, entry)
		evbuffer_drain(a->output, evbuffer_get_length(a->output));
	free(r->text);
	r->text = request_copy(text, len);
	r->len = len;
	r->kind = kind;
	r->timeout_ms = timeout_ms;
	r->printed = false;
	request_clear_result(r);
}

void
request_set_message(struct request *r, const char *format, va_list args)
{
	free(r->result.message);
	r->result.message = xvasprintf(format, args);
}

void
request_set_notice(struct request *r, const char *format, ...)
{
	va_list	 args;

	free(r->result.notice);
	va_start(args, format);
	if (vasprintf(&r->result.notice, format, args) < 0)
		abort();
	va_end(args);
}

void
request_set_traceback(struct request *r, const void *bytes, size_t len)
{
	free(r->result.traceback);
	r->result.traceback = len == 0 ? NULL : request_copy(bytes, len);
	r->result.traceback_len = len;
}

void
request_set_holder(struct request *r, const struct client *holder)
{
	free(r->result.holder);
	r->result.holder = request_copy(holder, sizeof *holder);
}

bool
request_next(struct request *r)
{
	struct asker	*maker = request_maker(r);

	return maker != NULL && maker->sink->next != NULL &&
	    maker->sink->next(maker, &r->result);
}

void
request_fed(struct request *r)
{
	struct asker	*maker = request_maker(r);

	if (maker != NULL && maker->sink->fed != NULL)
		maker->sink->fed(maker);
}

void
request_finish(struct request *r)
{
	struct asker	*a;

	while ((a = TAILQ_FIRST(&r->askers)) != NULL) {
		TAILQ_REMOVE(&r->askers, a, entry);
		a->sink->finish(a, &r->result);
		asker_finish(a);
	}
	request_destroy(r);
}
