/* SPDX-License-Identifier: MIT */
/* Who watches boards: all of them, or one, also when that goes. */
#include <check.h>
#include <event2/event.h>

#include "daemon/base/log.h"
#include "daemon/boards/boards.h"
#include "protocol/driver.h"
#include "tests/unit/suite.h"

struct counter {
	struct watcher	watcher;
	unsigned	removed;
};

static struct event_base	*base;
static struct boards		*boards;

static void
hear_notice(struct watcher *w, struct board *b,
    const struct board_notice *notice)
{
	(void)w, (void)b, (void)notice;
}

static void
count_removed(struct watcher *w, struct board *b)
{
	struct counter	*c = (struct counter *)w;

	ck_assert(w->board == NULL || w->board == b);
	c->removed++;
}

static void
watch(struct counter *c, struct board *b)
{
	*c = (struct counter){ .watcher = { .board = b,
	    .notice = hear_notice, .removed = count_removed } };
	boards_watch(boards, &c->watcher);
}

/* Its port is not there, which is said as it is added. */
static struct board *
add(const char *name)
{
	struct board_config	config = { .name = name, .configured = true,
				    .port = "unix:/nonexistent/port",
				    .driver = &driver_repl, .baud = 115200 };

	ck_assert_int_eq(boards_add(boards, &config), 0);
	return boards_find(boards, name);
}

static void
setup(void)
{
	log_init(false);
	base = event_base_new();
	boards = boards_create(base);
}

static void
teardown(void)
{
	boards_destroy(boards);
	event_base_free(base);
}

START_TEST(test_who_watches_one_board_is_told_of_no_other)
{
	struct board	*a = add("a"), *b = add("b");
	struct counter	 all, of_a, of_b;

	watch(&all, NULL);
	watch(&of_a, a);
	watch(&of_b, b);
	boards_remove(boards, a);
	ck_assert_uint_eq(all.removed, 1);
	ck_assert_uint_eq(of_a.removed, 1);
	ck_assert_uint_eq(of_b.removed, 0);
	boards_remove(boards, b);
	ck_assert_uint_eq(all.removed, 2);
	ck_assert_uint_eq(of_a.removed, 1);
	ck_assert_uint_eq(of_b.removed, 1);
	boards_unwatch(&of_a.watcher);
	boards_unwatch(&of_b.watcher);
	boards_unwatch(&all.watcher);
}
END_TEST

/* That it is another one cannot be seen by its address, which is set here. */
START_TEST(test_a_board_that_lies_where_one_lay_is_not_that_one)
{
	struct board	*old = add("old");
	struct counter	 all, one;

	watch(&all, NULL);
	watch(&one, old);
	boards_remove(boards, old);
	one.watcher.board = add("new");
	boards_remove(boards, one.watcher.board);
	ck_assert_uint_eq(all.removed, 2);
	ck_assert_uint_eq(one.removed, 1);
	boards_unwatch(&all.watcher);
}
END_TEST

static struct counter	leaver, follower;

static void
leave_with_another(struct watcher *w, struct board *b)
{
	count_removed(w, b);
	boards_unwatch(&follower.watcher);
}

/* The one who is next in the list. */
START_TEST(test_who_is_told_may_have_others_leave)
{
	struct board	*a = add("a"), *b = add("b");

	watch(&follower, NULL);
	watch(&leaver, a);
	leaver.watcher.removed = leave_with_another;
	boards_remove(boards, a);
	ck_assert_uint_eq(leaver.removed, 1);
	ck_assert_uint_eq(follower.removed, 0);
	boards_remove(boards, b);
	ck_assert_uint_eq(leaver.removed + follower.removed, 1);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("watchers");
	TCase	*cases = tcase_create("watchers");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, test_who_watches_one_board_is_told_of_no_other);
	tcase_add_test(cases,
	    test_a_board_that_lies_where_one_lay_is_not_that_one);
	tcase_add_test(cases, test_who_is_told_may_have_others_leave);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
