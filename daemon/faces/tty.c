/* SPDX-License-Identifier: MIT */
/*
 * From a pty to a seat and back, and from one tool to the next.
 *
 * At rest nothing wakes up: picod's end is watched by edges, of which there is one
 * at the first byte and one when the last of its openers leaves.  What was typed
 * is read before anybody looks whether he has left, since echo(1) does all of it
 * in one.  He may have left something to be done: that is done first, in bounded
 * time, unless another tool is quicker.  One that is quicker than picod itself goes
 * on where the last one was: the kernel tells nobody, as at a real port, and tools
 * begin in a way that gets them out of whatever they find.
 *
 * picod opens the pty itself now and then, to see whether others can, and that
 * rings like a tool that came and said nothing.
 */
#include "tty.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/port/holder.h"
#include "daemon/port/own.h"
#include "protocol/limits.h"
#include "pty.h"
#include "seat.h"

#define READ_SIZE	4096

/* Read in one turn of the loop: a tool that never stops is not alone. */
#define READS		16

/* For what a tool that has left wanted to have done. */
#define LINGER_MS	2000

struct tty {
	struct boards	*boards;
	struct board	*board;
	gid_t		 group;
	void		(*renewed)(void *, struct tty *);
	void		*arg;
	struct pty	 pty;
	struct own_port	 own;
	struct seat	*seat;
	struct event_base *base;
	struct event	*bell;			/* something was typed, or all left */
	struct event	*room;			/* the pty takes more */
	struct event	*linger;
	struct evbuffer	*out;			/* what it has not taken */
	char		 kept[READ_SIZE];	/* what the seat has not */
	size_t		 kept_len;
	bool		 used;			/* by the tool of now */
	bool		 rung;			/* by picod itself */
	char		 note[256];
};

static void	tty_bell_cb(evutil_socket_t, short, void *);
static void	tty_disconnect(struct tty *);

/* ------------------------------------------------------------- to the tool */

static bool
tty_is_full(void *arg)
{
	struct tty	*t = arg;

	return evbuffer_get_length(t->out) >= LIMIT_TTY;
}

/* In the next turn, with nothing of the seat on the stack. */
static void
tty_ring(void *arg)
{
	struct tty	*t = arg;

	event_active(t->bell, EV_READ, 0);
}

static void
tty_room_cb(evutil_socket_t fd, short what, void *arg)
{
	struct tty	*t = arg;
	bool		 was_full = tty_is_full(t);

	(void)what;
	while (evbuffer_get_length(t->out) > 0 && !pty_is_left(&t->pty))
		if (evbuffer_write(t->out, fd) < 0) {
			if (errno == EAGAIN)
				event_add(t->room, NULL);
			break;
		}
	if (was_full && !tty_is_full(t))
		tty_ring(t);
}

static void
tty_bytes(void *arg, const void *bytes, size_t len)
{
	struct tty	*t = arg;
	ssize_t		 n = 0;

	if (pty_is_left(&t->pty))
		return;
	t->used = true;
	if (evbuffer_get_length(t->out) == 0)
		n = write(t->pty.fd, bytes, len);
	if (n < 0)
		n = 0;
	if ((size_t)n == len)
		return;
	evbuffer_add(t->out, (const char *)bytes + n, len - (size_t)n);
	event_add(t->room, NULL);
}

static void
tty_idle(void *arg)
{
	struct tty	*t = arg;

	if (event_pending(t->linger, EV_TIMEOUT, NULL))
		tty_ring(t);
}

/* Its owner is told that the board goes, and destroys it: nothing comes before. */
static void
tty_gone(void *arg)
{
	struct tty	*t = arg;

	tty_disconnect(t);
	event_del(t->linger);
}

static void
tty_flash(void *arg)
{
	struct tty	*t = arg;
	const char	*name = board_name(t->board);

	if (t->note[0] != '\0')
		return;		/* it asks again and again */
	snprintf(t->note, sizeof t->note, "a tool tried to flash it at picod's own "
	    "port, where others use it too: picoctl flash -b %s, or picoctl lend "
	    "-b %s -- TOOL", name, name);
	log_info_about(&(struct log_about){ .board = name }, "board %s: %s", name,
	    t->note);
}

static const struct seat_ops	tty_seat = {
	.bytes = tty_bytes, .full = tty_is_full, .room = tty_ring,
	.idle = tty_idle, .gone = tty_gone, .flash = tty_flash,
};

/* ----------------------------------------------------------- from the tool */

/* Who seems to have it open, as far as picod may see. */
static void
tty_sit_down(struct tty *t)
{
	struct client	client;
	struct holder	holder;

	if (holder_find(t->pty.path, 0, &holder) < 0)
		holder.pid = 0;
	client_init_process(&client, holder.pid, "a tool at its tty");
	seat_set_client(t->seat, &client);
	t->used = true;
	t->note[0] = '\0';
}

static bool
tty_is_done(const struct tty *t)
{
	return t->kept_len == 0 && seat_is_idle(t->seat);
}

/* What the seat did not take is kept, and until then nothing more is read. */
static void
tty_feed(struct tty *t, const char *bytes, size_t len)
{
	size_t	n = seat_typed(t->seat, bytes, len);

	memmove(t->kept, bytes + n, len - n);
	t->kept_len = len - n;
}

/* Who does not read the echo is not listened to, unless he may stop a job. */
static bool
tty_listens(struct tty *t)
{
	return t->kept_len == 0 && (!tty_is_full(t) || !seat_is_idle(t->seat));
}

