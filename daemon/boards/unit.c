/* SPDX-License-Identifier: MIT */
/*
 * A board decides; here is what it needs of the world: a port and a timer.  The
 * host of a board does as it is told: after each change it writes what the board
 * has for its port and sets the timer.
 */
#include "unit.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/base/seldom.h"
#include "daemon/port/port.h"
#include "served.h"

/* How long a board may be deaf after a reset by DTR: the bootloaders of
 * Arduinos wait up to 2 s for an upload.  A REPL is simply asked again. */
#define SETTLE_MS	2000

static const char	not_plugged_in[] = "no such board is plugged in";

struct unit {
	const struct unit_handler *handler;
	void		*arg;
	struct board	*board;
	struct port	*port;
	struct served	 served;
	unsigned	 baud;		/* the one of two that was found */
	unsigned	 other_baud;	/* or 0 */
	bool		 boot_greedy;
	bool		 configured;
	uint64_t	 seen_at;	/* when it was there last */
	struct seldom	 said;
	struct event	*timer;
	uint64_t	 timer_at;
};

static void
unit_set_timer(struct unit *u, uint64_t now)
{
	uint64_t	at = board_deadline(u->board), ms;
	struct timeval	tv;

	if (at == u->timer_at)
		return;
	u->timer_at = at;
	if (at == DRIVER_NEVER) {
		event_del(u->timer);
		return;
	}
	if (at <= now) {
		/* Without another look at the descriptors first. */
		event_active(u->timer, EV_TIMEOUT, 0);
		return;
	}
	ms = at - now;
	tv.tv_sec = (time_t)(ms / 1000);
	tv.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	event_add(u->timer, &tv);
}

/* Sends what there is to send, in as few writes as the board allows. */
static void
unit_wake(struct board *board, void *arg)
{
	struct unit	*u = arg;
	const uint8_t	*bytes;
	uint64_t	 now = clock_now();
	size_t		 len, n;

	while ((len = board_output(board, &bytes)) > 0) {
		n = port_write(u->port, bytes, len);
		if (n == 0)
			break;
		board_sent(board, n, now);
	}
	unit_set_timer(u, now);
	u->handler->settled(u->arg);
}

/* A port that comes and goes by itself is not told of each time. */
static bool
unit_may_say(struct unit *u, const char *what)
{
	return !port_is_unsteady(u->port) ||
	    seldom_may(&u->said, what, clock_now());
}

static void
unit_log(struct unit *u, const struct board_notice *notice)
{
	const struct board	*b = u->board;
	enum board_state	 state = board_state(b);
	struct log_about	 about = { .board = board_name(b) };

	if (notice->kind == NOTICE_STATE && (state == BOARD_ABSENT ||
	    state == BOARD_SILENT)) {
		about.kind = state == BOARD_ABSENT ? LOG_DETACH : LOG_SILENT;
		if (unit_may_say(u, notice->reason))
			log_info_about(&about, "board %s is %s: %s",
			    board_name(b), board_state_name(state),
			    notice->reason);
	} else if (notice->kind == NOTICE_WILL) {
		about.kind = LOG_WILL;
		log_warn_about(&about, "board %s: %s", board_name(b),
		    notice->reason);
	} else if (notice->kind != NOTICE_TRACE && notice->reason != NULL) {
		if (board_running(b) != NULL)
			about.client_pid = board_running(b)->client.pid;
		log_debug_about(&about, "board %s: %s (%s)", board_name(b),
		    notice->reason, board_state_name(state));
	}
}

static void
unit_notice(struct board *board, const struct board_notice *notice, void *arg)
{
	struct unit	*u = arg;

	if (notice->kind == NOTICE_STATE && board_state(board) == BOARD_SILENT)
		port_tell(u->port, WANTED_SILENT);
	if (notice->kind == NOTICE_STATE && board_state(board) == BOARD_ABSENT)
		u->seen_at = clock_now();
	unit_log(u, notice);
	u->handler->notice(u->arg, board, notice);
}

/* To a board with USB of its own, DTR is no reset line. */
static int
unit_restart(struct board *board, void *arg)
{
	struct unit	*u = arg;

	(void)board;
	return u->served.drop_dtr ? -ENOTSUP : port_reset(u->port);
}

static void
unit_pause(struct board *board, bool pause, void *arg)
{
	struct unit	*u = arg;

	(void)board;
	port_pause(u->port, pause);
}

static void
unit_release(struct board *board, bool release, void *arg)
{
	struct unit	*u = arg;

	port_tell(u->port, !release ? WANTED_RETURNED :
	    board_state(board) == BOARD_FLASHING ? WANTED_FLASHING : WANTED_LENT);
	if (!release && !port_is_tried(u->port))
		board_failed(board, "it is unplugged; plug it in");
}

