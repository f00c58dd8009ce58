/* SPDX-License-Identifier: MIT */
/* Exclusive use of a board, and last wills. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "hand.h"
#include "tests/unit/suite.h"

START_TEST(test_will_goes_before_what_goes_first)
{
	static struct someone	 holder, flasher, follow, other;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&flasher, REQUEST_FLASH, "");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	say("d", 0);
	ask(&other, "other");
	release(holder.token, true, 0);
	r = make(&follow, REQUEST_RUN, "proof");
	r->rank = REQUEST_FIRST;
	r->wait_given = true;
	submit(r, 0);
	give(10);
	opened(20);
	ck_assert_str_eq(fake->text, "stop()");
	say("d", 20);
	ck_assert_str_eq(fake->text, "proof");
	say("d", 20);
	ck_assert_str_eq(fake->text, "other");
}
END_TEST

START_TEST(test_hold)
{
	static struct someone	 holder, other, mine, second;
	struct request	*r;

	hold(&holder, "", REQUEST_NO_LIMIT);
	ask(&other, "other");
	ck_assert(!fake->busy);
	r = make(&mine, REQUEST_RUN, "mine");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	ck_assert_str_eq(fake->text, "mine");
	say("d", 0);
	ck_assert_int_eq(mine.answers, 1);
	submit(make(&second, REQUEST_HOLD, ""), 0);
	ck_assert_int_eq(second.error, ERROR_BOARD_BUSY);
	ck_assert_int_eq(second.holder, 7);
	ck_assert_int_eq(release("nonsense", false, 0), -ENOENT);
	ck_assert_int_eq(release(holder.token, false, 0), 0);
	ck_assert_str_eq(fake->text, "other");
	say("d", 0);
	ck_assert_int_eq(other.answers, 1);
}
END_TEST

START_TEST(test_will_runs_before_others)
{
	static struct someone	 holder, running, other;
	struct request	*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&running, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	ask(&other, "other");
	release(holder.token, true, 0);
	ck_assert_int_eq(fake->interrupts, 1);	/* the motor first */
	say("i", 0);
	ck_assert_str_eq(fake->text, "stop()");
	ck_assert_ptr_nonnull(board_holder(board));
	say("d", 0);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_str_eq(fake->text, "other");
}
END_TEST

START_TEST(test_will_waits_for_a_lent_board)
{
	static struct someone	holder, borrower, other;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	ask(&other, "other");
	lend(&borrower, &holder);
	give(10);		/* his connection ends: */
	release(holder.token, true, 10);
	ck_assert_ptr_nonnull(board_holder(board));
	opened(20);
	ck_assert_str_eq(fake->text, "stop()");
	say("S", 20);
	say("d", 20);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_null(strstr(told, "will"));
	ck_assert_str_eq(fake->text, "other");
}
END_TEST

START_TEST(test_will_waits_for_an_absent_board)
{
	static struct someone	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	closed("unplugged", 0);
	release(holder.token, true, 0);
	ck_assert_ptr_nonnull(board_holder(board));
	opened(1000);
	ck_assert_str_eq(fake->text, "stop()");
	closed("unplugged", 1000);	/* it has not begun */
	opened(2000);
	ck_assert_str_eq(fake->text, "stop()");
	say("S", 2000);
	say("d", 2000);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_null(strstr(told, "will"));
}
END_TEST

START_TEST(test_will_that_cannot_run_is_told)
{
	static struct someone	holder;
	uint64_t		deadline;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	closed("unplugged", 0);
	release(holder.token, true, 1000);
	deadline = board_deadline(board);
	ck_assert_uint_ne(deadline, DRIVER_NEVER);
	tick(deadline - 1);
	ck_assert_ptr_nonnull(board_holder(board));
	tick(deadline);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_nonnull(strstr(told, "will"));
	ck_assert_ptr_nonnull(strstr(will_told, ") did not run: board b "
	    "did not come back in time: unplugged"));
}
END_TEST

START_TEST(test_will_that_fails_is_told)
{
	static struct someone	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	release(holder.token, true, 0);
	say("S", 0);
	say("eTraceback:\r\n  File 1\r\nNameError: stop\r\n", 0);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_nonnull(strstr(will_told, "(pid 7, "));
	ck_assert_ptr_nonnull(strstr(will_told, " failed: the statement raised "
	    "an exception: NameError: stop"));
	ck_assert_str_eq(strrchr(will_told, ' '), " stop");
}
END_TEST

START_TEST(test_will_has_a_try_of_its_own_on_a_silent_board)
{
	static struct someone	 holder, mine, other;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&mine, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	ask(&other, "other");
	release(holder.token, true, 0);
	say("Lno answer", 0);
	ck_assert_int_eq(other.error, ERROR_BOARD_SILENT);
	ck_assert_str_eq(fake->text, "stop()");
	ck_assert_ptr_nonnull(board_holder(board));
	say("Lno answer", 0);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_ptr_nonnull(strstr(will_told, "did not run: board b does not "
	    "answer: no answer"));
}
END_TEST

START_TEST(test_will_that_waits_is_told_when_picod_ends)
{
	static struct someone	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	closed("unplugged", 0);
	release(holder.token, true, 0);
	leave();
	ck_assert(!board_left(board));	/* it may come back in time */
	opened(10);
	ck_assert_str_eq(fake->text, "stop()");
	closed("unplugged", 20);
	destroy();
	ck_assert_ptr_nonnull(strstr(will_told, "did not run: "));
	setup();
}
END_TEST

START_TEST(test_will_of_a_board_that_is_dropped_is_told)
{
	static struct someone	holder;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	destroy();
	ck_assert_ptr_nonnull(strstr(will_told, "did not run: "));
	setup();
}
END_TEST

START_TEST(test_hold_ends_by_itself)
{
	static struct someone	holder;

	hold(&holder, "stop()", 500);
	ck_assert_uint_eq(board_deadline(board), 500);
	tick(499);
	ck_assert(!fake->busy);
	tick(500);
	ck_assert_str_eq(fake->text, "stop()");
	say("d", 501);
	ck_assert_ptr_null(board_holder(board));
	ck_assert_int_eq(release(holder.token, true, 502), -ENOENT);
}
END_TEST

START_TEST(test_will_runs_when_picod_ends)
{
	static struct someone	 holder, running;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make(&running, REQUEST_RUN, "motor");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	release(holder.token, true, 0);	/* its connection */
	leave();
	say("i", 0);
	ck_assert_str_eq(fake->text, "stop()");
	ck_assert(!board_left(board));
	say("d", 0);
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
	say("d", 0);
	ck_assert(board_left(board));
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("board_hold");
	TCase	*tc = tcase_create("board_hold");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_will_goes_before_what_goes_first);
	tcase_add_test(tc, test_hold);
	tcase_add_test(tc, test_will_runs_before_others);
	tcase_add_test(tc, test_will_waits_for_a_lent_board);
	tcase_add_test(tc, test_will_waits_for_an_absent_board);
	tcase_add_test(tc, test_will_that_cannot_run_is_told);
	tcase_add_test(tc, test_will_that_fails_is_told);
	tcase_add_test(tc, test_will_has_a_try_of_its_own_on_a_silent_board);
	tcase_add_test(tc, test_will_that_waits_is_told_when_picod_ends);
	tcase_add_test(tc, test_will_of_a_board_that_is_dropped_is_told);
	tcase_add_test(tc, test_hold_ends_by_itself);
	tcase_add_test(tc, test_will_runs_when_picod_ends);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
