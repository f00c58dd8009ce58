/* SPDX-License-Identifier: MIT */
/* A board and its port, which is a socket: when it is opened. */
#include <check.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/boards/boards.h"
#include "tests/unit/loop.h"
#include "tests/unit/suite.h"

#define IN_LOADER	"it is in its boot loader: picoctl flash"

static struct event_base	*base;
static struct boards		*boards;
static struct board		*board;
static struct event		*server;
static char			 folder[64], path[96], port[112];
static int			 opened, granted;

/* It stays open as long as the other end. */
static void
accept_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)what, (void)arg;
	ck_assert_int_ge(accept(fd, NULL, NULL), 0);
	opened++;
}

static void
on_finish(struct asker *a, const struct request_result *result)
{
	(void)a;
	granted += result->error == ERROR_NONE;
}

static const struct request_sink sink = { .finish = on_finish };

static void
setup(void)
{
	struct sockaddr_un	addr = { .sun_family = AF_UNIX };
	int			fd = socket(AF_UNIX, SOCK_STREAM, 0);

	log_init(false);
	strcpy(folder, "/tmp/picod-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/port", folder);
	snprintf(port, sizeof port, "unix:%s", path);
	strcpy(addr.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	ck_assert_int_eq(listen(fd, 5), 0);
	opened = granted = 0;
	base = event_base_new();
	server = event_new(base, fd, EV_READ | EV_PERSIST, accept_cb, NULL);
	event_add(server, NULL);
	boards = boards_create(base);
}

static void
teardown(void)
{
	int	fd = event_get_fd(server);

	boards_destroy(boards);
	event_free(server);
	close(fd);
	event_base_free(base);
	unlink(path);
	rmdir(folder);
}

static struct board_config
configuration(bool has_port)
{
	return (struct board_config){
		.name = "b", .configured = has_port, .driver = &driver_repl,
		.may_interrupt = true, .port = has_port ? port : NULL,
	};
}

static void
add(bool has_port)
{
	struct board_config	config = configuration(has_port);

	ck_assert_int_eq(boards_add(boards, &config), 0);
	board = boards_find(boards, "b");
}

static void
check_in_loader(int before)
{
	loop_settle(base);
	ck_assert_int_eq(opened, before);
	ck_assert_int_eq(board_state(board), BOARD_BOOTLOADER);
	ck_assert_str_eq(board_problem(board), IN_LOADER);
}

/* It does not know that the flash failed, but that the board is there still. */
START_TEST(test_in_its_boot_loader_after_a_flash)
{
	struct client	me = { .pid = 1 };

	add(_i == 1);
	loop_until(base, &opened, _i);
	unit_set_loader(board, IN_LOADER);
	check_in_loader(_i);
	unit_submit(board, request_create(REQUEST_FLASH, &sink, NULL, &me, NULL,
	    0));
	loop_until(base, &granted, 1);
	ck_assert_int_eq(board_state(board), BOARD_FLASHING);
	unit_return(board);
	check_in_loader(_i);
	unit_set_loader(board, NULL);
	loop_until(base, &opened, 2 * _i);
	ck_assert_int_ne(board_state(board), BOARD_BOOTLOADER);
}
END_TEST

/* Before the flash was over, say. */
START_TEST(test_out_of_its_boot_loader_its_port_is_its)
{
	struct client	me = { .pid = 1 };

	add(true);
	loop_until(base, &opened, 1);
	unit_set_loader(board, IN_LOADER);
	unit_submit(board, request_create(REQUEST_FLASH, &sink, NULL, &me, NULL,
	    0));
	loop_until(base, &granted, 1);
	unit_set_loader(board, NULL);
	loop_settle(base);
	ck_assert_int_eq(opened, 1);
	unit_return(board);
	loop_until(base, &opened, 2);
}
END_TEST

START_TEST(test_a_configuration_that_names_the_port_of_a_boot_loader)
{
	struct board_config	config = configuration(true);

	add(false);
	unit_set_loader(board, IN_LOADER);
	ck_assert_int_eq(boards_change(boards, board, &config), 0);
	check_in_loader(0);
	unit_set_loader(board, NULL);
	loop_until(base, &opened, 1);
}
END_TEST

int
main(void)
{
	Suite	*s = suite_create("unit");
	TCase	*tc = tcase_create("unit");

	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_in_its_boot_loader_after_a_flash, 0, 2);
	tcase_add_test(tc, test_out_of_its_boot_loader_its_port_is_its);
	tcase_add_test(tc,
	    test_a_configuration_that_names_the_port_of_a_boot_loader);
	return suite_run(s);
}