/* What answers at it is asked at it first when the port is opened again. */
static void
unit_change_speed(struct board *board, void *arg)
{
	struct unit	*u = arg;
	unsigned	 baud = u->other_baud;

	(void)board;
	u->other_baud = u->baud;
	u->baud = baud;
	port_set_baud(u->port, baud);
}

static const struct board_host unit_host = {
	.change_speed = unit_change_speed,
	.wake = unit_wake,
	.notice = unit_notice,
	.restart = unit_restart,
	.pause = unit_pause,
	.release = unit_release,
};

static uint64_t
unit_settle_ms(const struct unit *u)
{
	return strcmp(board_driver(u->board)->name, "repl") == 0 ? 0 : SETTLE_MS;
}

/* Whether the first request may ask the board at once if it is awake. */
static bool
unit_may_ask(const struct unit *u, enum link_reset reset)
{
	return !u->boot_greedy && (reset == LINK_MAY_RESET ||
	    u->served.drop_dtr);
}

static void
unit_opened(void *arg, enum link_reset reset)
{
	struct unit	*u = arg;

	if (unit_may_say(u, "it is there"))
		log_info_about(&(struct log_about){
		    .board = board_name(u->board),
		    .kind = LOG_ATTACH }, "board %s is there, at %s",
		    board_name(u->board), board_port(u->board));
	board_opened(u->board, reset == LINK_RESETS_NOT ? 0 : unit_settle_ms(u),
	    unit_may_ask(u, reset), clock_now());
}

static void
unit_reset_done(void *arg)
{
	struct unit	*u = arg;

	board_opened(u->board, unit_settle_ms(u), false, clock_now());
}

static void
unit_closed(void *arg, const char *reason)
{
	struct unit	*u = arg;

	board_closed(u->board, reason, clock_now());
}

static void
unit_failed(void *arg, const char *reason)
{
	struct unit	*u = arg;

	if (strcmp(board_problem(u->board), reason) != 0 &&
	    seldom_may(&u->said, reason, clock_now()))
		log_info_about(&(struct log_about){
		    .board = board_name(u->board) },
		    "board %s at %s: %s", board_name(u->board),
		    board_port(u->board), reason);
	board_failed(u->board, reason);
}

static void
unit_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	struct unit	*u = arg;

	board_feed(u->board, bytes, len, clock_now());
}

static void
unit_writable(void *arg)
{
	struct unit	*u = arg;

	unit_wake(u->board, u);
}

static const struct port_handler unit_port_handler = {
	.opened = unit_opened,
	.closed = unit_closed,
	.failed = unit_failed,
	.bytes = unit_bytes,
	.writable = unit_writable,
	.reset_done = unit_reset_done,
};

static void
unit_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct unit	*u = arg;

	(void)fd, (void)what;
	u->timer_at = DRIVER_NEVER;
	board_tick(u->board, clock_now());
}

void
unit_destroy(struct unit *u)
{
	if (u == NULL)
		return;
	board_destroy(u->board, clock_now());
	port_destroy(u->port);
	if (u->timer != NULL)
		event_free(u->timer);
	served_finish(&u->served);
	free(u);
}

/*
 * The count starts from the time of day, so that none is ever repeated: in ms,
 * since picod may be started again within a second.
 */
