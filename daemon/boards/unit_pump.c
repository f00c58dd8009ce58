/* SPDX-License-Identifier: MIT */
/*
 * A board decides, and here that is done: its bytes are written to its port, and
 * its events are taken and acted upon, one after the other, with nothing of the
 * board on the stack.  An act may change the board again (whoever is answered asks
 * the next thing); the pump that runs already goes on with what comes of it.
 */
#include "unit_private.h"

#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

/* A port may take a lot at once, which is told in pieces. */
#define TRACE_PIECE	(16 * 1024)

static void
unit_set_timer(struct unit *u, uint64_t at, uint64_t now)
{
	struct timeval	tv;
	uint64_t	ms;

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

void
unit_trace(struct unit *u, const uint8_t *bytes, size_t len, bool to_board)
{
	struct board_notice	trace = {
		.kind = NOTICE_TRACE, .to_board = to_board
	};

	for (; len > 0; bytes += trace.len, len -= trace.len) {
		trace.bytes = bytes;
		trace.len = len < TRACE_PIECE ? len : TRACE_PIECE;
		u->handler->notice(u->arg, u->board, &trace);
	}
}

/* Sends what there is to send, in as few writes as the board allows. */
static void
unit_send(struct unit *u)
{
	const uint8_t	*bytes;
	size_t		 len, n;

	while ((len = board_output(u->board, &bytes)) > 0) {
		n = port_write(u->port, bytes, len);
		if (n == 0)
			break;
		unit_trace(u, bytes, n, true);
		board_sent(u->board, n, clock_now());
	}
}

bool
unit_may_say(struct unit *u, const char *what)
{
	return !port_is_unsteady(u->port) ||
	    seldom_may(&u->said, what, clock_now());
}

static void
unit_log(struct unit *u, const struct board_notice *notice)
{
	const struct board	*b = u->board;
	const char		*state = board_state_name(notice->state);
	struct log_about	 about = { .board = board_name(b) };

	if (notice->kind == NOTICE_STATE && (notice->state == BOARD_ABSENT ||
	    notice->state == BOARD_SILENT)) {
		about.kind = notice->state == BOARD_ABSENT ? LOG_DETACH :
		    LOG_SILENT;
		if (unit_may_say(u, notice->reason))
			log_info_about(&about, "board %s is %s: %s",
			    board_name(b), state, notice->reason);
	} else if (notice->kind == NOTICE_WILL) {
		about.kind = LOG_WILL;
		log_warn_about(&about, "board %s: %s", board_name(b),
		    notice->reason);
	} else if (notice->reason != NULL) {
		if (board_running(b) != NULL)
			about.client_pid = board_running(b)->client.pid;
		if (notice->kind == NOTICE_STATE)
			log_debug_about(&about, "board %s: %s -> %s: %s",
			    board_name(b), board_state_name(notice->was), state,
			    notice->reason);
		else
			log_debug_about(&about, "board %s: %s: %s",
			    board_name(b), board_notice_name(notice->kind),
			    notice->reason);
	}
}

static void
unit_notice(struct unit *u, const struct board_notice *notice)
{
	if (notice->kind == NOTICE_STATE && notice->state == BOARD_SILENT)
		port_tell(u->port, WANTED_SILENT);
	if (notice->kind == NOTICE_STATE && notice->state == BOARD_ABSENT)
		u->seen_at = clock_now();
	unit_log(u, notice);
	u->handler->notice(u->arg, u->board, notice);
}

/* The port is opened at it again, too. */
static void
unit_change_speed(struct unit *u, unsigned baud)
{
	log_debug_about(&(struct log_about){ .board = board_name(u->board) },
	    "board %s: listening at %u baud", board_name(u->board), baud);
	port_set_baud(u->port, baud);
}

/* The askers who want it as it comes take it. */
static void
unit_output(struct unit *u, struct request *r)
{
	struct asker	*a, *next;

	for (a = TAILQ_FIRST(&r->askers); a != NULL; a = next) {
		next = TAILQ_NEXT(a, entry);
		if (a->sink->output != NULL && !a->sink->output(a))
			board_overflow(u->board, clock_now());
	}
}

void
unit_see_loader(struct unit *u)
{
	port_tell(u->port, board_state(u->board) == BOARD_BOOTLOADER ?
	    WANTED_LENT : WANTED_RETURNED);
}

/* What it wants of its port; false: it wants something else. */
static bool
unit_act_on_port(struct unit *u, const struct board_event *event)
{
	struct board	*b = u->board;

	switch (event->type) {
	case BOARD_CLOSE_PORT:
		port_tell(u->port, board_state(b) == BOARD_FLASHING ?
		    WANTED_FLASHING : WANTED_LENT);
		break;
	case BOARD_OPEN_PORT:
		unit_see_loader(u);
		if (!port_is_tried(u->port))
			board_failed(b, "it is unplugged; plug it in");
		break;
	case BOARD_RESET_PORT:
		/* To a board with USB of its own, DTR is no reset line. */
		board_resetting(b, !u->served.drop_dtr && port_reset(u->port) == 0,
		    clock_now());
		break;
	case BOARD_CHANGE_SPEED:
		unit_change_speed(u, event->baud);
		break;
	case BOARD_DROP_UNSENT:
		port_drop_unsent(u->port);
		break;
	default:
		return false;
	}
	return true;
}

/* What it has for a request's askers, for its console, and for those who watch. */
static void
unit_act(struct unit *u, const struct board_event *event)
{
	switch (event->type) {
	case BOARD_NOTICE:
		unit_notice(u, &event->notice);
		break;
	case BOARD_OUTPUT:
		unit_output(u, event->request);
		break;
	case BOARD_FED:
		request_fed(event->request);
		break;
	case BOARD_ENDED:
		if (request_next(event->request))
			board_proceed(u->board, clock_now());
		else
			board_dismiss(u->board, clock_now());
		break;
	case BOARD_FINISHED:
		request_finish(event->request);
		break;
	case BOARD_HEARD:
		event->console->bytes(event->console_arg, event->bytes,
		    event->len);
		break;
	case BOARD_ROOM:
		event->console->room(event->console_arg);
		break;
	case BOARD_HUNG_UP:
		event->console->ended(event->console_arg);
		break;
	case BOARD_LEFT:
		u->handler->left(u->arg);
		break;
	default:
		break;
	}
}

void
unit_pump(struct unit *u)
{
	struct board_event	event;

	if (u->pumping)
		return;
	u->pumping = true;
	unit_send(u);
	while (board_event_next(u->board, &event)) {
		if (!unit_act_on_port(u, &event))
			unit_act(u, &event);
		unit_send(u);
	}
	u->pumping = false;
}

void
unit_tick(struct unit *u)
{
	bool	more = true;

	while (more) {
		more = board_tick(u->board, clock_now());
		unit_pump(u);
	}
}

void
unit_settle(struct unit *u)
{
	uint64_t	now = clock_now();

	if (u->pumping)
		return;		/* whoever pumps will see to it */
	unit_pump(u);
	if (board_deadline(u->board) <= now)
		unit_tick(u);
	unit_set_timer(u, board_deadline(u->board), now);
}

void
unit_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct unit	*u = arg;

	(void)fd, (void)what;
	u->timer_at = DRIVER_NEVER;
	unit_tick(u);
	unit_settle(u);
}
