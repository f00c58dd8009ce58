/* SPDX-License-Identifier: MIT */
/*
 * What clients do to a board: they ask, leave, interrupt, and let go.
 *
 * Between the end of a request and the moment when its asker is told, he may
 * leave; then what he was granted is taken back.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "board_state.h"
#include "protocol/limits.h"

bool
board_admits(const struct board *b, const char *token)
{
	return hold_admits(&b->hold, token);
}

void
board_overrule_hold(const struct board *b, struct request *r)
{
	const char	*token = hold_token(&b->hold);

	if (token != NULL)
		strcpy(r->token, token);
}

/* Whether a board that is not away can do it: in BOOTSEL, only be flashed. */
static bool
ask_is_possible(const struct board *b, const struct request *r)
{
	return board_is_open(b) || board_is_away(b) ||
	    b->coming_at != DRIVER_NEVER ||
	    (b->state == BOARD_BOOTLOADER && r->kind == REQUEST_FLASH);
}

static void
ask_refuse_held(struct board *b, struct request *r)
{
	char	use[BOARD_USE_SIZE];

	request_set_holder(r, board_holder(b));
	board_describe_use(b, use);
	board_finish(b, r, ERROR_BOARD_BUSY, "%s; ask again later, or with a "
	    "longer wait", use);
}

/* Its time in the queue is up. */
static void
ask_refuse_late(struct board *b, struct request *r)
{
	if (!board_is_open(b) && !board_is_away(b)) {
		board_finish(b, r, ERROR_BOARD_ABSENT,
		    "board %s did not come back in time: %s", b->name,
		    b->problem);
	} else if (hold_is_will(&b->hold, r)) {
		board_finish(b, r, ERROR_BOARD_BUSY,
		    "board %s was %s for too long", b->name,
		    board_state_name(b->state));
	} else if (board_holder(b) != NULL) {
		ask_refuse_held(b, r);
	} else {
		if (b->turn.request != NULL)
			request_set_holder(r, &b->turn.request->client);
		board_finish(b, r, ERROR_BOARD_BUSY,
		    "board %s is busy with others' requests; ask again "
		    "later, or with a longer wait", b->name);
	}
}

/* No user keeps the others out, nor anybody who holds the board. */
static bool
ask_is_crowded(const struct board *b, const struct request *r)
{
	uid_t	uid = r->client.uid;

	if (r->rank != REQUEST_ORDINARY ||
	    (b->hold.on && hold_admits(&b->hold, r->token)))
		return false;
	return queue_count_of(&b->queue, uid) >= LIMIT_QUEUE_PER_USER ||
	    (uid != 0 && b->queue.count >= LIMIT_QUEUE);
}

/* Whether a request cannot be taken at all; then it is over. */
static bool
ask_refuse(struct board *b, struct request *r)
{
	const char	*why;

	if (b->stay != BOARD_STAYS)
		board_finish(b, r, ERROR_DISCONNECTED, "picod is ending");
	else if (r->kind == REQUEST_RUN &&
	    board_check(b, r->text, r->len, &why) < 0)
		board_finish(b, r, ERROR_INVALID_COMMAND,
		    "this cannot be sent to board %s: %s", b->name, why);
	else if (ask_is_crowded(b, r))
		board_finish(b, r, ERROR_LIMIT_EXCEEDED,
		    "%d requests of yours wait for board %s already, or %d of all "
		    "users; try again later", LIMIT_QUEUE_PER_USER, b->name,
		    LIMIT_QUEUE);
	else if (b->state == BOARD_UNCLAIMED)
		board_finish(b, r, ERROR_UNSUPPORTED,
		    "picod leaves %s alone: %s", b->name, b->problem);
	else if (!r->wait_given && !ask_is_possible(b, r))
		board_finish(b, r, ERROR_BOARD_ABSENT,
		    "board %s is not there: %s", b->name, b->problem);
	else if (r->kind == REQUEST_HOLD && !r->wait_given && b->hold.on)
		ask_refuse_held(b, r);
	else
		return false;
	return true;
}

void
board_input(struct board *b, const struct request *r, const void *bytes,
    size_t len)
{
	if (r == b->turn.request && run_is_on(b))
		evbuffer_add(b->input, bytes, len);
}

size_t
board_input_waiting(const struct board *b)
{
	return evbuffer_get_length(b->input);
}

static uint64_t
ask_deadline(const struct request *r, uint64_t now)
{
	return r->wait_ms == REQUEST_NO_LIMIT ? DRIVER_NEVER :
	    now + r->wait_ms;
}

void
board_submit(struct board *b, struct request *r, uint64_t now)
{
	if (ask_refuse(b, r))
		return;
	r->id = b->next_id++;
	r->deadline = ask_deadline(r, now);
	queue_add(&b->queue, r);
	board_advance(b, now);
}

