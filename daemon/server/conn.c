/* SPDX-License-Identifier: MIT */
/*
 * A connection: bytes to calls, answers to bytes.
 *
 * A reply is written at once and only what the socket does not take is kept, so
 * a call costs one read and one write.  Calls that come ahead of their turn are
 * kept up to a limit; then reading stops until the call in work is answered.
 *
 * The end has two forms.  End of file (the client shut down its side, as nc and
 * socat do) means "no more calls": those made are answered.  A hang-up means
 * that nobody is left to hear: the call in work is cancelled, calls still in the
 * socket are carried out only if they are oneway.  A hang-up must be noticed
 * also while nothing is read; for that a duplicate of the descriptor is watched
 * edge-triggered, since libevent cannot mix edges and levels on one.
 */
#include "conn_private.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "protocol/limits.h"

#define READ_SIZE (16 * 1024)

static void
conn_free(struct conn *c)
{
	struct event	*events[] = { c->readable, c->writable, c->hangup, c->reap };
	size_t		 i;

	for (i = 0; i < sizeof events / sizeof *events; i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (c->in != NULL)
		evbuffer_free(c->in);
	if (c->out != NULL)
		evbuffer_free(c->out);
	if (c->hangup_fd >= 0)
		close(c->hangup_fd);
	varlink_decoder_finish(&c->decoder);
	access_groups_finish(&c->groups);
	varlink_call_finish(&c->call.in);
	close(c->fd);
	server_forget(&c->entry);
	free(c);
}

static void
conn_reap_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	conn_free(arg);
}

static void
conn_cancel_call(struct conn *c)
{
	struct call	*call = &c->call;

	if (!call->active || call->in.oneway)
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

void
conn_close(struct conn *c)
{
	if (c->closed)
		return;
	c->closed = c->gone = true;
	c->call.in.oneway = false;	/* or it would not be cancelled */
	conn_cancel_call(c);
	conn_lose_leases(c);
	event_del(c->readable);
	event_del(c->writable);
	if (c->hangup != NULL)
		event_del(c->hangup);
	event_active(c->reap, 0, 0);
}

/* Nobody is there any more. */
static void
conn_hang_up(struct conn *c)
{
	if (c->gone)
		return;
	c->gone = true;
	evbuffer_drain(c->out, evbuffer_get_length(c->out));
	event_del(c->writable);
	conn_cancel_call(c);
	conn_lose_leases(c);
	conn_run(c);
}

static bool
conn_is_hung_up(const struct conn *c)
{
	struct pollfd	p = { .fd = c->fd };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

static void
conn_hangup_cb(evutil_socket_t fd, short what, void *arg)
{
	struct conn	*c = arg;

	(void)fd, (void)what;
	if (conn_is_hung_up(c))
		conn_hang_up(c);
}

/* Reading is what notices a hang-up; without it, watch for one. */
void
conn_set_reading(struct conn *c, bool on)
{
	if (c->closed || c->reading == on)
		return;
	c->reading = on;
	if (on) {
		event_add(c->readable, NULL);
		return;
	}
	event_del(c->readable);
	if (c->hangup == NULL) {
		c->hangup_fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
		if (c->hangup_fd < 0)
			return;
		c->hangup = event_new(event_get_base(c->readable), c->hangup_fd,
		    EV_CLOSED | EV_ET | EV_PERSIST, conn_hangup_cb, c);
		if (c->hangup != NULL)
			event_add(c->hangup, NULL);
	}
}

static void
conn_end_of_file(struct conn *c)
{
	c->eof = true;
	if (!conn_is_idle(c)) {
		conn_set_reading(c, false);
		if (conn_is_hung_up(c))
			conn_hang_up(c);
	}
	conn_run(c);
}

static void
conn_readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct conn	*c = arg;
	char		 buf[READ_SIZE];
	ssize_t		 n;
	size_t		 eaten = 0;

	(void)what;
	n = read(fd, buf, sizeof buf);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_end_of_file(c);
		return;
	}
	if (evbuffer_get_length(c->in) == 0 && c->raw == NULL) {
		c->running = true;
		eaten = conn_eat(c, buf, (size_t)n);
		c->running = false;
	}
	if (eaten < (size_t)n)
		evbuffer_add(c->in, buf + eaten, (size_t)n - eaten);
	conn_run(c);
}

