/* SPDX-License-Identifier: MIT */
/* A port that is kept open, with ptys: what it is told holds. */
#include <check.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/port/path_watch.h"
#include "daemon/port/port.h"
#include "tests/unit/loop.h"
#include "tests/unit/suite.h"

#define NOBODY	65534

static struct event_base	*base;
static struct path_watcher	*watcher;
static struct port		*port;
static char			 folder[64], path[96];
static int			 opened, closed, failed, pieces;
static char			 heard[512], reason[256];
/* What is told to the port when it is closed by itself. */
static enum wanted_input	 then;

static void
handle_opened(void *arg, enum link_reset reset)
{
	(void)arg, (void)reset;
	opened++;
}

static void
handle_closed(void *arg, const char *why)
{
	(void)arg, (void)why;
	closed++;
	port_tell(port, then);
}

static void
handle_failed(void *arg, const char *why)
{
	(void)arg;
	failed++;
	snprintf(reason, sizeof reason, "%s", why);
}

static void
handle_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	(void)arg;
	pieces++;
	strncat(heard, (const char *)bytes, len);
}

static void
handle_other(void *arg)
{
	(void)arg;
}

static void
handle_beside(void *arg, const char *who)
{
	(void)arg, (void)who;
}

static const struct port_handler handler = {
	.opened = handle_opened, .closed = handle_closed,
	.failed = handle_failed, .bytes = handle_bytes,
	.writable = handle_other, .reset_done = handle_other,
	.beside = handle_beside,
};

static void
setup(void)
{
	strcpy(folder, "/tmp/picod-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/port", folder);
	opened = closed = failed = pieces = 0;
	heard[0] = '\0';
	then = WANTED_SILENT;
	base = event_base_new();
	watcher = path_watcher_create(base);
	port = port_create(base, watcher, &handler, NULL);
	ck_assert_ptr_nonnull(port);
}

static void
teardown(void)
{
	port_destroy(port);
	path_watcher_destroy(watcher);
	event_base_free(base);
	unlink(path);
	rmdir(folder);
}

/* A board's end of a new pty, to which the path leads. */
static int
board_plug(void)
{
	char	name[64], new[128];
	int	master, slave;

	ck_assert_int_eq(openpty(&master, &slave, name, NULL, NULL), 0);
	snprintf(new, sizeof new, "%s.new", path);
	ck_assert_int_eq(symlink(name, new), 0);
	ck_assert_int_eq(rename(new, path), 0);
	close(slave);
	return master;
}

static void
board_pull(int master)
{
	unlink(path);
	close(master);
}

static void
say(int master, const char *text)
{
	ck_assert_int_eq(write(master, text, strlen(text)),
	    (ssize_t)strlen(text));
}

START_TEST(test_a_configured_one_is_opened_and_read)
{
	char	buf[8];
	int	master = board_plug();

	ck_assert_int_eq(port_set_address(port, path, true), 0);
	loop_until(base, &opened, 1);
	say(master, "hello");
	while (strcmp(heard, "hello") != 0)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_uint_eq(port_write(port, (const uint8_t *)"s", 1), 1);
	ck_assert_int_eq(read(master, buf, sizeof buf), 1);
	board_pull(master);
}
END_TEST

START_TEST(test_a_pty_that_somebody_has_is_not_taken)
{
	int	master = board_plug(), fd = open(path, O_RDWR | O_NOCTTY);

	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	port_set_address(port, path, true);
	loop_until(base, &failed, 1);
	ck_assert_int_eq(opened, 0);
	close(fd);		/* and is then, without being told */
	loop_until(base, &opened, 1);
	ck_assert_int_eq(port_reset(port), -ENOTSUP);
	board_pull(master);
}
END_TEST

/* Trying it closes it, which is no reason to try it again. */
START_TEST(test_what_is_no_port_is_tried_when_something_else_is_there)
{
	int	master;

	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	port_set_address(port, path, true);
	loop_until(base, &failed, 1);
	loop_settle(base);
	ck_assert_int_eq(failed, 1);
	ck_assert_str_eq(reason, "its port is no serial port");
	master = board_plug();
	loop_until(base, &opened, 1);
	board_pull(master);
}
END_TEST

static void
count_cb(void *arg)
{
	++*(int *)arg;
}

/* Others may watch the same file, and are. */
START_TEST(test_a_watch_is_told_of_nothing_before_it)
{
	struct path_watch	*old, *new;
	int			 old_told = 0, new_told = 0;

	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	old = path_watch_create(watcher, path, count_cb, &old_told);
	new = path_watch_create(watcher, path, count_cb, &new_told);
	path_watch_start_in_use(old);
	close(open(path, O_RDONLY | O_CLOEXEC));
	path_watch_start_in_use(new);
	loop_settle(base);
	ck_assert_int_eq(old_told, 1);
	ck_assert_int_eq(new_told, 0);
	close(open(path, O_RDONLY | O_CLOEXEC));
	loop_until(base, &new_told, 1);
	path_watch_destroy(old);
	path_watch_destroy(new);
}
END_TEST

