/* SPDX-License-Identifier: MIT */
/*
 * What others want of a board, each followed by the pump.
 */
#include "unit_private.h"

#include "daemon/base/clock.h"

void
unit_submit(struct board *b, struct request *r)
{
	board_submit(b, r, clock_now());
	unit_settle(board_owner(b));
}

void
unit_withdraw(struct board *b, struct asker *a)
{
	board_withdraw(b, a, clock_now());
	unit_settle(board_owner(b));
}

void
unit_abandon(struct board *b, struct asker *a)
{
	board_abandon(b, a, clock_now());
	unit_settle(board_owner(b));
}

void
unit_input(struct board *b, const struct request *r, const void *bytes,
    size_t len)
{
	board_input(b, r, bytes, len);
	unit_settle(board_owner(b));
}

int
unit_interrupt(struct board *b)
{
	int	error = board_interrupt(b, clock_now());

	unit_settle(board_owner(b));
	return error;
}

int
unit_cancel(struct board *b, uint64_t id)
{
	int	error = board_cancel(b, id, clock_now());

	unit_settle(board_owner(b));
	return error;
}

int
unit_release(struct board *b, const char *token, bool lost)
{
	int	error = board_release(b, token, lost, clock_now());

	unit_settle(board_owner(b));
	return error;
}

void
unit_return(struct board *b)
{
	board_return(b, clock_now());
	unit_settle(board_owner(b));
}

size_t
unit_type(struct board *b, const uint8_t *bytes, size_t len)
{
	size_t	taken = board_type(b, bytes, len);

	unit_settle(board_owner(b));
	return taken;
}

/* One that is configured is open as long as there is anything at its port. */
static void
unit_leave_to_loader(struct unit *u)
{
	if (port_is_configured(u->port) && board_is_open(u->board) &&
	    !board_is_away(u->board))
		board_closed(u->board, "it is in its boot loader", clock_now());
}

void
unit_set_loader(struct board *b, const char *problem)
{
	struct unit	*u = board_owner(b);

	if (problem != NULL)
		unit_leave_to_loader(u);
	board_set_loader(b, problem, clock_now());
	if (!board_is_away(b))
		unit_see_loader(u);
	unit_settle(u);
}

void
unit_disown(struct board *b, const char *problem)
{
	board_disown(b, problem);
	unit_settle(board_owner(b));
}

void
unit_leave(struct board *b)
{
	board_leave(b, clock_now());
	unit_settle(board_owner(b));
}

bool
unit_is_sending(struct board *b)
{
	const struct unit	*u = board_owner(b);

	return port_is_sending(u->port);
}