static void
tty_take(struct tty *t)
{
	char	bytes[READ_SIZE];
	ssize_t	n;
	int	i;

	if (t->kept_len > 0)
		tty_feed(t, t->kept, t->kept_len);
	for (i = 0; i < READS && tty_listens(t); i++) {
		n = read(t->pty.fd, bytes, sizeof bytes);
		if (n <= 0)
			return;
		if (!t->used)
			tty_sit_down(t);
		tty_feed(t, bytes, (size_t)n);
	}
	if (tty_listens(t))
		tty_ring(t);
}

/* ------------------------------------------------ from one tool to the next */

static void
tty_take_seat(struct tty *t)
{
	struct client	nobody = { .uid = (uid_t)-1, .gid = (gid_t)-1 };

	t->seat = xhave(seat_create(t->boards, t->board, &nobody, "", &tty_seat,
	    t));
	t->used = false;
	t->kept_len = 0;
}

static void
tty_leave_seat(struct tty *t)
{
	event_del(t->linger);
	seat_destroy(t->seat);
	tty_take_seat(t);
}

static void
tty_connect(struct tty *t)
{
	t->bell = event_new(t->base, t->pty.fd, EV_READ | EV_ET | EV_PERSIST,
	    tty_bell_cb, t);
	t->room = event_new(t->base, t->pty.fd, EV_WRITE | EV_ET, tty_room_cb, t);
	event_add(t->bell, NULL);
	t->own.number = t->pty.number;
	own_add(&t->own);
}

static void
tty_disconnect(struct tty *t)
{
	if (t->pty.fd < 0)
		return;
	own_remove(&t->own);
	event_free(t->bell);
	event_free(t->room);
	pty_close(&t->pty);
}

/* A pty that nobody can open any more makes room for another. */
static void
tty_replace(struct tty *t)
{
	struct pty	pty;
	int		error = pty_open(&pty, t->group);

	if (error < 0) {
		log_warn("the port %s of board %s was left locked by a tool, and "
		    "there is no other: %s", t->pty.path, board_name(t->board),
		    strerror(-error));
		return;
	}
	log_debug("board %s: a tool left its port locked", board_name(t->board));
	tty_disconnect(t);
	t->pty = pty;
	tty_connect(t);
	t->renewed(t->arg, t);
}

/* Nobody has it open any more. */
static void
tty_left(struct tty *t)
{
	struct timeval	tv = { LINGER_MS / 1000, LINGER_MS % 1000 * 1000 };
	bool		changed = pty_is_changed(&t->pty);

	/* Nobody reads it, nor keeps the rest of what was typed from being read. */
	if (evbuffer_get_length(t->out) > 0) {
		evbuffer_drain(t->out, evbuffer_get_length(t->out));
		tty_ring(t);
		return;
	}
	if (!tty_is_done(t)) {
		if (!event_pending(t->linger, EV_TIMEOUT, NULL))
			event_add(t->linger, &tv);
		return;
	}
	if (!t->used && !changed && t->rung) {
		t->rung = false;
		return;
	}
	if (pty_is_touched(&t->pty))
		tty_flash(t);
	tty_leave_seat(t);
	if (pty_renew(&t->pty) == -EBUSY)
		tty_replace(t);
	t->rung = true;
}

static void
tty_bell_cb(evutil_socket_t fd, short what, void *arg)
{
	struct tty	*t = arg;
	bool		 left = pty_is_left(&t->pty);

	(void)fd, (void)what;
	if (!left && event_pending(t->linger, EV_TIMEOUT, NULL))
		tty_leave_seat(t);	/* another tool was quicker */
	tty_take(t);
	if (pty_is_left(&t->pty))
		tty_left(t);
}

static void
tty_linger_cb(evutil_socket_t fd, short what, void *arg)
{
	struct tty	*t = arg;
	char		 bytes[READ_SIZE];
	int		 i;

	(void)fd, (void)what;
	tty_leave_seat(t);
	for (i = 0; i < READS && pty_is_left(&t->pty); i++)
		if (read(t->pty.fd, bytes, sizeof bytes) <= 0)
			break;
	tty_ring(t);
}

struct tty *
tty_create(struct event_base *base, struct boards *boards, struct board *b,
    gid_t group, void (*renewed)(void *, struct tty *), void *arg)
{
	struct tty	*t = xcalloc(1, sizeof *t);
	int		 error = pty_open(&t->pty, group);

	if (error < 0) {
		free(t);
		errno = -error;
		return NULL;
	}
	t->base = base;
	t->boards = boards;
	t->board = b;
	t->group = group;
	t->renewed = renewed;
	t->arg = arg;
	t->out = evbuffer_new();
	t->linger = evtimer_new(base, tty_linger_cb, t);
	tty_take_seat(t);
	tty_connect(t);
	t->rung = true;
	return t;
}

void
tty_destroy(struct tty *t)
{
	if (t == NULL)
		return;
	tty_disconnect(t);
	event_free(t->linger);
	seat_destroy(t->seat);
	evbuffer_free(t->out);
	free(t);
}

const char *
tty_path(const struct tty *t)
{
	return t->pty.path;
}

bool
tty_is_open(const struct tty *t)
{
	return !pty_is_left(&t->pty);
}

const char *
tty_note(const struct tty *t)
{
	return t->note;
}
