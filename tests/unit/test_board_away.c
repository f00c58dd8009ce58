/* SPDX-License-Identifier: MIT */
/* A board out of service: lent, flashed, a console; and how it comes back. */
#include <check.h>
#include <string.h>

#include "hand.h"
#include "tests/unit/suite.h"

/* The board is lent, one waits for it, and it is given back at 10. */
static void
give_back(struct someone *waiting)
{
	static struct someone	nobody, borrower;

	lend(&borrower, &nobody);
	ask(waiting, "1");
	give(10);
}

START_TEST(test_one_that_is_unplugged_as_it_is_taken_is_given_back)
{
	static struct someone	flasher, a;

	submit(make(&flasher, REQUEST_FLASH, ""), 0);
	fake->over_at = 10;
	closed("unplugged", 10);
	ck_assert_int_eq(flasher.answers, 1);
	ck_assert_int_eq(flasher.error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_FLASHING);
	give(20);
	opened(30);
	ask(&a, "1");
	ck_assert_str_eq(fake->text, "1");
}
END_TEST

/* Lent under a hold it is the borrower's; given back, the holder's again. */
START_TEST(test_who_has_it_is_known)
{
	static struct someone	holder, borrower, late;
	struct request		*r;
	char			use[BOARD_USE_SIZE];

	ck_assert_ptr_null(board_holder(board));
	board_describe_use(board, use);
	ck_assert_str_eq(use, "board b is listening");
	hold(&holder, "", REQUEST_NO_LIMIT);
	lend(&borrower, &holder);
	r = make(&late, REQUEST_RUN, "1");
	r->wait_ms = 0;
	submit(r, 0);
	tick(1);
	ck_assert_int_eq(late.error, ERROR_BOARD_BUSY);
	ck_assert_int_eq(late.holder, 7);
	ck_assert_ptr_nonnull(strstr(late.message, "is lent to "));
	give(10);
	opened(20);
	ck_assert_int_eq(board_holder(board)->pid, 7);
	board_describe_use(board, use);
	ck_assert_ptr_nonnull(strstr(use, "is held by "));
}
END_TEST

START_TEST(test_who_comes_while_it_is_given_back_waits)
{
	static struct someone	a, b;

	give_back(&a);
	ask(&b, "2");
	ck_assert_int_eq(a.answers + b.answers, 0);
	opened(20);
	ck_assert_str_eq(fake->text, "1");
	say("d", 20);
	ck_assert_str_eq(fake->text, "2");
	ck_assert_int_ne((int)board_deadline(board), 10 + 5000);
}
END_TEST

START_TEST(test_who_waits_for_a_port_that_does_not_open_is_told)
{
	static struct someone	a, b, late;

	host_opens = _i != 2;
	give_back(&a);
	ck_assert_int_eq(a.answers, _i == 2);	/* it is unplugged */
	ask(&b, "2");
	if (_i == 0)
		failed("another program has its port");
	tick(10 + 4999);
	ck_assert_int_eq(a.answers, _i != 1);
	tick(10 + 5000);
	ck_assert_int_eq(a.error, ERROR_BOARD_ABSENT);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
	ck_assert_ptr_nonnull(strstr(b.message, _i == 0 ? "another program" :
	    _i == 1 ? "given back" : "unplugged"));
	ask(&late, "3");
	ck_assert_int_eq(late.error, ERROR_BOARD_ABSENT);
}
END_TEST

START_TEST(test_a_flashed_board_is_given_time_to_come_back)
{
	static struct someone	flasher, a, b;

	submit(make(&flasher, REQUEST_FLASH, ""), 0);
	say("d", 0);
	ck_assert_int_eq(board_state(board), BOARD_FLASHING);
	ask(&a, "1");
	host_opens = false;
	give(10);
	failed("it is unplugged");
	ask(&b, "2");
	tick(10 + 19999);
	ck_assert_int_eq(a.answers + b.answers, 0);
	tick(10 + 20000);
	ck_assert_int_eq(a.error, ERROR_BOARD_ABSENT);
	ck_assert_int_eq(b.error, ERROR_BOARD_ABSENT);
}
END_TEST

static int	consoles_ended;

static void
console_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	(void)arg, (void)bytes, (void)len;
}

/* Its connection ends, and with it what it has of the board. */
static void
console_ended(void *arg)
{
	(void)arg;
	consoles_ended++;
	give(0);
}

static int	console_rooms;

static void
console_room(void *arg)
{
	(void)arg;
	console_rooms++;
}

static const struct board_console console = {
	console_bytes, console_room, console_ended
};

