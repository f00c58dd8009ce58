/* SPDX-License-Identifier: MIT */
/*
 * Console with shared: the connection is a tool at a seat, see daemon/faces/seat.h.
 * The seat is tied to it by a lease.
 */
#include "guest.h"

#include <stdlib.h>

#include "context.h"
#include "daemon/boards/boards.h"
#include "daemon/faces/seat.h"
#include "daemon/server/access.h"
#include "daemon/server/refusal.h"
#include "method.h"
#include "protocol/limits.h"

struct guest {
	struct lease	 lease;		/* must be first */
	struct conn	*conn;
	struct seat	*seat;
	bool		 ended;		/* the tool says no more */
};

static void
guest_bytes(void *arg, const void *bytes, size_t len)
{
	struct guest	*g = arg;

	conn_write_raw(g->conn, bytes, len);
}

static void
guest_room(void *arg)
{
	struct guest	*g = arg;

	conn_resume(g->conn);
}

static void
guest_idle(void *arg)
{
	struct guest	*g = arg;

	conn_keep(g->conn, seat_kept(g->seat));
	if (g->ended)
		conn_finish(g->conn, 0);
}

static void
guest_gone(void *arg)
{
	struct guest	*g = arg;

	conn_finish(g->conn, LIMIT_STALL_MS);
}

static const struct seat_ops guest_seat = {
	.bytes = guest_bytes, .room = guest_room, .idle = guest_idle,
	.gone = guest_gone,
};

/*
 * What is typed by halves, or waits for the board, counts for its user.  Who does not
 * read the echo is not listened to, unless he may stop a job.
 */
static size_t
guest_typed(void *arg, const char *bytes, size_t len)
{
	static const char	 why[] = "\r\npicod: " REFUSAL_LADEN "\r\n";
	struct guest		*g = arg;
	size_t			 n;

	if (conn_is_full(g->conn) && seat_is_idle(g->seat))
		return 0;
	n = seat_typed(g->seat, bytes, len);
	if (!conn_keep(g->conn, seat_kept(g->seat))) {
		conn_write_all(g->conn, why, sizeof why - 1);
		conn_finish(g->conn, LIMIT_STALL_MS);
	}
	return n;
}

/* What it said is done first. */
static void
guest_ended(void *arg)
{
	struct guest	*g = arg;

	g->ended = true;
	if (seat_is_idle(g->seat))
		conn_finish(g->conn, 0);
}

static const struct conn_raw guest_raw = {
	guest_typed, guest_ended, guest_room
};

static void
guest_lost(struct lease *lease)
{
	struct guest	*g = (struct guest *)lease;

	conn_finish(g->conn, LIMIT_STALL_MS);
	seat_destroy(g->seat);
	free(g);
}

static bool
guest_ask_again(struct lease *lease, struct conn *c)
{
	struct guest		*g = (struct guest *)lease;
	const struct board	*b = seat_board(g->seat);

	if (b == NULL || conn_permits(c, &(struct access_ask){
	    .board = board_name(b), .method = "Console" }))
		return true;
	LIST_REMOVE(lease, entry);
	seat_withdraw(g->seat);
	guest_lost(lease);
	return false;
}

void
guest_admit(struct call *call)
{
	struct board	*b = call->board;
	struct guest	*g = calloc(1, sizeof *g);

	if (g == NULL)
		abort();	/* a few bytes */
	g->lease.lost = guest_lost;
	g->lease.ask_again = guest_ask_again;
	g->conn = call->conn;
	g->seat = seat_create(call->context->boards, b, call_client(call),
	    method_string(call, "hold"), &guest_seat, g);
	call_add_lease(call, &g->lease);
	call_upgrade(call, json_pack("{s:s, s:I}", "board", board_name(b),
	    "boot", (json_int_t)board_boot(b)), &guest_raw, g);
}
