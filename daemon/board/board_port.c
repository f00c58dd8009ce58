/* SPDX-License-Identifier: MIT */
/*
 * What its port does to a board: it opens, goes, cannot be opened, is reset.  A
 * request that has not begun outlives that, if it may wait; one that has begun is
 * told that nobody knows what came of it, unless it was to restart the board.
 */
#include <string.h>

#include "board_state.h"

/* What was done there is over; a driver that is closed tells nothing more. */
static void
lose_turn(struct board *b, const char *reason, bool again)
{
	b->resetting = false;
	board_close_driver(b);
	switch (b->turn.phase) {
	case TURN_SET_OUT:
	case TURN_BEGUN:
		run_vanish(b, reason, again);
		break;
	case TURN_PROBE:
	case TURN_LEAVE:
		run_give_up(b);
		break;
	default:
		break;		/* its maker has the word, or there is none */
	}
}

void
board_opened(struct board *b, uint64_t settle_ms, bool ask, uint64_t now)
{
	b->boot++;
	news_restart(&b->news, now);
	if (board_is_away(b)) {		/* it is not for the driver */
		if (!board_is_open(b))
			b->tell.port = WISH_CLOSED;
		return;
	}
	b->coming_at = DRIVER_NEVER;
	b->foreign = false;
	history_clear(&b->history);
	lose_turn(b, "it was reset", true);
	driver_open(b->driver, settle_ms, ask, now);
	board_enter(b, BOARD_LISTENING, "its port was opened");
	board_set_problem(b, "");
	board_advance(b, now);
}

/* Whoever had its port, or its bytes, has not any more. */
static void
shut(struct board *b, const char *reason)
{
	b->was_reset = false;
	b->tell.port = WISH_NONE;
	away_end(b);
	board_enter(b, BOARD_ABSENT, reason);
}

void
board_closed(struct board *b, const char *reason, uint64_t now)
{
	struct request	*r = b->turn.request;

	if (!board_is_open(b))
		return;
	shut(b, reason);
	if (run_is_on(b) && r->kind == REQUEST_FLASH &&
	    b->turn.stop == STOP_NONE) {
		away_take(b);		/* into its boot loader, it seems */
	} else {
		lose_turn(b, reason, r != NULL && r->wait_given);
		board_flush(b, FLUSH_IMPATIENT, ERROR_BOARD_ABSENT, reason);
	}
	board_advance(b, now);
}

void
board_reopens(struct board *b, const char *reason, uint64_t now)
{
	if (!board_is_open(b))
		return;
	shut(b, reason);
	b->coming_at = now + BOARD_OPEN_MS;
	lose_turn(b, reason, true);
	board_advance(b, now);
}

void
board_give_up(struct board *b)
{
	char	why[sizeof b->problem];

	b->coming_at = DRIVER_NEVER;
	memcpy(why, b->problem, sizeof why);
	board_flush(b, FLUSH_IMPATIENT, ERROR_BOARD_ABSENT, why);
}

/*
 * A board that was flashed comes back as another device: its port goes first.
 * In its boot loader it has none, and what is to be done there is known.
 */
void
board_failed(struct board *b, const char *reason)
{
	if (b->state == BOARD_BOOTLOADER)
		return;
	board_set_problem(b, reason);
	if (b->coming_at != DRIVER_NEVER && !b->becoming)
		board_give_up(b);
}

void
board_resetting(struct board *b, bool resetting, uint64_t now)
{
	struct board_notice	step = {
		.kind = NOTICE_RECOVERY, .reason = "resetting it through its port"
	};
	char			reason[sizeof b->problem];

	if (!b->resetting)
		return;			/* it is gone meanwhile */
	b->resetting = resetting;
	if (resetting && b->turn.phase != TURN_BEGUN) {
		b->was_reset = true;
		board_notify(b, &step);
	} else if (!resetting && b->turn.phase == TURN_BEGUN)
		board_start_job(b, now);	/* it was asked for */
	else if (!resetting) {
		memcpy(reason, b->problem, sizeof reason);
		board_silence(b, reason, now);
	}
	board_pass_on(b, now);
}