/* It is not opened in vain, which would wake up all who wait for it. */
START_TEST(test_a_port_under_two_names_is_one_s_and_then_the_other_s)
{
	struct port	*others[2];
	char		 link[128];
	int		 i, master = board_plug();

	snprintf(link, sizeof link, "%s/link", folder);
	ck_assert_int_eq(symlink(path, link), 0);
	port_set_address(port, path, true);
	loop_until(base, &opened, 1);
	for (i = 0; i < 2; i++) {
		others[i] = port_create(base, watcher, &handler, NULL);
		port_set_address(others[i], link, true);
	}
	loop_until(base, &failed, 2);
	loop_settle(base);
	ck_assert_int_eq(failed, 2);
	ck_assert_ptr_nonnull(strstr(reason, "another board has its port"));
	port_tell(port, WANTED_LENT);
	loop_until(base, &opened, 2);
	for (i = 0; i < 2; i++)
		port_destroy(others[i]);
	board_pull(master);
	unlink(link);
}
END_TEST

/* How many bytes the board hears before it hears these. */
static size_t
heard_before(int master, const char *last)
{
	char	buf[8192], tail[4] = "";
	size_t	len = strlen(last), total = 0;
	ssize_t	n;

	while (memcmp(tail, last, len) != 0) {
		n = read(master, buf + len, sizeof buf - len);
		ck_assert_int_gt(n, 0);
		memcpy(buf, tail, len);
		memcpy(tail, buf + n, len);
		total += (size_t)n;
	}
	return total - len;
}

/*
 * A board that was deaf hears nothing of it later, but for what the kernel has
 * handed over already: of a pty, a page.
 */
START_TEST(test_what_a_board_did_not_take_is_dropped)
{
	static const uint8_t	old[4096];
	size_t			n, total = 0;
	int			master = board_plug();

	port_set_address(port, path, true);
	loop_until(base, &opened, 1);
	while ((n = port_write(port, old, sizeof old)) > 0)
		total += n;
	ck_assert_uint_gt(total, 2 * sizeof old);
	port_drop_unsent(port);
	ck_assert_uint_eq(port_write(port, (const uint8_t *)"new", 3), 3);
	ck_assert_uint_le(heard_before(master, "new"), sizeof old);
	board_pull(master);
}
END_TEST

START_TEST(test_a_configured_one_is_back_after_every_replug)
{
	int	i, master = board_plug();

	port_set_address(port, path, true);
	for (i = 1; i <= 3; i++) {
		loop_until(base, &opened, i);
		board_pull(master);
		if (i == 2)	/* a bus need not tell */
			port_tell(port, WANTED_UNPLUGGED);
		else
			loop_until(base, &closed, i == 1 ? 1 : 2);
		loop_until(base, &failed, i);
		ck_assert_str_eq(reason,
		    "its port is not there; is it plugged in?");
		master = board_plug();
		if (i == 2)
			port_tell(port, WANTED_PLUGGED);
	}
	loop_until(base, &opened, 4);
	board_pull(master);
}
END_TEST

START_TEST(test_one_that_is_not_configured_waits_for_the_bus)
{
	int	one = board_plug(), two;

	ck_assert_int_eq(port_set_address(port, path, false), 0);
	loop_settle(base);
	ck_assert_int_eq(opened, 0);
	port_tell(port, WANTED_PLUGGED);
	loop_until(base, &opened, 1);
	port_tell(port, WANTED_UNPLUGGED);
	two = board_plug();
	loop_settle(base);
	ck_assert_int_eq(opened, 1);
	ck_assert_int_eq(closed, 0);
	port_tell(port, WANTED_PLUGGED);
	loop_until(base, &opened, 2);
	say(two, "two");
	while (strcmp(heard, "two") != 0)
		event_base_loop(base, EVLOOP_ONCE);
	close(one);
	board_pull(two);
}
END_TEST

/* Also if it is there again by then. */
START_TEST(test_lent_when_it_is_lost_it_stays_closed)
{
	int	one = board_plug(), two;

	port_set_address(port, path, true);
	loop_until(base, &opened, 1);
	then = _i == 0 ? WANTED_LENT : WANTED_FLASHING;
	two = board_plug();
	close(one);
	loop_until(base, &closed, 1);
	loop_settle(base);
	ck_assert_int_eq(opened, 1);
	ck_assert_int_eq(failed, 0);
	port_tell(port, WANTED_RETURNED);
	loop_until(base, &opened, 2);
	board_pull(two);
}
END_TEST

