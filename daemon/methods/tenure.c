/* SPDX-License-Identifier: MIT */
/*
 * While it waits, its request knows it, and the board is there by the queue's
 * word.  Once granted, the board may go at any time (unplugged for good, taken
 * out of the configuration), and another one get its name, so it is known only by
 * its number.
 */
#include "tenure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "context.h"
#include "daemon/base/memory.h"
#include "daemon/boards/boards.h"
#include "method.h"
#include "daemon/server/access.h"

static void
tenure_lost(struct lease *lease)
{
	struct tenure	*t = (struct tenure *)lease;

	t->ops->ended(t, boards_numbered(t->boards, t->number), true);
	free(t);
}

void
tenure_end(struct tenure *t, bool lost)
{
	LIST_REMOVE(&t->lease, entry);
	t->ops->ended(t, boards_numbered(t->boards, t->number), lost);
	free(t);
}

static bool
tenure_permits(struct conn *c, const struct board *b, const char *method,
    const char *text, size_t len)
{
	return conn_permits(c, &(struct access_ask){
	    .board = board_name(b), .method = method, .text = text, .len = len,
	    .is_command = strcmp(board_language(b), "piserial") == 0 });
}

/*
 * A will that he may not send is not run.  What is written to a board is brought to
 * its end all the same.
 */
static bool
tenure_ask_again(struct lease *lease, struct conn *c)
{
	struct tenure		*t = (struct tenure *)lease;
	const struct board	*b = boards_numbered(t->boards, t->number);
	const char		*will = NULL;
	size_t			 len = 0;
	bool			 may, may_will;

	if (b == NULL || strcmp(t->ops->method, "Flash") == 0)
		return true;
	if (strcmp(t->ops->method, "Hold") == 0)
		will = board_will(b, &len);
	may = tenure_permits(c, b, t->ops->method, NULL, 0);
	may_will = will == NULL || tenure_permits(c, b, "Send", will, len);
	if (!may || !may_will)
		tenure_end(t, may_will);
	return may && may_will;
}

static void
tenure_refuse(struct tenure *t)
{
	if (t->ops->refused != NULL)
		t->ops->refused(t->state);
	free(t);
}

static void
tenure_cancel(struct call *call)
{
	struct tenure	*t = call->state;

	unit_withdraw(t->board, t->asker);
	tenure_refuse(t);
}

static void
tenure_fail(struct call *call, const struct request_result *result)
{
	json_t	*json = json_object();

	answer_set_error(json, result);
	call_fail(call, result->error, json, "%s", result->message);
}

static void
tenure_finish(struct asker *a, const struct request_result *result)
{
	const struct request	*r = a->request;
	struct tenure		*t = a->arg;
	struct call		*call = t->call;

	if (result->error != ERROR_NONE) {
		tenure_refuse(t);
		tenure_fail(call, result);
		return;
	}
	call->state = NULL;
	call->cancel = NULL;
	memcpy(t->token, r->token, sizeof t->token);
	call_add_lease(call, &t->lease);
	t->ops->granted(t, call, r, result);
}

static const struct request_sink tenure_sink = { .finish = tenure_finish };

void
tenure_begin(struct call *call, struct board *b, struct request *r,
    const struct tenure_ops *ops, void *state)
{
	struct tenure	*t = xcalloc(1, sizeof *t);

	t->lease.lost = tenure_lost;
	t->lease.ask_again = tenure_ask_again;
	t->ops = ops;
	t->call = call;
	t->asker = request_join(r, &tenure_sink, t);
	t->board = b;
	t->boards = call->context->boards;
	t->state = state;
	t->number = board_number(b);
	call->state = t;
	call->cancel = tenure_cancel;
	unit_submit(b, r);
}

struct wanted {
	uint64_t		 number;
	const struct tenure_ops	*ops;
};

static bool
tenure_is(struct lease *lease, void *arg)
{
	const struct wanted	*wanted = arg;
	const struct tenure	*t = (const struct tenure *)lease;

	return lease->lost == tenure_lost && t->ops == wanted->ops &&
	    t->number == wanted->number;
}

struct tenure *
tenure_find(struct call *call, const struct board *board,
    const struct tenure_ops *ops)
{
	struct wanted	wanted = { board_number(board), ops };

	return (struct tenure *)call_find_lease(call, tenure_is, &wanted);
}
