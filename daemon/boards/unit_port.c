/* SPDX-License-Identifier: MIT */
/*
 * What the port of a board does is told to the board.
 */
#include "unit_private.h"

#include <ctype.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

/* How long a board may be deaf after a reset by DTR: the bootloaders of
 * Arduinos wait up to 2 s for an upload.  A REPL is simply asked again. */
#define SETTLE_MS	2000

static uint64_t
unit_settle_ms(const struct unit *u)
{
	return strcmp(board_driver(u->board)->name, "repl") == 0 ? 0 : SETTLE_MS;
}

/* Whether the first request may ask the board at once if it is awake. */
static bool
unit_may_ask(const struct unit *u, enum link_reset reset)
{
	return !u->boot_greedy && (reset == LINK_MAY_RESET ||
	    u->served.drop_dtr);
}

static void
unit_opened(void *arg, enum link_reset reset)
{
	struct unit	*u = arg;

	if (unit_may_say(u, "it is there"))
		log_info_about(&(struct log_about){
		    .board = board_name(u->board),
		    .kind = LOG_ATTACH }, "board %s is there, at %s",
		    board_name(u->board), board_port(u->board));
	board_opened(u->board, reset == LINK_RESETS_NOT ? 0 : unit_settle_ms(u),
	    unit_may_ask(u, reset), clock_now());
	unit_settle(u);
}

static void
unit_reset_done(void *arg)
{
	struct unit	*u = arg;

	board_opened(u->board, unit_settle_ms(u), false, clock_now());
	unit_settle(u);
}

void
unit_closed(void *arg, const char *reason)
{
	struct unit	*u = arg;

	unit_tick(u);
	board_closed(u->board, reason, clock_now());
	unit_settle(u);
}

/*
 * Whether it is time to tell of a cause: a program that is started again and again
 * is the same one, whatever its number.
 */
static bool
unit_may_tell(struct unit *u, const char *cause)
{
	char	key[400];
	size_t	len = 0;

	for (; *cause != '\0' && len < sizeof key - 1; cause++)
		if (!isdigit((unsigned char)*cause))
			key[len++] = *cause;
	key[len] = '\0';
	return seldom_may(&u->said, key, clock_now());
}

static void
unit_failed(void *arg, const char *reason)
{
	struct unit	*u = arg;

	if (strcmp(board_problem(u->board), reason) != 0 &&
	    unit_may_tell(u, reason))
		log_info_about(&(struct log_about){
		    .board = board_name(u->board) },
		    "board %s at %s: %s", board_name(u->board),
		    board_port(u->board), reason);
	board_failed(u->board, reason);
	unit_settle(u);
}

static void
unit_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	struct unit	*u = arg;
	uint64_t	 now = clock_now();
	unsigned	 baud = board_baud(u->board);
	size_t		 n;

	unit_trace(u, bytes, len, false);
	/* What came at another speed tells nothing of this one. */
	for (; len > 0 && board_baud(u->board) == baud; bytes += n, len -= n) {
		n = board_feed(u->board, bytes, len, now);
		unit_pump(u);
	}
	unit_settle(u);
}

static void
unit_beside(void *arg, const char *who)
{
	struct unit	*u = arg;

	if (board_set_beside(u->board, who) && who[0] != '\0' &&
	    unit_may_tell(u, who))
		log_warn_about(&(struct log_about){
		    .board = board_name(u->board) }, "board %s at %s: %s",
		    board_name(u->board), board_port(u->board), who);
}

static void
unit_writable(void *arg)
{
	struct unit	*u = arg;

	unit_settle(u);
}

const struct port_handler unit_port_handler = {
	.opened = unit_opened,
	.closed = unit_closed,
	.failed = unit_failed,
	.bytes = unit_bytes,
	.writable = unit_writable,
	.reset_done = unit_reset_done,
	.beside = unit_beside,
};
