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

#include "daemon/base/memory.h"
#include "protocol/limits.h"

static void
conn_cancel_call(struct conn *c)
{
	struct call	*call = &c->call;

	if (!call->active)
		return;
	call->active = false;
	if (call->cancel != NULL)
		call->cancel(call);
	varlink_call_finish(&call->in);
}

static void
conn_lose_leases(struct conn *c)
{
	struct lease	*lease;

	while ((lease = LIST_FIRST(&c->leases)) != NULL) {
		LIST_REMOVE(lease, entry);
		lease->lost(lease);
	}
}

static void
conn_stop(struct conn *c)
{
	c->stopped = true;
	conn_cancel_call(c);
	conn_lose_leases(c);
}

void
conn_finish(struct conn *c, unsigned stall_ms)
{
	if (c->stopped)
		return;
	conn_stop(c);
	stream_finish(c->stream, stall_ms);
}

void
conn_close(struct conn *c)
{
	if (!c->stopped)
		conn_stop(c);
	stream_close(c->stream);
}

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

	if (!call->active || server_handler(c->server)->is_permitted(call))
		return;
	if (call->cancel != NULL)
		call->cancel(call);
	call_fail(call, ERROR_PERMISSION_DENIED, NULL, "the rules of access "
	    "have changed, and do not grant this any more");
}

void
conn_ask_again(struct conn *c)
{
	if (c->stopped || !c->allowed)
		return;
	c->allowed = access_may_connect(server_access(c->server), &c->client,
	    &c->groups);
	if (!c->allowed && c->call.active && !c->call.in.oneway)
		conn_deny(c);
	else if (!c->allowed)
		conn_close(c);
	else
		conn_ask_call_again(c);
	while (!c->stopped && !conn_ask_leases_again(c))
		if (c->raw != NULL)
			conn_close(c);	/* that was all it had */
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
		call_fail(call, ERROR_DISCONNECTED, json_pack(
		    "{s:s, s:s, s:b}", "board", "", "output", "", "sent", 1),
		    "picod has ended");
	}
	conn_close(c);
}

bool
conn_permits(const struct conn *c, const struct access_ask *ask)
{
	return access_permits(server_access(c->server), &c->client, &c->groups,
	    ask);
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
	server_forget(c->server, &c->place);
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

size_t
conn_kept(const struct place *place)
{
	const struct conn	*c = (const struct conn *)place;

	/* A call's text is kept as JSON, and in its request. */
	return stream_kept(c->stream) + c->decoder.size +
	    (c->call.active ? 2 * c->call_len + c->call.kept : 0);
}

bool
conn_may_keep(const struct conn *c, size_t len)
{
	return conn_kept(&c->place) + len <= LIMIT_KEPT_FREE ||
	    !server_is_laden(c->server, c->client.uid);
}

bool
conn_write(struct conn *c, const void *bytes, size_t len)
{
	stream_write(c->stream, bytes, len);
	if (!stream_is_full(c->stream) && !conn_may_keep(c, 0))
		stream_set_full(c->stream);
	return !stream_is_full(c->stream);
}

void
conn_write_raw(struct conn *c, const void *bytes, size_t len)
{
	if (stream_kept(c->stream) + len > LIMIT_UNREAD ||
	    !conn_may_keep(c, len)) {
		conn_warn(c, "did not read what its board said: dropped, with "
		    "%zu bytes unsent", stream_kept(c->stream));
		conn_close(c);
	} else
		conn_write(c, bytes, len);
}

void
conn_resume(struct conn *c)
{
	stream_resume(c->stream);
}

void
conn_press(struct conn *c, bool press)
{
	stream_press(c->stream, press ? LIMIT_STALL_MS : 0);
}

static bool
conn_encode(struct conn *c, json_t *message, bool must)
{
	size_t	 len;
	char	*text = c->gone ? NULL : varlink_encode(message, &len);
	bool	 may = text == NULL || must || conn_may_keep(c, len);

	json_decref(message);
	if (text != NULL && may)
		conn_write(c, text, len);
	else if (text == NULL && !c->gone)
		stream_close(c->stream);	/* never a wrong answer */
	free(text);
	return may;
}

void
conn_send(struct conn *c, json_t *message)
{
	conn_encode(c, message, true);
}

bool
conn_offer(struct conn *c, json_t *message)
{
	return conn_encode(c, message, false);
}

/* Who he is, once and for all. */
static void
conn_meet(struct conn *c, int fd, const struct client *client)
{
	c->client = *client;
	if (client->uid != 0)		/* root needs no groups */
		access_groups_init(&c->groups, fd);
	c->allowed = access_may_connect(server_access(c->server), client,
	    &c->groups);
	if (c->allowed)			/* of a stranger nobody speaks */
		client_name(&c->client);
}

struct conn *
conn_create(struct server *server, int fd, const struct client *client)
{
	struct conn	*c = xcalloc(1, sizeof *c);

	c->server = server;
	LIST_INIT(&c->leases);
	conn_meet(c, fd, client);
	varlink_decoder_init(&c->decoder, c->allowed ? LIMIT_MESSAGE :
	    LIMIT_STRANGER_MESSAGE, LIMIT_VALUES);
	if (!server_remember(server, &c->place, client, !c->allowed)) {
		close(fd);
		access_groups_finish(&c->groups);
		free(c);
		return NULL;
	}
	c->stream = stream_create(server_base(server), fd, LIMIT_PIPELINE,
	    LIMIT_BACKLOG, &conn_handler, c);
	if (!c->allowed)
		stream_expect(c->stream, LIMIT_STRANGER_MS);
	return c;
}

void
conn_set_raw(struct conn *c, const struct conn_raw *raw, void *arg)
{
	c->raw = raw;
	c->raw_arg = arg;
}

bool
conn_is_full(const struct conn *c)
{
	return stream_is_full(c->stream);
}

struct server *
conn_server(struct conn *c)
{
	return c->server;
}

struct client *
conn_client(struct conn *c)
{
	return &c->client;
}

struct lease_list *
conn_leases(struct conn *c)
{
	return &c->leases;
}

bool
conn_is_allowed(const struct conn *c)
{
	return c->allowed;
}