static void
conn_writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct conn	*c = arg;
	struct timeval	 stall = { LIMIT_STALL_MS / 1000, 0 };

	if (what & EV_TIMEOUT) {
		conn_warn(c, "did not read its answers for too long: dropped");
		conn_close(c);
		return;
	}
	if (evbuffer_write(c->out, fd) < 0 && errno != EAGAIN && errno != EINTR) {
		conn_hang_up(c);
		return;
	}
	if (evbuffer_get_length(c->out) > 0)
		event_add(c->writable, &stall);
	if (evbuffer_get_length(c->out) <= LIMIT_BACKLOG / 2 &&
	    c->call.active && c->call.drained != NULL)
		c->call.drained(&c->call);
	if (evbuffer_get_length(c->out) <= LIMIT_BACKLOG / 2 && c->raw != NULL)
		c->raw->drained(c->raw_arg);
	conn_run(c);
}

/* Sends bytes, or keeps what the socket does not take. */
bool
conn_write(struct conn *c, const void *bytes, size_t len)
{
	struct timeval	 stall = { LIMIT_STALL_MS / 1000, 0 };
	ssize_t		 n = 0;

	if (c->gone)
		return true;
	if (evbuffer_get_length(c->out) == 0) {
		n = write(c->fd, bytes, len);
		if (n < 0)
			n = 0;		/* a lost peer is seen elsewhere */
	}
	if ((size_t)n < len) {
		evbuffer_add(c->out, (const char *)bytes + n, len - (size_t)n);
		event_add(c->writable, &stall);
	}
	return !conn_is_full(c);
}

void
conn_resume(struct conn *c)
{
	c->raw_full = false;
	conn_run(c);
}

void
conn_send(struct conn *c, json_t *message)
{
	size_t	 len;
	char	*text = c->gone ? NULL : varlink_encode(message, &len);

	json_decref(message);
	if (text != NULL)
		conn_write(c, text, len);
	free(text);
}

struct conn *
conn_create(struct server *server, int fd, const struct client *client)
{
	struct event_base	*base = server_base(server);
	struct conn		*c = calloc(1, sizeof *c);

	if (c == NULL)
		return NULL;
	c->fd = fd;
	c->hangup_fd = -1;
	c->client = *client;
	if (client->uid != 0)		/* root needs none */
		access_groups_init(&c->groups, fd);
	c->allowed = access_may_connect(server_access(server), client,
	    &c->groups);
	c->reading = true;
	LIST_INIT(&c->leases);
	varlink_decoder_init(&c->decoder, LIMIT_MESSAGE);
	server_remember(server, &c->entry, client->uid);
	c->in = evbuffer_new();
	c->out = evbuffer_new();
	c->readable = event_new(base, fd, EV_READ | EV_PERSIST,
	    conn_readable_cb, c);
	c->writable = event_new(base, fd, EV_WRITE, conn_writable_cb, c);
	c->reap = event_new(base, -1, 0, conn_reap_cb, c);
	if (c->in == NULL || c->out == NULL || c->readable == NULL ||
	    c->writable == NULL || c->reap == NULL) {
		conn_free(c);
		return NULL;
	}
	event_add(c->readable, NULL);
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
	return evbuffer_get_length(c->out) > LIMIT_BACKLOG;
}

struct server *
conn_server(struct conn *c)
{
	return c->entry.server;
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

const struct access_groups *
conn_groups(const struct conn *c)
{
	return &c->groups;
}
