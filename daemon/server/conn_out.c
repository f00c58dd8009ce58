/* SPDX-License-Identifier: MIT */
/*
 * What goes out of a connection, what is kept for it meanwhile, and how it ends.
 * All else of a connection stands on this.
 */
#include "conn_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "protocol/limits.h"

bool
conn_may_log(const struct conn *c, const char *what)
{
	char	key[128];

	snprintf(key, sizeof key, "%u %s", c->client.uid, what);
	return seldom_may(&c->common->said, key, clock_now());
}

void
conn_warn(const struct conn *c, const char *format, ...)
{
	char	what[256];
	va_list	args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	if (conn_may_log(c, format))
		log_warn_about(&(struct log_about){ .client_pid = c->client.pid },
		    "client %d %s", (int)c->client.pid, what);
}

void
conn_cancel_call(struct conn *c)
{
	struct call	*call = &c->call;

	c->kept = 0;
	if (!call->active)
		return;
	call->active = false;
	if (call->cancel != NULL)
		call->cancel(call);
	varlink_call_finish(&call->in);
}

void
conn_lose_leases(struct conn *c)
{
	struct lease	*lease;

	while ((lease = LIST_FIRST(&c->leases)) != NULL) {
		LIST_REMOVE(lease, entry);
		lease->lost(lease);
	}
}

void
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

size_t
conn_kept(const struct place *place)
{
	const struct conn	*c = (const struct conn *)place;

	/* A call's text is kept as JSON, and in its request. */
	return stream_kept(c->stream) + c->decoder.size +
	    (c->call.active ? 2 * c->call_len : 0) + c->kept;
}

bool
conn_may_keep(const struct conn *c, size_t len)
{
	return conn_kept(&c->place) + len <= LIMIT_KEPT_FREE ||
	    !places_are_laden(&c->common->places, c->client.uid);
}

bool
conn_keep(struct conn *c, size_t len)
{
	c->kept = len;
	return conn_may_keep(c, 0);
}

/* More than its user's share of memory is too much, too. */
static void
conn_write(struct conn *c, const void *bytes, size_t len)
{
	stream_write(c->stream, bytes, len);
	if (!stream_is_full(c->stream) && !conn_may_keep(c, 0))
		stream_set_full(c->stream);
}

bool
conn_write_all(struct conn *c, const void *bytes, size_t len)
{
	stream_write(c->stream, bytes, len);
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
		stream_close(c->stream);	/* the rest is the loop's */
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

bool
conn_permits(const struct conn *c, const struct access_ask *ask)
{
	return access_permits(c->common->access, &c->client, &c->groups,
	    ask);
}