/* A link of one's own to udev's, which leads to nothing now. */
START_TEST(test_what_appears_behind_links_is_opened)
{
	char	link[128], theirs[128];
	int	master;

	snprintf(link, sizeof link, "%s/mine", folder);
	snprintf(theirs, sizeof theirs, "%s/theirs", folder);
	ck_assert_int_eq(mkdir(theirs, 0755), 0);
	strcat(theirs, "/port");
	ck_assert_int_eq(symlink("theirs/port", link), 0);
	ck_assert_int_eq(symlink("../port", theirs), 0);
	port_set_address(port, link, true);
	loop_until(base, &failed, 1);
	master = board_plug();
	loop_until(base, &opened, 1);
	board_pull(master);
	loop_until(base, &failed, 2);
	unlink(theirs);
	loop_settle(base);
	master = board_plug();
	loop_settle(base);
	ck_assert_int_eq(opened, 1);
	ck_assert_int_eq(symlink("../port", theirs), 0);
	loop_until(base, &opened, 2);
	board_pull(master);
	unlink(link);
	unlink(theirs);
	*strrchr(theirs, '/') = '\0';
	rmdir(theirs);
}
END_TEST

/* As udev gives a port that has just appeared to its group. */
START_TEST(test_what_becomes_readable_behind_a_link_is_opened)
{
	int	master;

	if (geteuid() == 0) {	/* who may read anything */
		ck_assert_int_eq(chown(folder, NOBODY, NOBODY), 0);
		ck_assert_int_eq(seteuid(NOBODY), 0);
	}
	master = board_plug();
	ck_assert_int_eq(chmod(path, 0), 0);
	port_set_address(port, path, true);
	loop_until(base, &failed, 1);
	loop_settle(base);
	ck_assert_int_eq(chmod(path, 0600), 0);
	loop_until(base, &opened, 1);
	board_pull(master);
	if (getuid() == 0) {
		ck_assert_int_eq(seteuid(0), 0);
		/* Or the search for leaks may not look at its own memory. */
		ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1), 0);
	}
}
END_TEST

START_TEST(test_another_address_is_another_port)
{
	int	master = board_plug();

	ck_assert_int_eq(port_set_address(port, "tty0", true), -EINVAL);
	ck_assert_int_eq(port_set_address(port, "/nonexistent/port", true), 0);
	loop_until(base, &failed, 1);
	ck_assert_int_eq(port_set_address(port, path, true), 0);
	loop_until(base, &opened, 1);
	board_pull(master);
}
END_TEST

static void
accept_cb(evutil_socket_t fd, short what, void *arg)
{
	int	*count = arg;

	(void)what;
	close(accept(fd, NULL, NULL));
	++*count;
}

/* A socket of a simulator, at the path. */
static int
server_listen(struct sockaddr_un *addr, int backlog)
{
	int	fd = socket(AF_UNIX, SOCK_STREAM, 0);

	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strcpy(addr->sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)addr, sizeof *addr), 0);
	ck_assert_int_eq(listen(fd, backlog), 0);
	return fd;
}

/* The board's end of a port that is open: what is said is there at once. */
static int
server_accept(void)
{
	struct sockaddr_un	addr;
	char			address[128];
	int			fd = server_listen(&addr, 1), board;

	snprintf(address, sizeof address, "unix:%s", path);
	port_set_address(port, address, true);
	loop_until(base, &opened, 1);
	board = accept(fd, NULL, NULL);
	ck_assert_int_ge(board, 0);
	close(fd);
	return board;
}

/* Says it a byte at a time, each of which may be read alone. */
static void
say_slowly(int board, int count)
{
	for (; count > 0; count--) {
		say(board, "x");
		event_base_loop(base, EVLOOP_NONBLOCK);
	}
}

/* Each piece costs all who listen, but an answer waits for nobody. */
START_TEST(test_much_in_small_pieces_is_read_together)
{
	int	i, board = server_accept();

	say_slowly(board, 200);
	while (strlen(heard) < 200)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_lt(pieces, 200);
	for (i = 1; i <= 100; i++) {
		say_slowly(board, 100);
		ck_assert_uint_eq(port_write(port, (const uint8_t *)"?", 1), 1);
		say(board, "y");
		event_base_loop(base, EVLOOP_NONBLOCK);
		ck_assert_int_eq(heard[strlen(heard) - 1], 'y');
		heard[0] = '\0';
	}
	close(board);
}
END_TEST

START_TEST(test_one_that_rests_may_be_closed)
{
	int	board = server_accept();

	say_slowly(board, 100);
	close(board);
	loop_until(base, &closed, 1);
}
END_TEST

