/* SPDX-License-Identifier: MIT */
/* A board that falls silent, restarts, or is reset. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "hand.h"
#include "tests/unit/suite.h"

START_TEST(test_silent_and_back)
{
	static struct someone	a, b;
	uint64_t	probe;

	host_drops = 0;
	ask(&a, "1");
	ask(&b, "2");
	say("Lno answer", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	ck_assert_int_eq(b.error, ERROR_BOARD_SILENT);
	ck_assert_int_eq(board_state(board), BOARD_SILENT);
	ck_assert_str_eq(board_problem(board), "no answer");
	ck_assert_int_eq(host_drops, 1);	/* not piled up for later */
	probe = board_deadline(board);
	ck_assert_uint_ne(probe, DRIVER_NEVER);
	tick(probe);
	ck_assert_int_eq(fake->task, DRIVER_SYNC);
	say("Lstill nothing", probe);
	ck_assert_uint_gt(board_deadline(board) - probe, probe);	/* rarer */
	ck_assert_int_eq(host_drops, 2);
	tick(board_deadline(board));
	say("d", 0);
	ck_assert_int_eq(board_state(board), BOARD_READY);
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
}
END_TEST

/* Whoever comes while picod asks for itself waits for what it hears. */
START_TEST(test_requests_wait_for_a_probe)
{
	static struct someone	a, b, c;

	ask(&a, "1");
	say("Lno answer", 0);
	tick(board_deadline(board));
	ck_assert_int_eq(fake->task, DRIVER_SYNC);
	ask(&b, "2");
	ck_assert_int_eq(b.answers, 0);
	say("d", 0);
	ck_assert_str_eq(fake->text, "2");
	say("Lno answer", 0);
	tick(board_deadline(board));
	ask(&c, "3");
	say("Lnone", 0);
	ck_assert_int_eq(c.error, ERROR_BOARD_SILENT);
}
END_TEST

/* A probe that failed is followed by a reset if somebody waits for it. */
START_TEST(test_reset_through_the_port_after_a_probe)
{
	static struct someone	a, b;

	fake->language = "repl";
	ask(&a, "1");
	say("Lno answer", 0);
	tick(board_deadline(board));
	ask(&b, "2");
	host_restarts = 1;
	say("Lnone", 0);
	opened(100);
	ck_assert_str_eq(fake->text, "2");
	say("d", 200);
	ck_assert_int_eq(b.error, ERROR_NONE);
}
END_TEST

/* Nothing runs on it before a key: nobody disturbs anything there. */
START_TEST(test_a_program_that_has_ended_is_over)
{
	static struct someone	a;

	ask(&a, "1");
	say("L", 0);
	fake->program = DRIVER_PROGRAM_OVER;
	say("UCode done running.", 0);
	ck_assert_int_eq(board_state(board), BOARD_OVER);
	ck_assert(board_is_open(board));
	ask(&a, "2");
	say("d", 0);
	ck_assert_int_eq(board_state(board), BOARD_READY);
}
END_TEST

/* It may be its program, which nobody stops unasked. */
START_TEST(test_silent_board_speaks)
{
	static struct someone	a;

	ask(&a, "1");
	say("L", 0);
	say("Uhello", 0);
	ck_assert_int_eq(board_state(board), BOARD_LISTENING);
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
}
END_TEST