/* Its job is over, its maker is not done, and it may be stopped meanwhile. */
void
board_proceed(struct board *b, uint64_t now)
{
	struct request	*r = b->turn.request;

	if (b->turn.stop != STOP_NONE || b->stay != BOARD_STAYS) {
		b->turn.stop = STOP_LEFT;
		run_conclude_stopped(b, "");
	} else {
		r->rank = REQUEST_STEP;
		r->deadline = ask_deadline(r, now);
		queue_return(&b->queue, run_give_up(b));
	}
	board_pass_on(b, now);
}

void
board_dismiss(struct board *b, uint64_t now)
{
	board_finish_result(b, run_give_up(b));
	board_pass_on(b, now);
}

/* Nobody was told of it: what it granted is taken back. */
static void
ask_take_back(struct board *b, struct request *r, uint64_t now)
{
	TAILQ_REMOVE(&b->tell.over, r, entry);
	if (r->result.error == ERROR_NONE && r->kind == REQUEST_HOLD &&
	    hold_admits(&b->hold, r->token))
		hold_end(&b->hold);
	else if (r->result.error == ERROR_NONE && request_takes_board(r) &&
	    board_is_away(b))
		away_return(b, now);
	request_destroy(r);
}

void
board_withdraw(struct board *b, struct asker *a, uint64_t now)
{
	struct request	*r = a->request;

	if (request_leave(a))
		return;
	switch (r->place) {
	case REQUEST_WAITING:
		queue_remove(&b->queue, r);
		request_destroy(r);
		break;
	case REQUEST_RUNNING:
		run_stop(b, STOP_LEFT, now);
		break;
	case REQUEST_OVER:
		ask_take_back(b, r, now);
		break;
	default:
		break;		/* it is being told */
	}
	board_advance(b, now);
}

void
board_abandon(struct board *b, struct asker *a, uint64_t now)
{
	struct request	*r = a->request;

	if (r->place != REQUEST_RUNNING || request_takes_board(r))
		board_withdraw(b, a, now);
	else if (!request_leave(a)) {
		r->abandoned = true;
		board_advance(b, now);
	}
}

int
board_interrupt(struct board *b, uint64_t now)
{
	if (board_is_away(b))
		return -EBUSY;
	if (!board_is_open(b))
		return -ENOTCONN;
	if (b->turn.request != NULL)
		run_stop(b, STOP_INTERRUPT, now);
	else if (!b->may_interrupt)
		return -ENOTSUP;
	else
		driver_interrupt(b->driver, now);
	return 0;
}

int
board_cancel(struct board *b, uint64_t id, uint64_t now)
{
	struct request	*r = b->turn.request;

	if (r != NULL && r->id == id)
		return board_interrupt(b, now);
	r = queue_find(&b->queue, id);
	if (r == NULL)
		return -ENOENT;
	queue_remove(&b->queue, r);
	board_finish(b, r, ERROR_INTERRUPTED, "it was taken out of the queue");
	board_advance(b, now);
	return 0;
}

int
board_release(struct board *b, const char *token, bool lost, uint64_t now)
{
	struct request	*will;

	if (!b->hold.on || !hold_admits(&b->hold, token))
		return -ENOENT;
	if (b->hold.will_id != 0)
		return 0;
	will = lost ? hold_execute(&b->hold, b->next_id, now) : NULL;
	if (will != NULL) {
		b->next_id++;
		queue_add(&b->queue, will);
		if (b->turn.request != NULL)
			run_stop(b, STOP_LEFT, now);
	} else
		hold_end(&b->hold);
	board_advance(b, now);
	return 0;
}

/* Those whose time in the queue is up. */
void
board_expire(struct board *b, uint64_t now)
{
	struct request	*r;

	while ((r = queue_expired(&b->queue, now)) != NULL) {
		queue_remove(&b->queue, r);
		ask_refuse_late(b, r);
	}
}

void
board_return(struct board *b, uint64_t now)
{
	if (!board_is_away(b))
		return;
	away_return(b, now);
	board_advance(b, now);
}

void
board_set_loader(struct board *b, const char *problem, uint64_t now)
{
	snprintf(b->loader, sizeof b->loader, "%s", problem == NULL ? "" :
	    problem);
	b->becoming = b->becoming || problem != NULL;
	if (board_is_away(b) || board_is_open(b))
		return;
	if (problem != NULL)
		away_enter_loader(b);
	else if (b->state == BOARD_BOOTLOADER)
		board_enter(b, BOARD_ABSENT, "it left its boot loader, or it is "
		    "unplugged; plug it in");
	board_advance(b, now);
}
