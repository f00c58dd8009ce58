/* SPDX-License-Identifier: MIT */
/*
 * From bytes to calls: one after the other, each answered before the next is
 * looked at.  What comes ahead of its turn is kept, up to a limit, and then no
 * more is read.
 */
#include "conn_private.h"

#include "daemon/base/log.h"
#include "daemon/methods/method.h"
#include "protocol/limits.h"

void
conn_warn(const struct conn *c, const char *what)
{
	log_warn_about(&(struct log_about){ .client_pid = c->client.pid },
	    "client %d %s", (int)c->client.pid, what);
}

static void
conn_take_message(struct conn *c, json_t *message)
{
	struct call	*call = &c->call;

	*call = (struct call){ .conn = c };
	if (varlink_call_parse(message, &call->in) < 0) {
		conn_warn(c, "sent an object that is no call");
		conn_close(c);
		return;
	}
	if (c->gone && !call->in.oneway) {
		varlink_call_finish(&call->in);
		return;
	}
	call->active = true;
	method_dispatch(call);
}

static bool
conn_is_free(const struct conn *c)
{
	return !c->closed && !c->call.active && c->raw == NULL &&
	    evbuffer_get_length(c->out) <= LIMIT_BACKLOG;
}

size_t
conn_eat(struct conn *c, const char *buf, size_t len)
{
	json_t	*message;
	size_t	 eaten = 0;
	ssize_t	 n;

	while (eaten < len && conn_is_free(c)) {
		n = varlink_decoder_feed(&c->decoder, buf + eaten, len - eaten,
		    &message);
		if (n < 0) {
			conn_warn(c, n == -EMSGSIZE ?
			    "sent a message over the limit" :
			    "sent what is no JSON object");
			conn_close(c);
			return len;
		}
		eaten += (size_t)n;
		if (message != NULL)
			conn_take_message(c, message);
	}
	return eaten;
}

/* After an upgrade: hands on the bytes that were kept. */
static void
conn_run_raw(struct conn *c)
{
	size_t	len = evbuffer_get_length(c->in);

	if (len > 0 && !c->raw_full) {
		c->raw_full = !c->raw->bytes(c->raw_arg,
		    evbuffer_pullup(c->in, -1), len);
		evbuffer_drain(c->in, len);
	}
	if (c->eof)
		conn_close(c);
	else
		conn_set_reading(c, !c->raw_full);
}

bool
conn_is_idle(const struct conn *c)
{
	return !c->call.active && evbuffer_get_length(c->in) == 0 &&
	    evbuffer_get_length(c->out) == 0;
}

/* Goes on with what was kept, and ends the connection when all is done. */
void
conn_run(struct conn *c)
{
	size_t	len, n;

	if (c->running || c->closed)
		return;
	if (c->raw != NULL) {
		conn_run_raw(c);
		return;
	}
	c->running = true;
	while (conn_is_free(c) && c->raw == NULL &&
	    (len = evbuffer_get_contiguous_space(c->in)) > 0) {
		n = conn_eat(c, (char *)evbuffer_pullup(c->in, (ev_ssize_t)len),
		    len);
		evbuffer_drain(c->in, n);
	}
	c->running = false;
	if (c->closed)
		return;
	if (c->eof && conn_is_idle(c))
		conn_close(c);
	else if (!c->eof)
		conn_set_reading(c, evbuffer_get_length(c->in) < LIMIT_PIPELINE);
}