START_TEST(test_one_that_rests_may_be_lent)
{
	int	board = server_accept();

	say_slowly(board, 100);
	port_tell(port, WANTED_LENT);
	event_base_loopexit(base, &(struct timeval){ 0, 5000 });
	event_base_dispatch(base);	/* longer than it rests */
	ck_assert_int_eq(closed, 0);
	close(board);
}
END_TEST

/* It may go on saying something, which is heard before. */
START_TEST(test_a_board_that_reads_no_more_is_lost)
{
	int	board = server_accept();

	signal(SIGPIPE, SIG_IGN);
	say(board, "last");
	ck_assert_int_eq(shutdown(board, SHUT_RD), 0);
	ck_assert_uint_eq(port_write(port, (const uint8_t *)"?", 1), 0);
	loop_settle(base);
	ck_assert_int_eq(closed, 1);
	ck_assert_str_eq(heard, "last");
	close(board);
}
END_TEST

/* Nothing at the path tells that it takes connections again. */
START_TEST(test_a_server_that_was_busy_is_tried_again)
{
	struct sockaddr_un	addr;
	char			address[128];
	int			fd = server_listen(&addr, 0), first;

	first = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(first, (struct sockaddr *)&addr,
	    sizeof addr), 0);
	snprintf(address, sizeof address, "unix:%s", path);
	port_set_address(port, address, true);
	loop_until(base, &failed, 2);
	ck_assert_int_eq(opened, 0);
	close(accept(fd, NULL, NULL));
	loop_until(base, &opened, 1);
	close(first);
	close(fd);
}
END_TEST

/* As a serial port server whose port is in use. */
START_TEST(test_one_that_is_closed_at_once_is_tried_seldom)
{
	struct sockaddr_un	 addr;
	struct event		*event;
	char			 address[128];
	int			 accepted = 0, fd = server_listen(&addr, 5);
	uint64_t		 before = clock_now();

	event = event_new(base, fd, EV_READ | EV_PERSIST, accept_cb, &accepted);
	event_add(event, NULL);
	snprintf(address, sizeof address, "unix:%s", path);
	port_set_address(port, address, true);
	loop_until(base, &closed, 5);
	ck_assert_uint_ge(clock_now() - before, 50 + 100 + 200 + 400);
	ck_assert(port_is_unsteady(port));
	event_free(event);
	close(fd);
}
END_TEST

/* The server of a simulator that is started again and again. */
START_TEST(test_what_appears_in_a_pause_is_tried_at_once)
{
	int		i, master;
	uint64_t	before = clock_now();

	port_set_address(port, path, true);
	for (i = 1; i <= 16; i++) {	/* else 50 s of pauses */
		master = board_plug();
		loop_until(base, &opened, i);
		board_pull(master);
		loop_until(base, &closed, i);
	}
	ck_assert_uint_lt(clock_now() - before, 20000);
}
END_TEST

int
main(void)
{
	Suite	*s = suite_create("port");
	TCase	*tc = tcase_create("port");

	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_a_configured_one_is_opened_and_read);
	tcase_add_test(tc, test_much_in_small_pieces_is_read_together);
	tcase_add_test(tc, test_one_that_rests_may_be_closed);
	tcase_add_test(tc, test_one_that_rests_may_be_lent);
	tcase_add_test(tc, test_a_pty_that_somebody_has_is_not_taken);
	tcase_add_test(tc,
	    test_what_is_no_port_is_tried_when_something_else_is_there);
	tcase_add_test(tc, test_a_watch_is_told_of_nothing_before_it);
	tcase_add_test(tc,
	    test_a_port_under_two_names_is_one_s_and_then_the_other_s);
	tcase_add_test(tc, test_what_a_board_did_not_take_is_dropped);
	tcase_add_test(tc, test_a_configured_one_is_back_after_every_replug);
	tcase_add_test(tc, test_one_that_is_not_configured_waits_for_the_bus);
	tcase_add_loop_test(tc, test_lent_when_it_is_lost_it_stays_closed, 0, 2);
	tcase_add_test(tc, test_what_appears_behind_links_is_opened);
	tcase_add_test(tc, test_what_becomes_readable_behind_a_link_is_opened);
	tcase_add_test(tc, test_another_address_is_another_port);
	tcase_add_test(tc, test_a_board_that_reads_no_more_is_lost);
	tcase_add_test(tc, test_a_server_that_was_busy_is_tried_again);
	tcase_add_test(tc, test_one_that_is_closed_at_once_is_tried_seldom);
	tcase_add_test(tc, test_what_appears_in_a_pause_is_tried_at_once);
	return suite_run(s);
}
