/* SPDX-License-Identifier: MIT */
/* A request is jobs, one after the other, and those who asked for it. */
#include <check.h>
#include <string.h>

#include "hand.h"
#include "tests/unit/suite.h"

/* A maker with three jobs: the letters that are left, each a job. */
static const char	*jobs;

static bool
maker_next(struct asker *a, const struct request_result *result)
{
	if (result->error != ERROR_NONE || jobs[0] == '\0')
		return false;
	request_renew(a->request, REQUEST_RUN, jobs++, 1, 100);
	return true;
}

static const struct request_sink maker_sink = {
	.next = maker_next, .finish = someone_finish,
};

START_TEST(test_jobs_of_a_request_are_one_turn)
{
	static struct someone	 a, b, holder;
	struct request		*r = make_for(&maker_sink, &a, REQUEST_RUN, "x");

	jobs = "yz";
	submit(r, 0);
	ask(&b, "b");
	submit(make(&holder, REQUEST_HOLD, ""), 0);
	say("S", 0);
	say("Oone", 0);
	say("d", 0);
	ck_assert_str_eq(fake->text, "y");
	ck_assert_int_eq(a.answers, 0);
	say("S", 0);
	ck_assert_uint_eq(board_deadline(board), 100);	/* each has its time */
	say("d", 0);
	ck_assert_str_eq(fake->text, "z");
	say("Othree", 0);
	say("d", 0);
	ck_assert_int_eq(a.answers, 1);
	ck_assert_str_eq(a.output, "three");
	ck_assert_str_eq(fake->text, "b");
	ck_assert_int_eq(holder.answers, 0);
	say("d", 0);
	ck_assert_int_eq(b.answers + holder.answers, 2);
}
END_TEST

START_TEST(test_job_that_fails_ends_the_request)
{
	static struct someone	a, b;

	jobs = "yz";
	submit(make_for(&maker_sink, &a, REQUEST_RUN, "x"), 0);
	ask(&b, "b");
	say("d", 0);
	say("e", 0);
	ck_assert_int_eq(a.error, ERROR_STATEMENT_FAILED);
	ck_assert_str_eq(fake->text, "b");
}
END_TEST

START_TEST(test_next_job_waits_for_a_board_that_was_reset)
{
	static struct someone	 a, b;
	struct request		*r = make_for(&maker_sink, &a,
				    REQUEST_SOFT_RESET, "");

	jobs = "y";
	r->wait_given = true;
	r->wait_ms = 50;
	submit(r, 0);
	ask(&b, "b");
	say("S", 0);
	closed("it restarted", 10);	/* as a board with USB of its own does */
	ck_assert_int_eq(a.answers, 0);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
	ck_assert_uint_eq(board_deadline(board), 60);
	opened(20);
	ck_assert_str_eq(fake->text, "y");
	say("d", 20);
	ck_assert_int_eq(a.answers, 1);
	ck_assert_int_eq(a.error, ERROR_NONE);
}
END_TEST

/* Its will is ahead of the next job of what the holder began. */
START_TEST(test_will_goes_before_the_next_job)
{
	static struct someone	 a, holder;
	struct request		*r;

	hold(&holder, "stop()", REQUEST_NO_LIMIT);
	r = make_for(&maker_sink, &a, REQUEST_RUN, "x");
	memcpy(r->token, holder.token, sizeof r->token);
	jobs = "yz";
	submit(r, 0);
	say("S", 0);
	board_feed(board, (const uint8_t *)"d", 1, 0);	/* not told yet */
	release(holder.token, true, 0);
	ck_assert_str_eq(fake->text, "stop()");
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ck_assert_int_eq(a.answers, 1);
}
END_TEST

START_TEST(test_maker_that_left_has_no_next_job)
{
	static struct someone	 a, b;
	struct request		*r = make_for(&maker_sink, &a, REQUEST_RUN, "x");

	jobs = "yz";
	submit(r, 0);
	ask(&b, "b");
	withdraw(r);
	say("i", 0);
	ck_assert_str_eq(fake->text, "b");
	ck_assert_int_eq(a.answers, 0);
	ck_assert_str_eq(jobs, "yz");
}
END_TEST

/* It is half of what was asked for, however that job ended. */
START_TEST(test_job_that_ends_as_picod_leaves_is_no_answer)
{
	static struct someone	a;

	jobs = "yz";
	submit(make_for(&maker_sink, &a, REQUEST_RUN, "x"), 0);
	leave();
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_DISCONNECTED);
	ck_assert_int_eq(a.answers, 1);
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
}
END_TEST

START_TEST(test_several_askers_have_one_answer)
{
	static struct someone	 a, b, c;
	struct request		*r = make(&a, REQUEST_RUN, "1");
	struct asker		*second;

	b = c = (struct someone){ 0 };
	submit(r, 0);
	second = request_join(r, &someone_sink, &b);
	ck_assert_ptr_nonnull(second);
	say("S", 0);
	say("Oone", 0);
	ck_assert_ptr_nonnull(request_join(r, &someone_sink, &c));
	withdraw(r);				/* its maker */
	ck_assert_int_eq(fake->interrupts, 0);
	say("Otwo", 0);
	say("d", 0);
	ck_assert_int_eq(a.answers, 0);
	ck_assert_int_eq(b.answers, 1);
	ck_assert_str_eq(b.output, "onetwo");
	ck_assert_int_eq(c.answers, 1);
	ck_assert_str_eq(c.output, "onetwo");
}
END_TEST

