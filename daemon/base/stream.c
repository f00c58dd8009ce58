/* SPDX-License-Identifier: MIT */
/*
 * Flow control, written once.
 *
 * Output is written at once and only what the descriptor does not take is kept,
 * so that an answer costs one write.  Input is offered where it was read, and
 * only what is not eaten is kept; above a mark nothing is read any more, and the
 * other side waits in its write.
 *
 * A hang-up is noticed by reading; while nothing is read, and after the end of the
 * input, hangup.c watches for one.
 */
#include "stream.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hangup.h"
#include "memory.h"

#define READ_SIZE (16 * 1024)

struct stream {
	struct event_base	*base;
	const struct stream_handler *handler;
	void			*arg;
	int			 fd;
	struct evbuffer		*in;		/* NULL until it is needed */
	struct hangup		*hangup;	/* likewise */
	struct evbuffer		*out;
	size_t			 in_high, out_high;
	unsigned		 stall_ms;
	struct event		 readable, writable, late;
	struct event		 turn;		/* the next one of the loop */
	bool			 reading;
	bool			 ended;		/* the other side says no more */
	bool			 end_told;
	bool			 gone;
	bool			 full;		/* until drained() was told */
	bool			 resumed;	/* since bytes were last offered */
	bool			 finishing;
	bool			 closed;
};

static size_t
stream_uneaten(const struct stream *s)
{
	return s->in == NULL ? 0 : evbuffer_get_length(s->in);
}

static void
stream_tell(struct stream *s, enum stream_event event)
{
	if (!s->closed && !s->finishing)
		s->handler->event(s->arg, event);
}

static void
stream_add(struct event *event, unsigned ms)
{
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(event, &tv);
}

/* In the next turn, so that all others have theirs; not again in this one. */
static void
stream_ask_turn(struct stream *s)
{
	stream_add(&s->turn, 0);
}

static void
stream_lose(struct stream *s)
{
	if (s->gone || s->closed)
		return;
	s->gone = true;
	s->full = false;
	evbuffer_drain(s->out, evbuffer_get_length(s->out));
	event_del(&s->writable);
	if (s->finishing)
		stream_close(s);
	else
		stream_tell(s, STREAM_GONE);
}

static void
stream_hung_up(void *arg)
{
	stream_lose(arg);
}

static void
stream_watch(struct stream *s)
{
	if (s->gone || s->closed)
		return;
	if (s->hangup == NULL)
		s->hangup = hangup_create(s->base, s->fd, stream_hung_up, s);
	if (s->hangup == NULL) {
		/* Better than never to notice; and the other side is to know. */
		shutdown(s->fd, SHUT_RDWR);
		stream_lose(s);
	} else
		hangup_watch(s->hangup);
}

/* Reads or not, as there is room. */
static void
stream_set_reading(struct stream *s)
{
	bool	on = !s->closed && !s->finishing && !s->ended &&
		    stream_uneaten(s) < s->in_high;

	if (s->reading == on)
		return;
	s->reading = on;
	if (on) {
		event_add(&s->readable, NULL);
		hangup_rest(s->hangup);
	} else {
		event_del(&s->readable);
		stream_watch(s);
	}
}

static void
stream_tell_end(struct stream *s)
{
	if (!s->ended || s->end_told || stream_uneaten(s) > 0)
		return;
	s->end_told = true;
	stream_tell(s, STREAM_END);
}

/* Offers what was kept. */
static void
stream_offer(struct stream *s)
{
	size_t	len, n;

	if (stream_uneaten(s) > 0) {
		len = evbuffer_get_contiguous_space(s->in);
		n = s->handler->bytes(s->arg,
		    (char *)evbuffer_pullup(s->in, (ev_ssize_t)len), len);
		if (s->closed || s->finishing)
			return;
		evbuffer_drain(s->in, n);
		if (n > 0 && stream_uneaten(s) > 0)
			stream_ask_turn(s);
	}
	stream_set_reading(s);
	stream_tell_end(s);
}

static void
stream_turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stream	*s = arg;

	(void)fd, (void)what;
	if (s->closed)
		s->handler->closed(s->arg);
	else
		stream_offer(s);
}

static void
stream_take(struct stream *s, const char *bytes, size_t len)
{
	size_t	n = 0;

	s->resumed = false;
	if (stream_uneaten(s) == 0)
		n = s->handler->bytes(s->arg, bytes, len);
	if (n == len || s->closed || s->finishing)
		return;
	if (s->in == NULL)
		s->in = evbuffer_new();
	evbuffer_add(s->in, bytes + n, len - n);
	if (n > 0 || s->resumed)
		stream_ask_turn(s);
	stream_set_reading(s);
}

static void
stream_readable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stream	*s = arg;
	char		 bytes[READ_SIZE];
	ssize_t		 n = read(fd, bytes, sizeof bytes);

	(void)what;
	if (n > 0) {
		stream_take(s, bytes, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		s->ended = true;
		if (n < 0 || hangup_is_there(s->fd))
			stream_lose(s);
		stream_set_reading(s);
		stream_tell_end(s);
	}
}

