/* SPDX-License-Identifier: MIT */
/*
 * The request whose turn it is: what the driver reports becomes output and an
 * answer.
 *
 * A request may be stopped for several reasons (its time is up, its client left,
 * somebody interrupted it, it printed too much).  The first reason is kept, but
 * for an interrupt, which the statement may catch; the board is interrupted, and
 * the reason decides the answer when the driver says that the job is over, in
 * whichever way.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "board_state.h"
#include "protocol/limits.h"

bool
run_is_on(const struct board *b)
{
	return !b->resetting && (b->turn.phase == TURN_SET_OUT ||
	    b->turn.phase == TURN_BEGUN);
}

struct request *
run_give_up(struct board *b)
{
	struct request	*r = b->turn.request;

	b->turn = (struct turn){ .timeout_at = DRIVER_NEVER };
	return r;
}

/* Whether its maker is asked for another job. */
static bool
run_may_go_on(const struct board *b)
{
	const struct asker	*maker = request_maker(b->turn.request);

	return maker != NULL && maker->sink->next != NULL &&
	    b->turn.stop != STOP_LEFT && b->stay != BOARD_ENDS;
}

void
run_conclude(struct board *b, enum error_code error, const char *format, ...)
{
	struct request	*r = b->turn.request;
	va_list		 args;

	if (run_is_reset(r) && error != ERROR_NONE)
		news_expect_none(&b->news);
	r->result.started = b->turn.phase != TURN_SET_OUT;
	va_start(args, format);
	board_set_result(b, r, error, format, args);
	va_end(args);
	if (run_may_go_on(b)) {
		run_give_up(b);
		b->turn.request = r;
		b->turn.phase = TURN_ENDED;
	} else
		board_finish_result(b, run_give_up(b));
}

static void
run_conclude_overflow(struct board *b)
{
	struct request	*r = b->turn.request;

	r->result.streamed = request_streams(r);
	if (r->result.streamed)
		run_conclude(b, ERROR_OUTPUT_TOO_LARGE,
		    "too much of its output waited to be read (of one request, "
		    "%d MiB at most), so it was interrupted",
		    LIMIT_UNREAD / 1024 / 1024);
	else
		run_conclude(b, ERROR_OUTPUT_TOO_LARGE,
		    "it printed more than %d bytes; ask for the output as it "
		    "comes", LIMIT_OUTPUT);
}

/* Where the wait may have been for what nobody typed. */
static const char *
run_guess(const struct board *b)
{
	return b->turn.midline ? "; its last line has no end, so perhaps it "
	    "waited for input" : "";
}

void
run_conclude_stopped(struct board *b, const char *lost)
{
	const char	*but = lost[0] == '\0' ? "" : ", but ";

	switch (b->turn.stop) {
	case STOP_TIMEOUT:
		run_conclude(b, ERROR_TIMED_OUT,
		    "it ran longer than %llu ms on board %s and was interrupted"
		    "%s%s", (unsigned long long)b->turn.request->timeout_ms,
		    b->name, but, lost[0] == '\0' ? run_guess(b) : lost);
		break;
	case STOP_OVERFLOW:
		run_conclude_overflow(b);
		break;
	default:
		/* An interrupt is somebody's wish; this is picod's end. */
		if (b->stay != BOARD_STAYS)
			run_conclude(b, ERROR_DISCONNECTED,
			    "picod ended, and interrupted it%s%s", but, lost);
		else
			run_conclude(b, ERROR_INTERRUPTED,
			    "it was interrupted%s%s", but, lost);
	}
}

void
run_stop(struct board *b, enum turn_stop stop, uint64_t now)
{
	struct turn	*turn = &b->turn;

	if (turn->stop == STOP_NONE || turn->stop == STOP_INTERRUPT)
		turn->stop = stop;
	if (stop != STOP_INTERRUPT)
		turn->timeout_at = DRIVER_NEVER;
	if (run_is_on(b))
		driver_interrupt(b->driver, now);
}

bool
run_is_reset(const struct request *r)
{
	return r->kind == REQUEST_SOFT_RESET || r->kind == REQUEST_HARD_RESET ||
	    r->kind == REQUEST_BOOTLOADER;
}

/* As if its turn had not come. */
static void
run_put_back(struct board *b)
{
	if (run_is_reset(b->turn.request))
		news_expect_none(&b->news);
	queue_return(&b->queue, run_give_up(b));
}

void
run_vanish(struct board *b, const char *reason, bool again)
{
	if (again && b->turn.phase == TURN_SET_OUT && b->turn.stop == STOP_NONE)
		run_put_back(b);
	else if (run_is_reset(b->turn.request))
		run_conclude(b, ERROR_NONE, "%s", "");
	else
		run_conclude(b, ERROR_DISCONNECTED, "board %s: %s; %s", b->name,
		    reason, b->turn.phase == TURN_BEGUN ?
		    "whether the request was carried out is not known" :
		    "the request had not begun");
}