static uint64_t
boot_start(void)
{
	struct timespec	now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct driver_options
unit_driver_options(const struct board_config *config)
{
	return (struct driver_options){
		.may_interrupt = config->may_interrupt,
		.baud = config->baud,
		.two_speeds = config->other_baud != 0,
		.reports = config->reports,
	};
}

/* How it is served from now on, but for its language. */
static int
unit_serve(struct unit *u, const struct board_config *config)
{
	int	error = served_set(&u->served, config);

	if (error < 0)
		return error;
	u->baud = config->baud;
	u->other_baud = config->other_baud;
	port_set_baud(u->port, config->baud);
	port_set_drop_dtr(u->port, config->drop_dtr);
	return 0;
}

/* Its board and what that needs; half of it is undone by unit_destroy(). */
static int
unit_init(struct unit *u, struct event_base *base, struct path_watcher *watcher,
    const struct board_config *config, uint64_t number)
{
	struct board_options	options = {
		.name = config->name,
		.number = number,
		.port = config->port,
		.driver = config->driver,
		.driver_options = unit_driver_options(config),
		.flash = config->flash,
	};
	int			error;

	u->boot_greedy = config->boot_greedy;
	u->configured = config->configured;
	u->timer = evtimer_new(base, unit_timer_cb, u);
	u->port = port_create(base, watcher, &unit_port_handler, u);
	if (u->timer == NULL || u->port == NULL)
		return -ENOMEM;
	u->board = board_create(&options, &unit_host, u, boot_start());
	if (u->board == NULL)
		return -ENOMEM;
	error = unit_serve(u, config);
	if (error < 0 || config->port != NULL)
		return error < 0 ? error :
		    port_set_address(u->port, config->port, true);
	board_failed(u->board, not_plugged_in);
	return 0;
}

struct unit *
unit_create(struct event_base *base, struct path_watcher *watcher,
    const struct board_config *config, uint64_t number,
    const struct unit_handler *handler, void *arg)
{
	struct unit	*u = calloc(1, sizeof *u);
	int		 error;

	if (u == NULL)
		return NULL;
	u->handler = handler;
	u->arg = arg;
	u->timer_at = DRIVER_NEVER;
	error = unit_init(u, base, watcher, config, number);
	if (error < 0) {
		unit_destroy(u);
		errno = -error;
		return NULL;
	}
	return u;
}

/* Its port is not open any more. */
static void
unit_close(struct unit *u, const char *reason)
{
	if (board_is_open(u->board))
		board_closed(u->board, reason, clock_now());
	else
		board_failed(u->board, reason);
}

/* Where its port is; of one that is configured, the bus has no say. */
static int
unit_move(struct unit *u, const char *address, const struct board_usb *usb)
{
	int	error;

	if (port_is_configured(u->port))
		return board_set_port(u->board, board_port(u->board), usb);
	if (board_is_open(u->board) &&
	    strcmp(board_port(u->board), address) != 0)
		unit_unplug(u, "its port changed");
	error = board_set_port(u->board, address, usb);
	return error < 0 ? error : port_set_address(u->port, address, false);
}

int
unit_plug(struct unit *u, const char *address, const struct board_usb *usb)
{
	int	error = unit_move(u, address, usb);

	if (error == 0)
		port_tell(u->port, WANTED_PLUGGED);
	return error;
}

/* Whether a port is configured that it has not, or the other way round. */
static bool
unit_is_elsewhere(const struct unit *u, const struct board_config *config)
{
	bool	has = port_is_configured(u->port);

	return has != (config->port != NULL) ||
	    (has && strcmp(board_port(u->board), config->port) != 0);
}

static int
unit_go_elsewhere(struct unit *u, const struct board_config *config)
{
	static const struct board_usb	none;
	const char			*port = config->port;
	int				 error;

	if (port != NULL) {
		error = board_set_port(u->board, port, &none);
		if (error < 0)
			return error;
	}
	return port_set_address(u->port, board_port(u->board), port != NULL);
}

/* Closes it and opens it anew, if it is to be open. */
static int
unit_open_anew(struct unit *u, const struct board_config *config)
{
	struct driver_options	options = unit_driver_options(config);
	bool			was_open = board_is_open(u->board);
	bool			elsewhere = unit_is_elsewhere(u, config);
	int			error;

	board_reopens(u->board, "its configuration was changed", clock_now());
	error = unit_serve(u, config);
	if (error == 0)
		error = board_set_driver(u->board, config->driver, &options);
	if (error == 0 && elsewhere)
		error = unit_go_elsewhere(u, config);
	port_tell(u->port, WANTED_RELOADED);
	if ((was_open || elsewhere) && !board_is_away(u->board) &&
	    !port_is_tried(u->port))
		board_failed(u->board, not_plugged_in);
	return error;
}

int
unit_change(struct unit *u, const struct board_config *config)
{
	u->boot_greedy = config->boot_greedy;
	u->configured = config->configured;
	if (served_differs(&u->served, config) || unit_is_elsewhere(u, config)) {
		int	error = unit_open_anew(u, config);

		if (error < 0)
			return error;
	}
	return board_set_flash(u->board, &config->flash);
}

void
unit_set_baud(struct unit *u, unsigned baud)
{
	if (u->baud == baud || !board_is_away(u->board) ||
	    board_is_open(u->board))
		return;
	if (u->other_baud == baud)
		u->other_baud = u->baud;
	u->baud = baud;
	port_set_baud(u->port, baud);
}

void
unit_unplug(struct unit *u, const char *reason)
{
	port_tell(u->port, WANTED_UNPLUGGED);
	unit_close(u, reason);
}

struct board *
unit_board(const struct unit *u)
{
	return u->board;
}

bool
unit_is_there(const struct unit *u)
{
	return port_is_configured(u->port) || port_is_there(u->port) ||
	    board_state(u->board) == BOARD_UNCLAIMED;
}

bool
unit_is_forgettable(const struct unit *u)
{
	const struct board	*b = u->board;

	return !u->configured && !port_is_there(u->port) &&
	    board_state(b) == BOARD_ABSENT && !board_is_becoming(b) &&
	    board_holder(b) == NULL && board_request(b, NULL) == NULL;
}

uint64_t
unit_seen(const struct unit *u)
{
	return u->seen_at;
}