START_TEST(test_reset_through_the_port_is_the_last_step)
{
	static struct someone	a, b;

	fake->language = "repl";
	host_restarts = 2;
	ask(&a, "1");
	say("L", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	ck_assert_int_ne(board_state(board), BOARD_SILENT);
	opened(100);
	ask(&b, "2");
	say("L", 200);			/* not twice in a row */
	ck_assert_int_eq(board_state(board), BOARD_SILENT);
	ck_assert_int_eq(host_restarts, 1);
}
END_TEST

/* It is listed with what to do about it, and not asked again and again. */
START_TEST(test_a_board_that_speaks_something_else)
{
	static struct someone	a, b;

	ask(&a, "1");
	ask(&b, "2");
	say("Fit prints", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	ck_assert_ptr_nonnull(strstr(a.message, ": it prints"));
	ck_assert_int_eq(b.error, ERROR_BOARD_SILENT);
	ck_assert_int_eq(board_state(board), BOARD_LISTENING);
	say("Utemp 21", 0);
	ck_assert_str_eq(board_problem(board), "it prints");
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
	ask(&a, "1");
	say("L", 0);
	ck_assert_uint_ne(board_deadline(board), DRIVER_NEVER);
	ask(&a, "1");
	say("Fit prints", 0);
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
	ask(&a, "1");
	say("S", 0);
	ck_assert_str_eq(board_problem(board), "");
}
END_TEST

/* It may be moving something; so may a board whose language is not known. */
START_TEST(test_a_sketch_is_not_reset_unasked)
{
	static const char *const	languages[] = { "piserial", "auto" };
	static struct someone		a;
	size_t				i;

	host_restarts = 1;
	for (i = 0; i < 2; i++) {
		fake->language = languages[i];
		ask(&a, "1");
		say("L", 0);
		ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
		ck_assert_int_eq(board_state(board), BOARD_SILENT);
	}
	ck_assert_int_eq(host_restarts, 1);
}
END_TEST

START_TEST(test_reset_through_the_port_spares_who_has_not_begun)
{
	static struct someone	 a, b, c;
	struct request		*r;

	fake->language = "repl";
	host_restarts = 1;
	ask(&a, "1");
	r = make(&b, REQUEST_RUN, "2");
	r->wait_ms = 60000;
	r->wait_given = true;
	submit(r, 0);
	ask(&c, "3");
	say("L", 0);
	ck_assert_int_eq(a.error, ERROR_BOARD_SILENT);
	opened(100);
	ck_assert_str_eq(fake->text, "2");
	say("S", 200);
	say("d", 200);
	ck_assert_int_eq(b.answers, 1);
	ck_assert_int_eq(b.error, ERROR_NONE);
	ck_assert_str_eq(fake->text, "3");
	say("S", 300);			/* whoever has begun is not spared */
	opened(400);
	ck_assert_int_eq(c.error, ERROR_DISCONNECTED);
	ck_assert(c.started);
}
END_TEST

START_TEST(test_boot_count)
{
	static struct someone	 a;
	uint64_t	 boot = board_boot(board);

	ck_assert_uint_eq(boot, 101);
	say("B", 0);
	ck_assert_uint_eq(board_boot(board), boot + 1);
	ask(&a, "1");
	say("B", 0);
	say("b", 0);
	ck_assert_int_eq(a.error, ERROR_DISCONNECTED);
	ck_assert_uint_eq(board_boot(board), boot + 2);
	closed("x", 0);
	opened(0);
	ck_assert_uint_eq(board_boot(board), boot + 3);
}
END_TEST

START_TEST(test_resets)
{
	static struct someone	a;

	submit(make(&a, REQUEST_SOFT_RESET, ""), 0);
	ck_assert_int_eq(fake->task, DRIVER_SOFT_RESET);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_NONE);

	submit(make(&a, REQUEST_HARD_RESET, ""), 0);
	ck_assert_ptr_nonnull(strstr(fake->text, "machine"));
	closed("it went away", 0);	/* as a USB board does */
	ck_assert_int_eq(a.error, ERROR_NONE);
	opened(0);

	host_restarts = 1;
	submit(make(&a, REQUEST_HARD_RESET, ""), 0);
	ck_assert_int_eq(a.answers, 0);
	opened(0);
	ck_assert_int_eq(a.error, ERROR_NONE);

	fake->refuse = -ENOTSUP;
	submit(make(&a, REQUEST_BOOTLOADER, ""), 0);
	ck_assert_int_eq(a.error, ERROR_UNSUPPORTED);
	fake->refuse = -EACCES;
	ask(&a, "1");
	ck_assert_int_eq(a.error, ERROR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(a.message, "interrupt = no"));
	fake->refuse = 0;
}
END_TEST

/* Of one that was refused none came: the next restart is news to him, too. */
START_TEST(test_a_reset_that_failed_is_not_expected)
{
	static struct someone	a;

	fake->language = "repl";
	ask(&a, "x = 1");
	say("S", 0);
	say("d", 0);
	fake->refuse = -ENOTSUP;
	submit(make(&a, REQUEST_SOFT_RESET, ""), 0);
	ck_assert_int_eq(a.error, ERROR_UNSUPPORTED);
	fake->refuse = 0;
	closed("it was pulled out", 0);
	opened(0);
	ask(&a, "x");
	say("S", 0);
	say("d", 0);
	ck_assert_ptr_nonnull(strstr(a.notice, "has restarted"));

	submit(make(&a, REQUEST_SOFT_RESET, ""), 0);
	say("S", 0);
	say("B", 0);
	say("d", 0);
	ask(&a, "x");
	say("S", 0);
	say("d", 0);
	ck_assert_str_eq(a.notice, "");
}
END_TEST

/* Nor of one that went back to the queue, and was withdrawn there. */
START_TEST(test_a_reset_that_was_put_back_is_not_expected)
{
	static struct someone	a;
	struct request		*r;

	fake->language = "repl";
	ask(&a, "x = 1");
	say("S", 0);
	say("d", 0);
	r = make(&a, REQUEST_SOFT_RESET, "");
	submit(r, 0);
	board_reopens(board, "its configuration was changed", 0);
	pump();
	withdraw(r);
	opened(0);
	say("B", 0);
	ask(&a, "x");
	say("S", 0);
	say("d", 0);
	ck_assert_ptr_nonnull(a.notice);
	ck_assert_ptr_nonnull(strstr(a.notice, "has restarted"));
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("board_reset");
	TCase	*tc = tcase_create("board_reset");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_silent_and_back);
	tcase_add_test(tc, test_requests_wait_for_a_probe);
	tcase_add_test(tc, test_reset_through_the_port_after_a_probe);
	tcase_add_test(tc, test_a_program_that_has_ended_is_over);
	tcase_add_test(tc, test_silent_board_speaks);
	tcase_add_test(tc, test_reset_through_the_port_is_the_last_step);
	tcase_add_test(tc, test_a_board_that_speaks_something_else);
	tcase_add_test(tc, test_a_sketch_is_not_reset_unasked);
	tcase_add_test(tc, test_reset_through_the_port_spares_who_has_not_begun);
	tcase_add_test(tc, test_boot_count);
	tcase_add_test(tc, test_resets);
	tcase_add_test(tc, test_a_reset_that_failed_is_not_expected);
	tcase_add_test(tc, test_a_reset_that_was_put_back_is_not_expected);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
