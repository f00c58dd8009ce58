/* SPDX-License-Identifier: MIT */
/* The policy of a board: whose turn it is, and what every request gets. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hand.h"
#include "protocol/limits.h"
#include "tests/unit/suite.h"

START_TEST(test_order)
{
	static struct someone	a, b, c;

	ask(&a, "1");
	ask(&b, "2");
	ask(&c, "3");
	ck_assert_str_eq(fake->text, "1");
	say("S", 0);
	say("Oone", 0);
	say("d", 0);
	ck_assert_int_eq(a.answers, 1);
	ck_assert_str_eq(a.output, "one");
	ck_assert_str_eq(fake->text, "2");
	say("d", 0);
	say("e", 0);
	ck_assert_int_eq(b.error, ERROR_NONE);
	ck_assert_int_eq(c.error, ERROR_STATEMENT_FAILED);
	ck_assert_int_eq(b.answers + c.answers, 2);
	ck_assert_int_eq(board_state(board), BOARD_READY);
}
END_TEST

START_TEST(test_timeout_counts_from_the_start)
{
	static struct someone	 a;
	struct request	*r = make(&a, REQUEST_RUN, "1");

	r->timeout_ms = 100;
	submit(r, 0);
	ck_assert_uint_eq(board_deadline(board), DRIVER_NEVER);
	say("S", 1000);
	ck_assert_uint_eq(board_deadline(board), 1100);
	tick(1099);
	ck_assert_int_eq(fake->interrupts, 0);
	tick(1100);
	ck_assert_int_eq(fake->interrupts, 1);
	ck_assert_int_eq(a.answers, 0);
	say("Opart", 1101);
	say("i", 1102);
	ck_assert_int_eq(a.error, ERROR_TIMED_OUT);
	ck_assert(a.started);
	ck_assert_str_eq(a.output, "part");
}
END_TEST

/* Whoever stopped it is told that it runs on all the same. */
START_TEST(test_what_does_not_stop_is_said_so)
{
	static struct someone	 a, b;
	struct request	*r = make(&a, REQUEST_RUN, "1");

	r->timeout_ms = 100;
	submit(r, 0);
	say("S", 0);
	tick(100);
	say("Lit does not stop", 200);
	ck_assert_int_eq(a.error, ERROR_TIMED_OUT);
	ck_assert_ptr_nonnull(strstr(a.message, "but it does not stop"));
	ask(&b, "2");
	say("S", 300);
	interrupt();
	say("Lit does not stop", 400);
	ck_assert_int_eq(b.error, ERROR_INTERRUPTED);
	ck_assert_ptr_nonnull(strstr(b.message, "but it does not stop"));
}
END_TEST

START_TEST(test_wait)
{
	static struct someone	 a, b;
	struct request	*r = make(&b, REQUEST_RUN, "2");

	ask(&a, "1");
	r->wait_ms = 50;
	r->wait_given = true;
	submit(r, 10);
	ck_assert_uint_eq(board_deadline(board), 60);
	tick(60);
	ck_assert_int_eq(b.error, ERROR_BOARD_BUSY);
	ck_assert_int_eq(b.holder, 7);
	ck_assert_int_eq(a.answers, 0);
}
END_TEST

START_TEST(test_absent)
{
	static struct someone	 a, b, c, d;
	struct request	*r = make(&c, REQUEST_RUN, "3");

	ask(&a, "1");
	ask(&b, "2");
	r->wait_ms = 5000;
	r->wait_given = true;
	submit(r, 0);
	say("S", 0);
	closed("unplugged", 10);
	ck_assert_int_eq(a.error, ERROR_DISCONNECTED);
	ck_assert(a.started);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
	ck_assert_int_eq(c.answers, 0);
	ask(&d, "4");
	ck_assert_int_eq(d.error, ERROR_BOARD_ABSENT);
	opened(20);
	ck_assert_str_eq(fake->text, "3");
	say("d", 30);
	ck_assert_int_eq(c.error, ERROR_NONE);
}
END_TEST