void
run_tell_news(struct board *b, uint64_t now)
{
	struct request	*r = b->turn.request;

	if (news_tell(&b->news, r->client.uid, now))
		request_set_notice(r, "board %s has restarted; what was put on "
		    "it is gone", b->name);
}

/* A last will failed, and nobody has been told who uses the board. */
static void
run_tell_will(struct board *b)
{
	if (b->will_failed == NULL || hold_is_will(&b->hold, b->turn.request))
		return;
	request_set_notice(b->turn.request, "%s", b->will_failed);
	free(b->will_failed);
	b->will_failed = NULL;
}

void
run_begun(struct board *b, uint64_t now)
{
	struct turn	*turn = &b->turn;

	turn->phase = TURN_BEGUN;
	turn->request->started_at = now;
	b->was_reset = false;
	if (turn->request->kind == REQUEST_RUN &&
	    strcmp(driver_name(b->driver), "repl") == 0) {
		run_tell_news(b, now);
		news_use(&b->news);
	}
	if (turn->request->kind == REQUEST_RUN)
		run_tell_will(b);
	board_enter_for(b, BOARD_BUSY, "a request runs for",
	    &turn->request->client);
	if (turn->request->timeout_ms != REQUEST_NO_LIMIT &&
	    turn->stop == STOP_NONE)
		turn->timeout_at = now + turn->request->timeout_ms;
}

void
run_print(struct board *b, const struct driver_event *event, uint64_t now)
{
	struct turn	*turn = &b->turn;

	if (turn->stop == STOP_OVERFLOW || turn->stop == STOP_LEFT)
		return;
	if (request_print(turn->request, event->data, event->len) > 0 &&
	    turn->stop != STOP_TIMEOUT)
		run_stop(b, STOP_OVERFLOW, now);
	turn->printed = request_streams(turn->request);
	turn->midline = event->data[event->len - 1] != '\n';
}

void
run_forbidden(struct board *b)
{
	run_conclude(b, ERROR_UNSUPPORTED,
	    "board %s runs a program of its own, and its configuration says "
	    "interrupt = no", b->name);
}

#define FULL "the memory of board %s is full, so that it did not take this; " \
    "free some, or reset it"

/* Which answer the end of a job is. */
void
run_done(struct board *b, const struct driver_event *event)
{
	struct request	*r = b->turn.request;
	enum turn_stop	 stop = b->turn.stop;

	if (event->outcome == DRIVER_BOARD_RESTARTED && stop == STOP_NONE) {
		run_vanish(b, "it restarted", false);
		return;
	}
	request_set_traceback(r, event->data, event->len);
	if (stop != STOP_NONE && (event->outcome == DRIVER_INTERRUPTED ||
	    stop != STOP_INTERRUPT || request_takes_board(r)))
		run_conclude_stopped(b, "");
	else if (event->outcome == DRIVER_RAISED)
		run_conclude(b, ERROR_STATEMENT_FAILED,
		    "the statement raised an exception");
	else if (event->outcome == DRIVER_FULL) {
		request_set_notice(r, FULL, b->name);
		run_conclude(b, ERROR_STATEMENT_FAILED, FULL, b->name);
	}
	else if (event->outcome == DRIVER_FORBIDDEN)
		run_forbidden(b);
	else if (event->outcome == DRIVER_REJECTED)
		run_conclude(b, ERROR_COMMAND_REJECTED,
		    "board %s answered RR: it does not know the command, or its "
		    "parameters are not as it wants them", b->name);
	else if (r->kind == REQUEST_HARD_RESET || r->kind == REQUEST_BOOTLOADER)
		run_conclude(b, ERROR_UNSUPPORTED,
		    "board %s carried out its word for this reset, and did not "
		    "restart; reset it with its button", b->name);
	else {
		if (strcmp(driver_name(b->driver), "piserial") == 0)
			r->result.status = "OK";
		run_conclude(b, ERROR_NONE, "%s", "");
	}
}

void
run_lost(struct board *b, const char *reason, bool foreign)
{
	if (b->turn.stop != STOP_NONE)
		run_conclude_stopped(b, reason);
	else if (foreign)
		run_conclude(b, ERROR_BOARD_SILENT, "board %s: %s", b->name,
		    reason);
	else
		run_conclude(b, ERROR_BOARD_SILENT, "board %s does not answer: "
		    "%s; reset it, or unplug it and plug it in again", b->name,
		    reason);
}
