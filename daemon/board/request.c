/* SPDX-License-Identifier: MIT */
/*
 * The life of a request.  An asker that is gone is replaced by one that takes
 * everything and says nothing, so that no board needs to ask who is left.
 */
#include "request.h"

#include <stdlib.h>
#include <string.h>

static bool
nobody_output(struct request *r)
{
	evbuffer_drain(r->output, evbuffer_get_length(r->output));
	return true;
}

static void
nobody_finish(struct request *r, const struct request_result *result)
{
	(void)r, (void)result;
}

static const struct request_sink nobody = { nobody_output, nobody_finish };

struct request *
request_create(enum request_kind kind, const struct request_sink *sink,
    void *asker, const struct client *client, const char *text, size_t len)
{
	struct request	*r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->kind = kind;
	r->sink = sink == NULL ? &nobody : sink;
	r->asker = asker;
	r->client = *client;
	r->timeout_ms = r->wait_ms = r->lasting_ms = REQUEST_NO_LIMIT;
	r->output = evbuffer_new();
	r->text = malloc(len + 1);
	if (r->output == NULL || r->text == NULL) {
		request_destroy(r);
		return NULL;
	}
	if (len > 0)
		memcpy(r->text, text, len);
	r->text[len] = '\0';
	r->len = len;
	return r;
}

void
request_destroy(struct request *r)
{
	if (r == NULL)
		return;
	if (r->output != NULL)
		evbuffer_free(r->output);
	free(r->traceback);
	free(r->text);
	free(r);
}

void
request_set_traceback(struct request *r, const void *bytes, size_t len)
{
	free(r->traceback);
	r->traceback = len == 0 ? NULL : malloc(len);
	r->traceback_len = r->traceback == NULL ? 0 : len;
	if (r->traceback != NULL)
		memcpy(r->traceback, bytes, len);
}

void
request_finish(struct request *r, const struct request_result *result)
{
	r->sink->finish(r, result);
	request_destroy(r);
}

void
request_abandon(struct request *r)
{
	r->sink = &nobody;
	r->asker = NULL;
	nobody_output(r);
}