START_TEST(test_invalid_is_not_sent)
{
	static struct someone	a;

	ask(&a, "!boom");
	ck_assert_int_eq(a.error, ERROR_INVALID_COMMAND);
	ck_assert_ptr_nonnull(strstr(a.message, "begins with a bang"));
	ck_assert(!fake->busy);
}
END_TEST

/* A driver that finds out the language later cannot check the text before. */
START_TEST(test_invalid_for_the_language_found)
{
	static struct someone	a;

	fake->refuse = -EINVAL;
	fake->language = "piserial";
	ask(&a, "print()");
	ck_assert_int_eq(a.error, ERROR_INVALID_COMMAND);
	ck_assert_ptr_nonnull(strstr(a.message, "board b: a command is"));
	ck_assert(!a.started);
}
END_TEST

/* So many requests of that user. */
static void
crowd(struct someone *askers, size_t count, uid_t uid)
{
	struct request	*r;

	for (; count > 0; count--, askers++) {
		r = make(askers, REQUEST_RUN, "1");
		r->client.uid = uid;
		submit(r, 0);
	}
}

/* Those who wait cannot keep out what belongs to a turn that was had. */
START_TEST(test_queue_limit_is_not_for_what_goes_first)
{
	static struct someone	 askers[LIMIT_QUEUE_PER_USER + 1], first;
	struct request		*r = make(&first, REQUEST_RUN, "first");

	crowd(askers, LIMIT_QUEUE_PER_USER + 1, 0);
	r->rank = REQUEST_FIRST;
	submit(r, 0);
	ck_assert_int_eq(first.answers, 0);
	say("d", 0);
	ck_assert_str_eq(fake->text, "first");
}
END_TEST

/* A user's share of the queue; the others come in, until it is full; and root. */
START_TEST(test_queue_limits)
{
	static struct someone	askers[LIMIT_QUEUE + 8];
	size_t			n = 1;		/* the first one runs */

	crowd(askers, 1 + LIMIT_QUEUE_PER_USER, 1000);
	n += LIMIT_QUEUE_PER_USER;
	ck_assert_uint_eq(board_waiting(board), LIMIT_QUEUE_PER_USER);
	crowd(askers + n, 1, 1000);
	ck_assert_int_eq(askers[n].error, ERROR_LIMIT_EXCEEDED);
	ck_assert_int_eq(askers[n++ - 1].answers, 0);
	crowd(askers + n, LIMIT_QUEUE - LIMIT_QUEUE_PER_USER, 1001);
	n += LIMIT_QUEUE - LIMIT_QUEUE_PER_USER;
	ck_assert_uint_eq(board_waiting(board), LIMIT_QUEUE);
	crowd(askers + n, 1, 1002);
	ck_assert_int_eq(askers[n++].error, ERROR_LIMIT_EXCEEDED);
	crowd(askers + n, 1, 0);
	ck_assert_int_eq(askers[n].answers, 0);
	ck_assert_uint_eq(board_waiting(board), LIMIT_QUEUE + 1);
}
END_TEST

/* Nor can they keep out who holds the board. */
START_TEST(test_queue_limit_is_not_for_the_holder)
{
	static struct someone	 askers[LIMIT_QUEUE_PER_USER], holder, his;
	struct request		*r;

	hold(&holder, "", REQUEST_NO_LIMIT);
	crowd(askers, LIMIT_QUEUE_PER_USER, 0);
	r = make(&his, REQUEST_RUN, "his");
	memcpy(r->token, holder.token, sizeof r->token);
	submit(r, 0);
	ck_assert_str_eq(fake->text, "his");
	ck_assert_int_eq(his.answers, 0);
}
END_TEST