/* Somebody gets the board's console. */
static void
open_console(struct someone *a)
{
	submit(make(a, REQUEST_CONSOLE, ""), 0);
	ck_assert_int_eq(fake->task, DRIVER_LEAVE);
	say("d", 0);
	ck_assert_int_eq(a->error, ERROR_NONE);
	ck_assert_int_eq(board_state(board), BOARD_CONSOLE);
	board_set_console(board, &console, NULL);
}

START_TEST(test_what_was_typed_is_not_for_the_next)
{
	static struct someone	 a, b;
	const uint8_t		*bytes;

	open_console(&a);
	board_type(board, (const uint8_t *)"c00FF00", 7);
	ck_assert_uint_eq(board_output(board, &bytes), 7);
	consoles_ended = 0;
	closed("unplugged", 0);
	ck_assert_int_eq(consoles_ended, 1);
	opened(0);
	open_console(&b);
	ck_assert_uint_eq(board_output(board, &bytes), 0);
	give(0);
	ck_assert_int_eq(consoles_ended, 1);
}
END_TEST

START_TEST(test_console_is_paced_by_the_port)
{
	static const uint8_t	 much[65536];
	static struct someone	 a;
	const uint8_t		*bytes;
	size_t			 taken, len;

	open_console(&a);
	console_rooms = 0;
	taken = board_type(board, much, sizeof much);
	ck_assert_uint_gt(taken, 0);
	ck_assert_uint_lt(taken, sizeof much);
	ck_assert_uint_eq(board_type(board, much, 1), 0);
	len = board_output(board, &bytes);
	board_sent(board, len - 1, 0);
	pump();
	ck_assert_int_eq(console_rooms, 0);	/* not before all was taken */
	while ((len = board_output(board, &bytes)) > 0)
		board_sent(board, len, 0);
	pump();
	ck_assert_int_eq(console_rooms, 1);
	ck_assert_uint_eq(board_type(board, much, 1), 1);
	give(0);
	/* Over, it takes everything, for nobody. */
	ck_assert_uint_eq(board_type(board, much, sizeof much), sizeof much);
}
END_TEST

/* Interrupted while the board is left for it, it was not taken. */
START_TEST(test_who_is_interrupted_has_no_board)
{
	static const enum request_kind	kinds[] = {
		REQUEST_CONSOLE, REQUEST_LEND, REQUEST_FLASH
	};
	static struct someone		a, b;

	submit(make(&a, kinds[_i], ""), 0);
	ck_assert_int_eq(interrupt(), 0);
	say("d", 0);			/* the driver left it all the same */
	ck_assert_int_eq(a.answers, 1);
	ck_assert_int_eq(a.error, ERROR_INTERRUPTED);
	ck_assert(!board_is_away(board));
	ask(&b, "1");
	say("S", 0);
	say("d", 0);
	ck_assert_int_eq(b.error, ERROR_NONE);
}
END_TEST

/* The driver has no say before it is given back. */
START_TEST(test_console_outlives_a_reset)
{
	static struct someone	 a;
	const uint8_t		*bytes;
	uint64_t		 boot;

	open_console(&a);
	boot = board_boot(board);
	consoles_ended = 0;
	board_type(board, (const uint8_t *)"c0", 2);
	opened(10);
	ck_assert_uint_eq(board_boot(board), boot + 1);
	ck_assert_int_eq(board_state(board), BOARD_CONSOLE);
	ck_assert_uint_eq(board_output(board, &bytes), 2);
	ck_assert_int_eq(consoles_ended, 0);
	give(20);
	ck_assert_int_eq(board_state(board), BOARD_LISTENING);
}
END_TEST

START_TEST(test_port_that_opens_while_it_is_lent_is_closed)
{
	static struct someone	nobody, a;

	lend(&a, &nobody);
	host_closes = 0;
	opened(10);
	ck_assert_int_eq(host_closes, 1);
	ck_assert_int_eq(board_state(board), BOARD_LENT);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("board_away");
	TCase	*tc = tcase_create("board_away");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc,
	    test_one_that_is_unplugged_as_it_is_taken_is_given_back);
	tcase_add_test(tc, test_who_has_it_is_known);
	tcase_add_test(tc, test_who_comes_while_it_is_given_back_waits);
	tcase_add_loop_test(tc,
	    test_who_waits_for_a_port_that_does_not_open_is_told, 0, 3);
	tcase_add_test(tc, test_a_flashed_board_is_given_time_to_come_back);
	tcase_add_test(tc, test_what_was_typed_is_not_for_the_next);
	tcase_add_test(tc, test_console_is_paced_by_the_port);
	tcase_add_loop_test(tc, test_who_is_interrupted_has_no_board, 0, 3);
	tcase_add_test(tc, test_console_outlives_a_reset);
	tcase_add_test(tc, test_port_that_opens_while_it_is_lent_is_closed);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
