/* SPDX-License-Identifier: MIT */
/* A seat at a board, whose other end is the test, as is its tool. */
#include <check.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/faces/seat.h"
#include "protocol/driver.h"
#include "tests/unit/suite.h"

static struct event_base	*base;
static struct boards		*boards;
static struct board		*board;
static struct seat		*seat;
static uint64_t			 later;		/* than it is */
static char			 folder[64], told[256];
static int			 listener, wire, rooms;

uint64_t
clock_now(void)
{
	struct timespec	now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 +
	    later;
}

static void
tool_bytes(void *arg, const void *bytes, size_t len)
{
	(void)arg;
	strncat(told, bytes, len);
}

static void
tool_room(void *arg)
{
	(void)arg;
	rooms++;
}

static void
tool_other(void *arg)
{
	(void)arg;
}

static const struct seat_ops	tool = {
	.bytes = tool_bytes, .room = tool_room, .idle = tool_other,
	.gone = tool_other,
};

static size_t
type(const char *text)
{
	return seat_typed(seat, text, strlen(text));
}

static void
loop(void)
{
	event_base_loop(base, EVLOOP_ONCE);
}

static int
events(void)
{
	return event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED);
}

static void
board_says(const char *text)
{
	ck_assert_int_eq(write(wire, text, strlen(text)), (ssize_t)strlen(text));
}

static void
board_hears(const char *text)
{
	char	c;

	for (; *text != '\0'; text++) {
		while (recv(wire, &c, 1, MSG_DONTWAIT) < 0)
			loop();
		ck_assert_int_eq(c, *text);
	}
}

static void
setup(void)
{
	static const struct client	somebody = { .pid = 7, .user = "u" };
	struct sockaddr_un		address = { .sun_family = AF_UNIX };
	char				port[128];
	struct board_config		config = { .name = "b", .port = port,
					    .driver = &driver_piserial };

	log_init(false);
	later = 0;
	rooms = 0;
	told[0] = '\0';
	strcpy(folder, "/tmp/picod-seat-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(address.sun_path, sizeof address.sun_path, "%s/board", folder);
	snprintf(port, sizeof port, "unix:%s", address.sun_path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address,
	    sizeof address), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	base = event_base_new();
	boards = boards_create(base);
	ck_assert_int_eq(boards_add(boards, &config), 0);
	board = boards_find(boards, "b");
	while (!board_is_open(board))
		loop();
	wire = accept(listener, NULL, NULL);
	seat = seat_create(boards, board, &somebody, "", &tool, NULL);
}

static void
teardown(void)
{
	char	path[128];

	seat_destroy(seat);
	boards_destroy(boards);
	event_base_free(base);
	close(wire);
	close(listener);
	snprintf(path, sizeof path, "%s/board", folder);
	unlink(path);
	rmdir(folder);
}

/* The end of its job has the board say what it had not said yet. */
START_TEST(test_a_seat_that_is_destroyed_says_no_more)
{
	ck_assert_uint_eq(type("c00\n"), 4);
	ck_assert(!seat_is_idle(seat));
	board_says("one\ntwo");
	while (strcmp(told, "one\n") != 0)
		loop();
	later = 1000;			/* the rest is no line, and has waited */
	seat_destroy(seat);
	seat = NULL;
	ck_assert_str_eq(told, "one\n");
}
END_TEST

/* For that nothing wakes up, as long as a command takes. */
START_TEST(test_what_is_typed_ahead_waits_for_the_end)
{
	int	most;

	ck_assert_uint_eq(type("c00\n"), 4);
	board_hears("x#");
	board_says("RR");
	board_hears("c00\n");
	while (board_state(board) != BOARD_BUSY)
		loop();
	for (most = events(); events() == most;)
		loop();			/* it might have wanted input */
	most = events();
	ck_assert_uint_eq(type("c01\n"), 0);
	ck_assert_int_eq(events(), most);
	board_says("OK");
	while (rooms == 0)
		loop();
	ck_assert_uint_eq(type("c01\n"), 4);
	board_hears("c01\n");
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("seat");
	TCase	*tc = tcase_create("seat");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_a_seat_that_is_destroyed_says_no_more);
	tcase_add_test(tc, test_what_is_typed_ahead_waits_for_the_end);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
