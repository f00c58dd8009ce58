/* SPDX-License-Identifier: MIT */
/*
 * A connection: a stream that carries calls and answers, one call at a time.
 *
 * The end has two forms.  The end of the input (the client shut down its side,
 * as nc and socat do) means "no more calls": those made are answered.  A hang-up
 * means that nobody is left to hear: the call in work is cancelled, what the
 * connection had is lost, and calls that are still to come are carried out only
 * if they are oneway.
 */
#include "conn_private.h"

#include <stdlib.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "protocol/limits.h"
#include "refusal.h"

/* false: something of what it had is gone, and the list is another. */
static bool
conn_ask_leases_again(struct conn *c)
{
	struct lease	*lease;

	LIST_FOREACH(lease, &c->leases, entry)
		if (lease->ask_again != NULL && !lease->ask_again(lease, c))
			return false;
	return true;
}

static void
conn_ask_call_again(struct conn *c)
{
	struct call	*call = &c->call;

	if (!call->active)
		return;
	if (c->common->handler->is_permitted(call)) {
		if (call->rules_changed != NULL)
			call->rules_changed(call);
		return;
	}
	if (call->cancel != NULL)
		call->cancel(call);
	conn_answer(c, refusal(ERROR_PERMISSION_DENIED, NULL, "the rules of "
	    "access have changed, and do not grant this any more"));
}

void
conn_ask_again(struct conn *c)
{
	if (c->stopped || !c->allowed)
		return;
	c->allowed = access_may_connect(c->common->access, &c->client,
	    &c->groups);
	/* First: who is answered or closed has lost them, wills and all. */
	while (!c->stopped && !conn_ask_leases_again(c))
		;
	if (c->stopped)
		return;
	if (!c->allowed && c->call.active && !c->call.in.oneway)
		conn_deny(c);
	else if (!c->allowed)
		conn_close(c);
	else
		conn_ask_call_again(c);
}

void
conn_wind_up(struct conn *c)
{
	if (c->stopped)
		return;
	if (c->raw != NULL || !c->call.active) {
		conn_close(c);
		return;
	}
	c->ended = true;
	conn_lose_leases(c);
}

void
conn_break_off(struct conn *c)
{
	struct call	*call = &c->call;

	if (!c->stopped && call->active) {
		if (call->cancel != NULL)
			call->cancel(call);
		conn_answer(c, refusal(ERROR_DISCONNECTED, json_pack(
		    "{s:s, s:s, s:b}", "board", "", "output", "", "sent", 1),
		    "picod has ended"));
	}
	conn_close(c);
}

static size_t
conn_bytes(void *arg, const char *bytes, size_t len)
{
	struct conn	*c = arg;

	if (c->raw != NULL)
		return c->raw->bytes(c->raw_arg, bytes, len);
	return conn_eat(c, bytes, len);
}

static void
conn_drained(void *arg)
{
	struct conn	*c = arg;

	if (c->raw != NULL && c->raw->drained != NULL)
		c->raw->drained(c->raw_arg);
	else if (c->call.active && c->call.drained != NULL)
		c->call.drained(&c->call);
	else
		conn_run(c);
}

static void
conn_hang_up(struct conn *c)
{
	c->gone = true;
	if (!c->call.in.oneway)
		conn_cancel_call(c);
	conn_lose_leases(c);
	if (c->raw != NULL)
		conn_close(c);
	else
		conn_run(c);
}

static void
conn_be_late(struct conn *c)
{
	if (!c->allowed) {
		conn_deny(c);
		return;
	}
	conn_warn(c, "did not end its message in time: dropped");
	conn_close(c);
}

static void
conn_event(void *arg, enum stream_event event)
{
	struct conn	*c = arg;

	switch (event) {
	case STREAM_END:
		c->ended = true;
		conn_run(c);
		break;
	case STREAM_GONE:
		conn_hang_up(c);
		break;
	case STREAM_LATE:
		conn_be_late(c);
		break;
	case STREAM_STALLED:
		conn_warn(c, "did not read its answers for too long: dropped, "
		    "with %zu bytes unsent", stream_kept(c->stream));
		conn_close(c);
		break;
	}
}

static void
conn_free(struct conn *c)
{
	stream_destroy(c->stream);
	varlink_decoder_finish(&c->decoder);
	access_groups_finish(&c->groups);
	places_give_back(&c->common->places, &c->place);
	free(c);
}

static void
conn_closed(void *arg)
{
	struct conn	*c = arg;

	if (!c->stopped)
		conn_stop(c);
	conn_free(c);
}

static const struct stream_handler conn_handler = {
	conn_bytes, conn_drained, conn_event, conn_closed
};

/* Who he is, once and for all. */
static void
conn_meet(struct conn *c, int fd, const struct client *client)
{
	c->client = *client;
	if (client->uid != 0)		/* root needs no groups */
		access_groups_init(&c->groups, fd);
	c->allowed = access_may_connect(c->common->access, client,
	    &c->groups);
	if (c->allowed)			/* of a stranger nobody speaks */
		client_name(&c->client);
}

static bool
conn_take_place(struct conn *c)
{
	const char	*limit = places_take(&c->common->places, &c->place,
			    c->client.uid, !c->allowed);

	if (limit != NULL && conn_may_log(c, limit))
		log_warn_about(&(struct log_about){ .client_pid = c->client.pid },
		    "client %d refused: the limit %s is reached",
		    (int)c->client.pid, limit);
	return limit == NULL;
}

struct conn *
conn_create(struct conn_common *common, int fd, const struct client *client)
{
	struct conn	*c = xcalloc(1, sizeof *c);

	c->common = common;
	LIST_INIT(&c->leases);
	conn_meet(c, fd, client);
	varlink_decoder_init(&c->decoder, c->allowed ? LIMIT_MESSAGE :
	    LIMIT_STRANGER_MESSAGE, LIMIT_VALUES);
	if (!conn_take_place(c)) {
		close(fd);
		access_groups_finish(&c->groups);
		free(c);
		return NULL;
	}
	c->stream = stream_create(common->base, fd, LIMIT_PIPELINE,
	    LIMIT_BACKLOG, &conn_handler, c);
	if (!c->allowed)
		stream_expect(c->stream, LIMIT_STRANGER_MS);
	return c;
}
