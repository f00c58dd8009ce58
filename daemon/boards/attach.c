/* SPDX-License-Identifier: MIT */
/*
 * Boards come and go by what hotplug tells and the configuration says:
 * attach_plug.c and attach_reload.c are what is done then.
 */
#include "attach.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/memory.h"
#include "daemon/usb/names.h"

static void
attach_appeared(void *arg, const struct hotplug_tty *tty)
{
	attach_port(arg, tty);
}

static void
attach_vanished(void *arg, const char *id)
{
	attach_gone(arg, id);
}

static void
attach_missed(void *arg)
{
	attach_anew(arg);
}

static const struct hotplug_handler attach_handler = {
	.appeared = attach_appeared,
	.vanished = attach_vanished,
	.missed = attach_missed,
};

static void
attach_reload_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	attach_reload(arg);
}

/* A reload passed a board over; whoever kept it is still on the stack. */
static void
attach_unkept(void *arg)
{
	struct attach	*at = arg;

	event_active(at->again, 0, 0);
}

struct attach *
attach_create(struct event_base *base, struct boards *boards,
    const struct config *config, const char *names_path)
{
	struct attach	*at = xcalloc(1, sizeof *at);
	int		 error;

	at->boards = boards;
	at->config = config;
	LIST_INIT(&at->ports);
	at->names = names_open(names_path);
	at->again = event_new(base, -1, 0, attach_reload_cb, at);
	error = attach_configured(at);
	if (error < 0) {
		attach_destroy(at);
		errno = -error;
		return NULL;
	}
	boards_tell_unkept(boards, attach_unkept, at);
	at->hotplug = hotplug_create(base, &attach_handler, at);
	if (at->hotplug == NULL)
		log_warn("boards that are plugged in are not noticed: %s",
		    strerror(errno));
	return at;
}

void
attach_destroy(struct attach *at)
{
	struct attached	*a;

	if (at == NULL)
		return;
	hotplug_destroy(at->hotplug);
	boards_tell_unkept(at->boards, NULL, NULL);
	event_free(at->again);
	while ((a = LIST_FIRST(&at->ports)) != NULL) {
		LIST_REMOVE(a, entry);
		attached_destroy(a);
	}
	names_close(at->names);
	free(at);
}