static bool
stream_output(struct asker *a)
{
	return evbuffer_drain(a->output, evbuffer_get_length(a->output)) == 0;
}

static const struct request_sink stream_sink = {
	.output = stream_output, .finish = someone_finish,
};

START_TEST(test_who_would_miss_output_is_no_asker)
{
	static struct someone	 a, b;
	struct request		*r = make_for(&stream_sink, &a, REQUEST_RUN, "1");

	submit(r, 0);
	say("S", 0);
	say("Oone", 0);
	ck_assert_ptr_null(request_join(r, &someone_sink, &b));
	say("d", 0);
	ck_assert_int_eq(a.answers, 1);
}
END_TEST

static int	fed;

static void
count_fed(struct asker *a)
{
	(void)a;
	fed++;
}

static const struct request_sink fed_sink = {
	.finish = someone_finish, .fed = count_fed,
};

START_TEST(test_maker_is_told_when_all_input_was_taken)
{
	static struct someone	 a;
	struct request		*r = make_for(&fed_sink, &a, REQUEST_RUN, "1");

	fed = 0;
	submit(r, 0);
	say("S", 0);
	board_input(board, r, "abc", 3);
	board_sent(board, 2, 0);
	pump();
	ck_assert_int_eq(fed, 0);
	board_sent(board, 1, 0);
	pump();
	ck_assert_int_eq(fed, 1);
	board_input(board, r, "d", 1);
	board_sent(board, 1, 0);
	withdraw(r);
	ck_assert_int_eq(fed, 1);
	say("i", 0);
}
END_TEST

START_TEST(test_last_asker_that_leaves_interrupts)
{
	static struct someone	 a, b;
	struct request		*r = make(&a, REQUEST_RUN, "1");

	submit(r, 0);
	request_join(r, &someone_sink, &b);
	withdraw(r);
	ck_assert_int_eq(fake->interrupts, 0);
	withdraw(r);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(board_state(board), BOARD_READY);
}
END_TEST

START_TEST(test_what_is_left_to_itself_runs_until_somebody_waits)
{
	static struct someone	 a, b, c;
	struct request		*r = make(&a, REQUEST_AS_IS, "loop");

	submit(r, 0);
	say("S", 0);
	abandon(r);
	ck_assert_int_eq(fake->interrupts, 0);
	ck_assert_int_eq(board_state(board), BOARD_BUSY);
	say("Onobody", 0);
	ask(&b, "b");
	ck_assert_int_eq(fake->interrupts, 1);
	ask(&c, "c");
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_str_eq(fake->text, "b");
	ck_assert_int_eq(a.answers, 0);
}
END_TEST

START_TEST(test_what_is_left_to_itself_ends_at_once_if_somebody_waits)
{
	static struct someone	 a, b;
	struct request		*r = make(&a, REQUEST_AS_IS, "loop");

	submit(r, 0);
	ask(&b, "b");
	abandon(r);
	ck_assert_int_eq(fake->interrupts, 1);
	r = make(&a, REQUEST_AS_IS, "2");
	submit(r, 0);
	abandon(r);				/* it waits, and is dropped */
	say("i", 0);
	say("d", 0);
	ck_assert_int_eq(b.answers, 1);
	ck_assert_int_eq(board_state(board), BOARD_READY);
}
END_TEST

/* Who leaves before he is told has nothing, and keeps nothing from others. */
START_TEST(test_what_was_granted_and_not_told_is_taken_back)
{
	static struct someone	 a, b;
	struct request		*r = make(&a, _i == 0 ? REQUEST_HOLD :
				    _i == 1 ? REQUEST_LEND : REQUEST_CONSOLE, "");

	if (_i == 0)
		board_submit(board, r, 0);
	else {
		submit(r, 0);
		board_feed(board, (const uint8_t *)"d", 1, 0);
	}
	ck_assert_int_eq(r->place, REQUEST_OVER);
	withdraw(r);
	ck_assert_int_eq(a.answers, 0);
	ck_assert_ptr_null(board_holder(board));
	ck_assert(!board_is_away(board));
	if (_i == 1)
		opened(0);
	ask(&b, "b");
	ck_assert_str_eq(fake->text, "b");
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("board_jobs");
	TCase	*tc = tcase_create("board_jobs");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_jobs_of_a_request_are_one_turn);
	tcase_add_test(tc, test_job_that_fails_ends_the_request);
	tcase_add_test(tc, test_next_job_waits_for_a_board_that_was_reset);
	tcase_add_test(tc, test_will_goes_before_the_next_job);
	tcase_add_test(tc, test_maker_that_left_has_no_next_job);
	tcase_add_test(tc, test_job_that_ends_as_picod_leaves_is_no_answer);
	tcase_add_test(tc, test_several_askers_have_one_answer);
	tcase_add_test(tc, test_who_would_miss_output_is_no_asker);
	tcase_add_test(tc, test_maker_is_told_when_all_input_was_taken);
	tcase_add_test(tc, test_last_asker_that_leaves_interrupts);
	tcase_add_test(tc,
	    test_what_is_left_to_itself_runs_until_somebody_waits);
	tcase_add_test(tc,
	    test_what_is_left_to_itself_ends_at_once_if_somebody_waits);
	tcase_add_loop_test(tc,
	    test_what_was_granted_and_not_told_is_taken_back, 0, 3);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
