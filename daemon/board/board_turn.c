/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is next, and what the driver says of it.
 *
 * The next request starts before the answer to the last one is given, so that the
 * board does not wait for the client, unless its maker may have another job for
 * it: then the turn is kept until he has said so.
 */
#include <stdio.h>
#include <string.h>

#include "board_state.h"

/* How often a silent board is tried again: at first, and at most. */
#define PROBE_FIRST_MS	5000
#define PROBE_LAST_MS	60000

static void
turn_reset_port(struct board *b)
{
	b->resetting = true;
	b->tell.port = WISH_RESET;
}

static void
turn_start(struct board *b, struct request *r, uint64_t now)
{
	r->place = REQUEST_RUNNING;
	b->turn.request = r;
	b->turn.phase = TURN_SET_OUT;
	if (run_is_reset(r))
		news_expect(&b->news, r->client.uid);
	if (b->state == BOARD_BOOTLOADER)
		away_take(b);
	else if (r->kind == REQUEST_HARD_RESET) {
		b->turn.phase = TURN_BEGUN;
		turn_reset_port(b);
	} else
		board_start_job(b, now);
}

static void
turn_grant_hold(struct board *b, struct request *r, uint64_t now)
{
	hold_begin(&b->hold, r, now);
	board_finish(b, r, ERROR_NONE, "%s", "");
}

/* The next request that may start, or NULL. */
static struct request *
turn_next(const struct board *b)
{
	bool	in_loader = b->state == BOARD_BOOTLOADER;

	if (b->turn.phase != TURN_FREE || b->resetting || board_is_away(b) ||
	    (!board_is_open(b) && !in_loader))
		return NULL;
	/* When picod ends, a last will still runs; nothing else is admitted. */
	if (b->stay != BOARD_STAYS &&
	    (b->stay != BOARD_LEAVES || b->hold.will_id == 0))
		return NULL;
	return queue_startable(&b->queue, hold_token(&b->hold), in_loader);
}

static void
turn_left(struct board *b)
{
	b->stay = BOARD_HAS_LEFT;
	b->tell.left = true;
}

/* picod ends, and nothing runs any more: the board is left, or cannot be. */
static void
turn_leave(struct board *b, uint64_t now)
{
	struct driver_job	leave = { .task = DRIVER_LEAVE };
	bool			here = board_is_open(b) && !board_is_away(b);

	if (b->stay != BOARD_LEAVES || b->turn.phase != TURN_FREE ||
	    b->resetting || b->hold.will_id != 0)	/* which its board may come back for */
		return;
	if (here && driver_run(b->driver, &leave, now) == 0)
		b->turn.phase = TURN_LEAVE;
	else
		turn_left(b);
}

/* What runs for nobody makes room for who waits. */
static void
turn_yield(struct board *b, uint64_t now)
{
	const struct request	*r = b->turn.request;

	if (r != NULL && r->abandoned && b->queue.count > 0 &&
	    b->turn.stop == STOP_NONE)
		run_stop(b, STOP_LEFT, now);
}

void
board_advance(struct board *b, uint64_t now)
{
	struct request	*r;

	while ((r = turn_next(b)) != NULL) {
		queue_remove(&b->queue, r);
		if (r->kind == REQUEST_HOLD)
			turn_grant_hold(b, r, now);
		else
			turn_start(b, r, now);
	}
	turn_yield(b, now);
	turn_leave(b, now);
}

/* ------------------------------------------------------ what the driver says */

static void
turn_settle(struct board *b, const char *reason)
{
	if (driver_in_step(b->driver))
		board_enter(b, BOARD_READY, reason);
	else if (driver_program(b->driver) == DRIVER_PROGRAM_OVER)
		board_enter(b, BOARD_OVER, reason);
	else
		board_enter(b, BOARD_LISTENING, reason);
}

void
board_silence(struct board *b, const char *reason, uint64_t now)
{
	b->probe_delay_ms = b->probe_delay_ms == 0 ? PROBE_FIRST_MS :
	    b->probe_delay_ms * 2 > PROBE_LAST_MS ? PROBE_LAST_MS :
	    b->probe_delay_ms * 2;
	b->probe_at = now + b->probe_delay_ms;
	b->tell.drop_unsent = true;
	board_enter(b, BOARD_SILENT, reason);
	board_flush(b, FLUSH_TRIED, ERROR_BOARD_SILENT, reason);
}

void
board_probe(struct board *b, uint64_t now)
{
	struct driver_job	sync = { .task = DRIVER_SYNC };

	b->probe_at = DRIVER_NEVER;
	if (b->turn.phase == TURN_FREE && board_is_open(b) &&
	    driver_run(b->driver, &sync, now) == 0)
		b->turn.phase = TURN_PROBE;
}

/* It is alive, but of no use to those who send: nobody tries it again unasked. */
static void
turn_misfit(struct board *b, const char *reason)
{
	board_enter(b, BOARD_LISTENING, reason);
	board_set_problem(b, reason);
	board_flush(b, FLUSH_TRIED, ERROR_BOARD_SILENT, reason);
}

