/* SPDX-License-Identifier: MIT */
/* A seat at a board, whose other end is the test, as is its tool. */
#include <check.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"
#include "daemon/faces/seat.h"
#include "protocol/driver.h"

static struct event_base	*base;
static struct boards		*boards;
static struct board		*board;
static struct seat		*seat;
static uint64_t			 now;		/* moved by the test alone */
static char			 folder[64], told[256];
static int			 listener, wire;

uint64_t
clock_now(void)
{
	return now;
}

static void
tool_bytes(void *arg, const void *bytes, size_t len)
{
	(void)arg;
	strncat(told, bytes, len);
}

static void
tool_rings(void *arg)
{
	(void)arg;
}

static const struct seat_ops	tool = {
	.bytes = tool_bytes, .room = tool_rings, .idle = tool_rings,
	.gone = tool_rings,
};

static void
board_says(const char *text)
{
	ck_assert_int_eq(write(wire, text, strlen(text)), (ssize_t)strlen(text));
}

static void
loop_until_told(const char *text)
{
	while (strcmp(told, text) != 0)
		event_base_loop(base, EVLOOP_ONCE);
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
	now = 1000;
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
		event_base_loop(base, EVLOOP_ONCE);
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
	ck_assert_uint_eq(seat_typed(seat, "c00\n", 4), 4);
	ck_assert(!seat_is_idle(seat));
	board_says("one\ntwo");
	loop_until_told("one\n");
	now += 1000;			/* that is no line, and has waited */
	seat_destroy(seat);
	seat = NULL;
	ck_assert_str_eq(told, "one\n");
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("seat");
	TCase	*tc = tcase_create("seat");
	SRunner	*runner = srunner_create(suite);
	int	 failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_a_seat_that_is_destroyed_says_no_more);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