START_TEST(test_output_limit)
{
	static struct someone	 a;
	char		*much = malloc(LIMIT_OUTPUT + 2);

	memset(much, 'O', LIMIT_OUTPUT + 1);
	much[LIMIT_OUTPUT + 1] = '\0';
	ask(&a, "1");
	say("S", 0);
	say(much, 0);			/* its first letter is the event */
	ck_assert_int_eq(fake->interrupts, 0);
	say("Ox", 0);			/* one past the edge */
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_OUTPUT_TOO_LARGE);
	free(much);
}
END_TEST

/* A Ctrl-C is not repeated for each piece of what is still printed after it. */
START_TEST(test_much_output_after_a_timeout)
{
	static struct someone	 a;
	struct request		*r = make(&a, REQUEST_RUN, "1");
	char			*much = malloc(LIMIT_OUTPUT + 2);

	memset(much, 'O', LIMIT_OUTPUT + 1);
	much[LIMIT_OUTPUT + 1] = '\0';
	r->timeout_ms = 100;
	submit(r, 0);
	say("S", 0);
	tick(100);
	say(much, 101);
	say("Ox", 102);
	say("Oy", 103);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 104);
	ck_assert_int_eq(a.error, ERROR_TIMED_OUT);
	free(much);
}
END_TEST

/* Whoever catches it and goes on is no exception: his output has no hole. */
START_TEST(test_limits_hold_after_an_interrupt_that_was_caught)
{
	static struct someone	 a, b;
	struct request		*r = make(&b, REQUEST_RUN, "2");
	char			*much = malloc(LIMIT_OUTPUT + 2);

	memset(much, 'O', LIMIT_OUTPUT + 1);
	much[LIMIT_OUTPUT + 1] = '\0';
	ask(&a, "1");
	say("S", 0);
	interrupt();
	say(much, 1);
	ck_assert_int_eq(fake->interrupts, 1);
	say("Ox", 1);
	say("Oy", 1);
	ck_assert_int_eq(fake->interrupts, 2);
	say("d", 2);
	ck_assert_int_eq(a.error, ERROR_OUTPUT_TOO_LARGE);

	r->timeout_ms = 100;
	submit(r, 10);
	say("S", 10);
	interrupt();
	tick(110);
	ck_assert_int_eq(fake->interrupts, 4);
	say("i", 120);
	ck_assert_int_eq(b.error, ERROR_TIMED_OUT);
	free(much);
}
END_TEST

/* The driver's words are gone once it was given the next job. */
START_TEST(test_traceback_outlives_the_driver)
{
	static struct someone	 a, b;
	char			 said[] = "eValueError";

	ask(&a, "1");
	fake->said = said;
	ask(&b, "2");
	say(said, 0);
	ck_assert_str_eq(fake->text, "2");
	ck_assert_int_eq(a.error, ERROR_STATEMENT_FAILED);
	ck_assert_str_eq(a.traceback, "ValueError");
	fake->said = NULL;
}
END_TEST

/* The board goes on printing: there is no asking it to wait. */
START_TEST(test_client_who_can_keep_no_more_stops_the_job)
{
	static struct someone	 a;
	struct request	*r = make_for(&streamer_sink, &a, REQUEST_RUN, "1");

	streamer_is_full = false;
	submit(r, 0);
	say("Ox", 0);
	ck_assert_int_eq(fake->interrupts, 0);
	streamer_is_full = true;
	say("Oy", 0);
	ck_assert_int_eq(fake->interrupts, 1);
	say("Oz", 0);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_OUTPUT_TOO_LARGE);
}
END_TEST

START_TEST(test_leaving_client_starts_the_next)
{
	static struct someone	 a, b, c;
	struct request	*first = ask(&a, "1"), *second = ask(&b, "2");

	ask(&c, "3");
	withdraw(second);
	withdraw(first);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_str_eq(fake->text, "3");
	say("d", 0);
	ck_assert_int_eq(a.answers + b.answers, 0);
	ck_assert_int_eq(c.answers, 1);
}
END_TEST

