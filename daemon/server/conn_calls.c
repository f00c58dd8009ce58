/* SPDX-License-Identifier: MIT */
/*
 * From bytes to calls: one after the other, each answered before the next is
 * looked at, and one in a turn of the loop, whoever sends it.
 */
#include "conn_private.h"

#include <errno.h>

#include "protocol/limits.h"
#include "refusal.h"

/* The part of a message for which there is LIMIT_MESSAGE_MS. */
#define MESSAGE_STEP	(64 * 1024)

/* Says what is wrong where there is no call to be answered, and ends it. */
static void
conn_fail(struct conn *c, json_t *error)
{
	conn_send(c, error);
	conn_finish(c, LIMIT_STRANGER_MS);
}

void
conn_deny(struct conn *c)
{
	conn_fail(c, refusal(ERROR_PERMISSION_DENIED, NULL, ACCESS_DENIED));
}

static void
conn_take_message(struct conn *c, json_t *message, size_t len)
{
	struct call	*call = &c->call;

	*call = (struct call){ .conn = c, .context = c->common->context };
	if (varlink_call_parse(message, &call->in) < 0) {
		conn_warn(c, "sent an object that is no call");
		conn_finish(c, LIMIT_STALL_MS);
		return;
	}
	if (c->gone && !call->in.oneway) {
		varlink_call_finish(&call->in);
		return;
	}
	c->ended |= !c->allowed;	/* that was his one call */
	c->call_len = len;
	call->active = true;
	if (conn_may_keep(c, 0))
		c->common->handler->run(call);
	else
		conn_answer(c, refusal_laden());
}

static bool
conn_is_free(const struct conn *c)
{
	return !c->stopped && !c->call.active && !stream_is_full(c->stream);
}

static void
conn_refuse_message(struct conn *c, int error)
{
	if (!c->allowed) {
		conn_deny(c);
		return;
	}
	conn_warn(c, error == -EMSGSIZE ? "sent a message over the limit" :
	    "sent what is no JSON object");
	conn_finish(c, LIMIT_STALL_MS);
}

/* What was begun is to be ended, if slowly where it is long. */
static void
conn_expect_rest(struct conn *c, size_t before)
{
	size_t	len = c->decoder.len;

	if (!c->allowed)
		return;			/* his time runs already */
	if (len == 0)
		stream_expect(c->stream, 0);
	else if (before == 0 || len / MESSAGE_STEP > before / MESSAGE_STEP)
		stream_expect(c->stream, LIMIT_MESSAGE_MS);
}

size_t
conn_eat(struct conn *c, const char *bytes, size_t len)
{
	json_t	*message;
	ssize_t	 n;
	size_t	 before = c->decoder.len;

	if (!conn_is_free(c))
		return 0;
	n = varlink_decoder_feed(&c->decoder, bytes, len, &message);
	if (n < 0) {
		conn_refuse_message(c, (int)n);
		return 0;
	}
	conn_expect_rest(c, before);
	if (message != NULL)
		conn_take_message(c, message, before + (size_t)n);
	else if (!conn_may_keep(c, 0))
		conn_fail(c, refusal_laden());
	return (size_t)n;
}

void
conn_run(struct conn *c)
{
	if (c->stopped || c->call.active)
		return;
	conn_press(c, c->raw != NULL);
	if (c->ended && c->raw != NULL)
		c->raw->end(c->raw_arg);
	else if (c->ended)
		conn_finish(c, c->allowed ? 0 : LIMIT_STRANGER_MS);
	else
		stream_resume(c->stream);
}

void
conn_answer(struct conn *c, json_t *message)
{
	struct call	*call = &c->call;

	if (call->in.oneway)
		json_decref(message);
	else if (!conn_offer(c, message))
		conn_send(c, refusal_laden());
	call->active = false;
	c->kept = 0;
	varlink_call_finish(&call->in);
	if (c->gone)
		conn_lose_leases(c);	/* what he was given too late */
	conn_run(c);
}
