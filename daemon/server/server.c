/* SPDX-License-Identifier: MIT */
/*
 * Accepting.  Connections over a limit are closed at once, which tells their
 * programs more than a wait without end.  When descriptors run out, accepting
 * pauses for a moment: the connection waits in the kernel's queue meanwhile.
 */
#include "server.h"

#include <errno.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "conn.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "seats.h"

#define ACCEPT_PAUSE_MS	200

struct server {
	struct conn_common	 common;
	int			 fd;
	char			*path;		/* to remove at the end, or NULL */
	struct event		*acceptable, *pause;
	struct seats		*seats;		/* or NULL */
};

size_t
server_count(const struct server *s)
{
	return places_count(&s->common.places);
}

void
server_tell(struct server *s, void (*changed)(void *), void *arg)
{
	s->common.places.changed = changed;
	s->common.places.changed_arg = arg;
}

struct conn *
server_admit(struct server *s, int fd, const struct client *client)
{
	return conn_create(&s->common, fd, client);
}

static void
server_meet(struct server *s, int fd)
{
	struct client	client;

	if (client_init(&client, fd) < 0)
		close(fd);
	else
		server_admit(s, fd, &client);
}

static void
server_pause_cb(evutil_socket_t fd, short what, void *arg)
{
	struct server	*s = arg;

	(void)fd, (void)what;
	event_add(s->acceptable, NULL);
}

static void
server_accept_cb(evutil_socket_t listener, short what, void *arg)
{
	struct server	*s = arg;
	struct timeval	 tv = { 0, ACCEPT_PAUSE_MS * 1000 };
	int		 fd;

	(void)what;
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0) {
		server_meet(s, fd);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
	    errno == ENOBUFS) {
		if (seldom_may(&s->common.said, "accept", clock_now()))
			log_warn("cannot accept a client: %s",
			    strerror(errno));
		event_del(s->acceptable);
		event_add(s->pause, &tv);
	}
}

static void
server_evict(struct place *place)
{
	conn_close((struct conn *)place);
}

struct server *
server_create(struct event_base *base, const struct access *access,
    const struct call_handler *handler, const struct context *context)
{
	struct server	*s = xcalloc(1, sizeof *s);

	s->common = (struct conn_common){ .base = base, .access = access,
	    .handler = handler, .context = context };
	places_init(&s->common.places, server_evict, conn_kept);
	s->fd = -1;
	return s;
}

/* Whether somebody answers at that address. */
static bool
server_answers(const struct sockaddr_un *addr)
{
	int	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool	answers;

	answers = fd >= 0 && connect(fd, (const struct sockaddr *)addr,
	    sizeof *addr) == 0;
	if (fd >= 0)
		close(fd);
	return answers;
}

static int
server_bind(struct server *s, const char *path)
{
	struct sockaddr_un	addr = { .sun_family = AF_UNIX };
	struct stat		st;

	if (strlen(path) >= sizeof addr.sun_path)
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	if (server_answers(&addr))
		return -EADDRINUSE;
	if (lstat(path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode))
			return -EEXIST;
		unlink(path);
	}
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0 ||
	    bind(s->fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		return -errno;
	s->path = xstrdup(path);
	/* Who may do what is decided by credentials, not by the file. */
	if (chmod(path, 0666) < 0 || listen(s->fd, SOMAXCONN) < 0)
		return -errno;
	return 0;
}

static void
server_seats_changed(void *arg)
{
	server_ask_again(arg);
}

int
server_listen(struct server *s, const char *path)
{
	int	error;

	if (sd_listen_fds(1) > 0) {
		s->fd = SD_LISTEN_FDS_START;
		if (evutil_make_socket_nonblocking(s->fd) < 0)
			return -errno;
	} else if ((error = server_bind(s, path)) < 0)
		return error;
	s->acceptable = event_new(s->common.base, s->fd, EV_READ | EV_PERSIST,
	    server_accept_cb, s);
	s->pause = evtimer_new(s->common.base, server_pause_cb, s);
	event_add(s->acceptable, NULL);
	s->seats = seats_create(s->common.base, server_seats_changed, s);
	return 0;
}

/* Calls f of each connection, which may close it. */
static void
server_each(struct server *s, void (*f)(struct conn *))
{
	struct place	*place, *next;

	for (place = LIST_FIRST(&s->common.places.taken); place != NULL;
	    place = next) {
		next = LIST_NEXT(place, entry);
		f((struct conn *)place);
	}
}

void
server_ask_again(struct server *s)
{
	server_each(s, conn_ask_again);
}

void
server_stop(struct server *s)
{
	if (s->acceptable != NULL)
		event_free(s->acceptable);
	if (s->pause != NULL)
		event_free(s->pause);
	s->acceptable = s->pause = NULL;
	if (s->path != NULL)
		unlink(s->path);
	free(s->path);
	s->path = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	seats_destroy(s->seats);
	s->seats = NULL;
	server_each(s, conn_wind_up);
}

void
server_destroy(struct server *s)
{
	if (s == NULL)
		return;
	server_stop(s);
	server_each(s, conn_break_off);
	event_base_loop(s->common.base, EVLOOP_NONBLOCK);	/* the connections go */
	free(s);
}