START_TEST(test_interrupt)
{
	static struct someone	a;

	ask(&a, "1");
	say("S", 0);
	ck_assert_int_eq(interrupt(), 0);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ask(&a, "2");			/* it caught the interrupt and went on */
	ck_assert_int_eq(interrupt(), 0);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_NONE);
	destroy();
	create((struct driver_options){ .may_interrupt = false });
	ck_assert_int_eq(interrupt(), -ENOTSUP);
}
END_TEST

START_TEST(test_cancel)
{
	static struct someone	 a, b;
	uint64_t	 running, waiting;

	running = ask(&a, "1")->id;
	waiting = ask(&b, "2")->id;
	ck_assert_int_eq(cancel(waiting + 1), -ENOENT);
	ck_assert_int_eq(cancel(waiting), 0);
	ck_assert_int_eq(b.error, ERROR_INTERRUPTED);
	ck_assert(!b.started);
	ck_assert_int_eq(cancel(running), 0);
	ck_assert_int_eq(fake->interrupts, 1);
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
}
END_TEST

START_TEST(test_history)
{
	char	got[8] = "";

	say("Uabc", 0);
	say("Udef", 0);
	ck_assert_uint_eq(board_history(board)->len, 6);
	history_copy(board_history(board), got);
	ck_assert_str_eq(got, "abcdef");
	say("B", 0);
	ck_assert_uint_eq(board_history(board)->len, 0);
}
END_TEST

START_TEST(test_leave_when_a_job_ends_by_itself)
{
	static struct someone	a;

	ask(&a, "1");
	leave();
	ck_assert_int_eq(fake->interrupts, 1);
	say("Oyes", 0);
	say("d", 0);
	ck_assert_int_eq(a.error, ERROR_NONE);
	ck_assert_str_eq(a.output, "yes");
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
}
END_TEST

START_TEST(test_leave)
{
	static struct someone	a, b, c;

	ask(&a, "1");
	ask(&b, "2");
	leave();
	ck_assert_int_eq(fake->interrupts, 1);
	ck_assert(!board_left(board));
	say("i", 0);
	ck_assert_int_eq(a.error, ERROR_DISCONNECTED);	/* nobody wanted it */
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
	ask(&c, "3");
	ck_assert_int_eq(c.error, ERROR_DISCONNECTED);
	say("d", 0);
	ck_assert(board_left(board));
	ck_assert_int_eq(b.answers, 0);	/* destroying it answers */
	destroy();
	ck_assert_int_eq(b.error, ERROR_DISCONNECTED);
	setup();
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("board");
	TCase	*tc = tcase_create("board");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_order);
	tcase_add_test(tc, test_timeout_counts_from_the_start);
	tcase_add_test(tc, test_what_does_not_stop_is_said_so);
	tcase_add_test(tc, test_wait);
	tcase_add_test(tc, test_absent);
	tcase_add_test(tc, test_invalid_is_not_sent);
	tcase_add_test(tc, test_invalid_for_the_language_found);
	tcase_add_test(tc, test_queue_limit_is_not_for_what_goes_first);
	tcase_add_test(tc, test_queue_limits);
	tcase_add_test(tc, test_queue_limit_is_not_for_the_holder);
	tcase_add_test(tc, test_output_limit);
	tcase_add_test(tc, test_much_output_after_a_timeout);
	tcase_add_test(tc, test_limits_hold_after_an_interrupt_that_was_caught);
	tcase_add_test(tc, test_traceback_outlives_the_driver);
	tcase_add_test(tc, test_client_who_can_keep_no_more_stops_the_job);
	tcase_add_test(tc, test_leaving_client_starts_the_next);
	tcase_add_test(tc, test_interrupt);
	tcase_add_test(tc, test_cancel);
	tcase_add_test(tc, test_history);
	tcase_add_test(tc, test_leave);
	tcase_add_test(tc, test_leave_when_a_job_ends_by_itself);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