/* Waits until the descriptor takes more; not for ever if that is urgent. */
static void
stream_wait(struct stream *s)
{
	if (s->closed)
		return;
	if (s->stall_ms > 0 && (s->full || s->finishing))
		stream_add(&s->writable, s->stall_ms);
	else
		event_add(&s->writable, NULL);
}

static void
stream_stall(struct stream *s)
{
	event_add(&s->writable, NULL);
	if (s->finishing)
		stream_close(s);
	else
		stream_tell(s, STREAM_STALLED);
}

static void
stream_drain(struct stream *s, size_t left)
{
	bool	was_full = s->full;

	s->full = was_full && left > s->out_high / 2;
	if (left > 0)
		stream_wait(s);
	else if (s->finishing)
		stream_close(s);
	if (was_full && !s->full && !s->finishing)
		s->handler->drained(s->arg);
}

static void
stream_writable_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stream	*s = arg;

	if (what & EV_TIMEOUT)
		stream_stall(s);
	else if (evbuffer_write(s->out, fd) < 0 && errno != EAGAIN &&
	    errno != EINTR)
		stream_lose(s);
	else
		stream_drain(s, evbuffer_get_length(s->out));
}

static void
stream_late_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	stream_tell(arg, STREAM_LATE);
}

struct stream *
stream_create(struct event_base *base, int fd, size_t in_high, size_t out_high,
    const struct stream_handler *handler, void *arg)
{
	struct stream	*s = xcalloc(1, sizeof *s);

	s->out = evbuffer_new();
	s->base = base;
	s->handler = handler;
	s->arg = arg;
	s->fd = fd;
	s->in_high = in_high;
	s->out_high = out_high;
	event_assign(&s->readable, base, fd, EV_READ | EV_PERSIST,
	    stream_readable_cb, s);
	event_assign(&s->writable, base, fd, EV_WRITE, stream_writable_cb, s);
	evtimer_assign(&s->late, base, stream_late_cb, s);
	evtimer_assign(&s->turn, base, stream_turn_cb, s);
	stream_set_reading(s);
	return s;
}

static void
stream_stop(struct stream *s)
{
	event_del(&s->readable);
	event_del(&s->writable);
	event_del(&s->late);
	event_del(&s->turn);
	hangup_rest(s->hangup);
}

void
stream_destroy(struct stream *s)
{
	if (s == NULL)
		return;
	stream_stop(s);
	hangup_destroy(s->hangup);
	close(s->fd);
	if (s->in != NULL)
		evbuffer_free(s->in);
	evbuffer_free(s->out);
	free(s);
}

void
stream_close(struct stream *s)
{
	if (s->closed)
		return;
	s->closed = true;
	stream_stop(s);
	stream_ask_turn(s);
}

void
stream_finish(struct stream *s, unsigned stall_ms)
{
	if (s->closed || s->finishing)
		return;
	s->finishing = true;
	s->stall_ms = stall_ms;
	event_del(&s->late);
	event_del(&s->turn);
	if (s->gone || evbuffer_get_length(s->out) == 0) {
		stream_close(s);
		return;
	}
	stream_wait(s);
	stream_set_reading(s);
}

void
stream_resume(struct stream *s)
{
	s->resumed = true;	/* perhaps from within bytes(), which eats none */
	if (!s->closed && !s->finishing && stream_uneaten(s) > 0)
		stream_ask_turn(s);
}

void
stream_write(struct stream *s, const void *bytes, size_t len)
{
	ssize_t	n = 0;
	bool	was_full = s->full;

	if (s->gone || s->closed || s->finishing)
		return;
	if (evbuffer_get_length(s->out) == 0) {
		n = write(s->fd, bytes, len);
		if (n < 0)
			n = 0;		/* a lost peer is noticed by reading */
	}
	if ((size_t)n == len)
		return;
	evbuffer_add(s->out, (const char *)bytes + n, len - (size_t)n);
	s->full |= evbuffer_get_length(s->out) > s->out_high;
	if (n > 0 || s->full != was_full ||
	    !event_pending(&s->writable, EV_WRITE, NULL))
		stream_wait(s);
}

bool
stream_is_full(const struct stream *s)
{
	return s->full;
}

void
stream_set_full(struct stream *s)
{
	if (s->full || evbuffer_get_length(s->out) == 0)
		return;
	s->full = true;
	stream_wait(s);
}

void
stream_press(struct stream *s, unsigned stall_ms)
{
	s->stall_ms = stall_ms;
	if (stall_ms == 0)
		event_remove_timer(&s->writable);
	else if (s->full)
		stream_wait(s);
}

void
stream_expect(struct stream *s, unsigned ms)
{
	if (ms == 0)
		event_del(&s->late);
	else if (!s->closed)
		stream_add(&s->late, ms);
}

size_t
stream_kept(const struct stream *s)
{
	return stream_uneaten(s) + evbuffer_get_length(s->out);
}