/*
 * The driver gave up.  The last step of a REPL's ladder is the port's: a reset,
 * once between two answers, and only if a request is waiting for it to help.  A
 * sketch may be moving something: nobody resets it unasked.
 */
static void
turn_lost(struct board *b, const struct driver_event *event, uint64_t now)
{
	bool	runs = run_is_on(b);
	bool	resets = !b->was_reset && (runs || b->queue.count > 0) &&
		    strcmp(driver_name(b->driver), "repl") == 0;
	char	reason[200];

	snprintf(reason, sizeof reason, "%.*s", (int)event->len,
	    (const char *)event->data);
	if (runs)
		run_lost(b, reason, event->outcome == DRIVER_FOREIGN);
	else if (b->turn.phase == TURN_PROBE)
		run_give_up(b);
	b->foreign = event->outcome == DRIVER_FOREIGN ||
	    strcmp(driver_name(b->driver), "auto") == 0;
	if (event->outcome == DRIVER_FOREIGN) {
		turn_misfit(b, reason);
		return;
	}
	if (!resets) {
		board_silence(b, reason, now);
		return;
	}
	board_set_problem(b, reason);
	turn_reset_port(b);
}

void
board_pass_on(struct board *b, uint64_t now)
{
	board_advance(b, now);
	if (b->turn.phase == TURN_FREE && !b->resetting && board_is_open(b) &&
	    !board_is_away(b) && b->state != BOARD_SILENT)
		turn_settle(b, "it is idle");
}

/* It answers as it should. */
static void
turn_done(struct board *b, const struct driver_event *event, uint64_t now)
{
	b->probe_at = DRIVER_NEVER;
	b->probe_delay_ms = 0;
	b->foreign = false;
	if (run_is_on(b))
		run_done(b, event);
	else if (b->turn.phase == TURN_PROBE) {
		run_give_up(b);
		turn_settle(b, "it answers again");
	}
	board_pass_on(b, now);
}

/* The driver's job is over. */
static void
turn_over(struct board *b, const struct driver_event *event, uint64_t now)
{
	if (b->turn.phase == TURN_LEAVE) {
		run_give_up(b);
		turn_left(b);
	} else if (run_is_on(b) && request_takes_board(b->turn.request) &&
	    b->turn.stop == STOP_NONE) {
		away_take(b);		/* also if it could not be left well */
	} else if (event->type == DRIVER_DONE) {
		turn_done(b, event, now);
	} else if (!b->resetting) {
		turn_lost(b, event, now);
		board_advance(b, now);
	}
}

static void
turn_recover(struct board *b, const struct driver_event *event)
{
	struct board_notice	step = { .kind = NOTICE_RECOVERY };
	char			reason[200];

	snprintf(reason, sizeof reason, "%.*s", (int)event->len,
	    (const char *)event->data);
	step.reason = reason;
	board_enter(b, BOARD_RECOVERING, reason);
	board_notify(b, &step);
}

static void
turn_heard_unasked(struct board *b, const struct driver_event *event)
{
	struct board_notice	notice = {
		.kind = NOTICE_OUTPUT, .bytes = event->data, .len = event->len
	};

	if (b->state == BOARD_SILENT)
		turn_settle(b, "it speaks again");
	history_add(&b->history, event->data, event->len);
	board_notify(b, &notice);
}

static void
turn_heard_boot(struct board *b, uint64_t now)
{
	struct board_notice	notice = {
		.kind = NOTICE_BOOT, .reason = "the board restarted"
	};

	b->boot++;
	news_restart(&b->news, now);
	if (run_is_on(b) && b->turn.request->kind == REQUEST_RUN)
		run_tell_news(b, now);
	history_clear(&b->history);
	board_notify(b, &notice);
}

/* Its own program began, or ended. */
static void
turn_heard_program(struct board *b)
{
	if (b->state == BOARD_LISTENING || b->state == BOARD_OVER)
		turn_settle(b, driver_program(b->driver) ==
		    DRIVER_PROGRAM_OVER ? "its program has ended" :
		    "its program runs");
}

void
board_hear(struct board *b, const struct driver_event *event, uint64_t now)
{
	switch (event->type) {
	case DRIVER_NONE:
		break;
	case DRIVER_SPEED:
		board_change_speed(b, event->baud);
		break;
	case DRIVER_STEP:
		turn_recover(b, event);
		break;
	case DRIVER_STARTED:
		if (b->turn.phase == TURN_SET_OUT)
			run_begun(b, now);
		break;
	case DRIVER_OUTPUT:
		if (run_is_on(b))
			run_print(b, event, now);
		break;
	case DRIVER_UNASKED:
		turn_heard_unasked(b, event);
		break;
	case DRIVER_RESTARTED:
		turn_heard_boot(b, now);
		break;
	case DRIVER_PROGRAM:
		turn_heard_program(b);
		break;
	case DRIVER_DONE:
	case DRIVER_LOST:
		turn_over(b, event, now);
		break;
	}
}
