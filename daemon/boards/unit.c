/* SPDX-License-Identifier: MIT */
/*
 * A board decides; here is what it needs of the world: a port and a timer.  What
 * its port does is told to it (unit_port.c), and what others want of it
 * (unit_ask.c); what it wants then is done (unit_pump.c).
 */
#include "unit_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/base/clock.h"
#include "daemon/base/memory.h"

/* How long a board that was flashed may take to come back as another device. */
#define BACK_MS		20000

static const char	not_plugged_in[] = "no such board is plugged in";

void
unit_end(struct unit *u)
{
	board_end(u->board);
	unit_pump(u);
}

void
unit_destroy(struct unit *u)
{
	assert(!u->pumping);
	unit_end(u);
	board_destroy(u->board);
	port_destroy(u->port);
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
		.find_baud = config->find_baud,
		.reports = config->reports,
	};
}

/* How it is served from now on, but for its language. */
static void
unit_serve(struct unit *u, const struct board_config *config)
{
	served_set(&u->served, config);
	port_set_baud(u->port, config->baud);
	port_set_drop_dtr(u->port, config->drop_dtr);
}

struct unit *
unit_create(struct event_base *base, struct path_watcher *watcher,
    const struct board_config *config, uint64_t number,
    const struct unit_handler *handler, void *arg)
{
	struct unit		*u = xcalloc(1, sizeof *u);
	struct board_options	options = {
		.name = config->name,
		.number = number,
		.port = config->port,
		.driver = config->driver,
		.driver_options = unit_driver_options(config),
		.flash = config->flash,
		.owner = u,
	};

	u->handler = handler;
	u->arg = arg;
	u->timer_at = DRIVER_NEVER;
	u->boot_greedy = config->boot_greedy;
	u->configured = config->configured;
	u->timer = evtimer_new(base, unit_timer_cb, u);
	u->port = port_create(base, watcher, &unit_port_handler, u);
	u->board = board_create(&options, boot_start());
	unit_serve(u, config);
	return u;
}

int
unit_start(struct unit *u, const struct board_config *config)
{
	if (config->port != NULL)
		return port_set_address(u->port, config->port, true);
	board_failed(u->board, not_plugged_in);
	return 0;
}

/* Its port is not open any more. */
static void
unit_close(struct unit *u, const char *reason)
{
	if (board_is_open(u->board))
		unit_closed(u, reason);
	else {
		board_failed(u->board, reason);
		unit_settle(u);
	}
}

/* Where its port is; of one that is configured, the bus has no say. */
static int
unit_move(struct unit *u, const char *address, const struct board_usb *usb)
{
	if (port_is_configured(u->port)) {
		board_set_port(u->board, board_port(u->board), usb);
		return 0;
	}
	if (board_is_open(u->board) &&
	    strcmp(board_port(u->board), address) != 0)
		unit_unplug(u, "its port changed");
	board_set_port(u->board, address, usb);
	return port_set_address(u->port, address, false);
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

	if (port != NULL)
		board_set_port(u->board, port, &none);
	return port_set_address(u->port, board_port(u->board), port != NULL);
}

/* Closes it and opens it anew, if it is to be open. */
static int
unit_open_anew(struct unit *u, const struct board_config *config)
{
	struct driver_options	options = unit_driver_options(config);
	bool			was_open = board_is_open(u->board);
	bool			elsewhere = unit_is_elsewhere(u, config);
	int			error = 0;

	unit_tick(u);
	board_reopens(u->board, "its configuration was changed", clock_now());
	unit_serve(u, config);
	board_set_driver(u->board, config->driver, &options);
	if (elsewhere)
		error = unit_go_elsewhere(u, config);
	port_tell(u->port, WANTED_RELOADED);
	if ((was_open || elsewhere) && !board_is_away(u->board) &&
	    !port_is_tried(u->port))
		board_failed(u->board, not_plugged_in);
	unit_settle(u);
	return error;
}

int
unit_change(struct unit *u, const struct board_config *config)
{
	u->boot_greedy = config->boot_greedy;
	u->configured = config->configured;
	board_set_flash(u->board, &config->flash);
	return served_differs(&u->served, config) ||
	    unit_is_elsewhere(u, config) ? unit_open_anew(u, config) : 0;
}

void
unit_set_baud(struct unit *u, unsigned baud)
{
	if (board_baud(u->board) == baud || !board_is_away(u->board) ||
	    board_is_open(u->board))
		return;
	board_set_baud(u->board, baud);
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

void
unit_keep(struct unit *u)
{
	u->kept++;
}

void
unit_unkeep(struct unit *u)
{
	assert(u->kept > 0);
	u->kept--;
}

bool
unit_is_kept(const struct unit *u)
{
	return u->kept > 0;
}

bool
unit_is_configured(const struct unit *u)
{
	return u->configured;
}

bool
unit_is_there(const struct unit *u)
{
	return port_is_configured(u->port) || port_is_there(u->port) ||
	    board_state(u->board) == BOARD_UNCLAIMED;
}

bool
unit_is_becoming(const struct unit *u)
{
	const struct board	*b = u->board;

	return board_is_becoming(b) && (board_is_away(b) ||
	    board_state(b) == BOARD_BOOTLOADER ||
	    clock_now() - u->seen_at < BACK_MS);
}

bool
unit_is_forgettable(const struct unit *u)
{
	const struct board	*b = u->board;

	return !u->configured && u->kept == 0 && !port_is_there(u->port) &&
	    board_state(b) == BOARD_ABSENT && !unit_is_becoming(u) &&
	    board_holder(b) == NULL && board_request(b, NULL) == NULL;
}

uint64_t
unit_seen(const struct unit *u)
{
	return u->seen_at;
}
