/* SPDX-License-Identifier: MIT */
/* The tape of a board, and its readers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/board/board.h"
#include "protocol/limits.h"
#include "tests/unit/suite.h"

#define SMALL	2048

static struct tape	tape;
static struct tape_reader readers[3];
static uint64_t		number;		/* of the last piece */

static void
begin(size_t limit)
{
	number = 0;
	tape_init(&tape, limit);
}

static void
add(enum board_notice_kind kind, const char *text)
{
	tape_add(&tape, &(struct board_notice){ .kind = kind, .bytes = text,
	    .len = strlen(text), .number = ++number });
}

/* The next piece says that, and the reader is past it. */
static void
expect(struct tape_reader *r, const char *text)
{
	const struct board_notice	*piece = tape_peek(r);

	ck_assert_ptr_nonnull(piece);
	ck_assert_uint_eq(piece->len, strlen(text));
	ck_assert_mem_eq(piece->bytes, text, piece->len);
	tape_pass(r);
}

static void
expect_lost(struct tape_count lost, uint64_t events, uint64_t bytes)
{
	ck_assert_uint_eq(lost.events, events);
	ck_assert_uint_eq(lost.bytes, bytes);
}

START_TEST(readers_come_and_go_each_at_a_place_of_its_own)
{
	begin(SMALL);
	add(NOTICE_OUTPUT, "before");
	tape_join(&tape, &readers[0], TAPE_NEWS);
	ck_assert_ptr_null(tape_peek(&readers[0]));
	add(NOTICE_OUTPUT, "one");
	add(NOTICE_OUTPUT, "two");
	expect(&readers[0], "one");
	tape_join(&tape, &readers[1], TAPE_NEWS);
	add(NOTICE_OUTPUT, "three");
	expect(&readers[1], "three");
	ck_assert_ptr_null(tape_peek(&readers[1]));
	tape_leave(&readers[1]);
	tape_leave(&readers[1]);
	expect(&readers[0], "two");
	expect(&readers[0], "three");
	ck_assert_ptr_null(tape_peek(&readers[0]));
	add(NOTICE_OUTPUT, "four");
	tape_join(&tape, &readers[1], TAPE_NEWS);
	expect(&readers[0], "four");
	ck_assert_ptr_null(tape_peek(&readers[1]));
	tape_leave(&readers[0]);
	tape_leave(&readers[1]);
}
END_TEST

START_TEST(what_nobody_reads_costs_nothing)
{
	begin(SMALL);
	add(NOTICE_OUTPUT, "for nobody");
	ck_assert_uint_eq(tape.size, 0);
	ck_assert(!tape_is_read(&tape, NOTICE_OUTPUT));
	tape_join(&tape, &readers[0], TAPE_NEWS);
	ck_assert(tape_is_read(&tape, NOTICE_OUTPUT));
	ck_assert(!tape_is_read(&tape, NOTICE_TRACE));
	add(NOTICE_TRACE, "for nobody");
	ck_assert_uint_eq(tape.size, 0);
	tape_join(&tape, &readers[1], TAPE_ALL);
	ck_assert(tape_is_read(&tape, NOTICE_TRACE));
	add(NOTICE_TRACE, "for one");
	ck_assert_uint_gt(tape.size, 0);
	tape_leave(&readers[1]);
	ck_assert(!tape_is_read(&tape, NOTICE_TRACE));
	add(NOTICE_OUTPUT, "for the other");
	tape_leave(&readers[0]);
	ck_assert_uint_eq(tape.size, 0);
	ck_assert(TAILQ_EMPTY(&tape.pieces));
}
END_TEST

START_TEST(each_piece_keeps_when_it_was_which_way_and_for_whom)
{
	struct client			 clients[2] = {
		{ .pid = 1, .user = "alice" }, { .pid = 2, .user = "bob" }
	};
	char				 bytes[] = "2 + 2", reason[] = "why";
	struct board_notice		 notice = {
		.kind = NOTICE_TRACE, .bytes = bytes, .len = 5,
		.to_board = true, .number = 1, .time_us = 17, .boot = 3,
		.client = &clients[0], .request = 7,
	};
	const struct board_notice	*piece;

	begin(SMALL);
	tape_join(&tape, &readers[0], TAPE_ALL);
	tape_add(&tape, &notice);
	notice.number = 2;
	notice.to_board = false;
	tape_add(&tape, &notice);
	notice.number = 3;
	notice.client = &clients[1];
	notice.request = 8;
	tape_add(&tape, &notice);
	tape_add(&tape, &(struct board_notice){ .kind = NOTICE_STATE,
	    .was = BOARD_BUSY, .state = BOARD_READY, .reason = reason,
	    .number = 4 });
	/* All of it is the tape's own. */
	memset(bytes, 0, sizeof bytes);
	memset(reason, 0, sizeof reason);
	memset(clients, 0, sizeof clients);

	piece = tape_peek(&readers[0]);
	ck_assert_uint_eq(piece->time_us, 17);
	ck_assert_uint_eq(piece->boot, 3);
	ck_assert(piece->to_board);
	ck_assert_uint_eq(piece->request, 7);
	ck_assert_str_eq(piece->client->user, "alice");
	expect(&readers[0], "2 + 2");
	piece = tape_peek(&readers[0]);
	ck_assert(!piece->to_board);
	ck_assert_str_eq(piece->client->user, "alice");
	tape_pass(&readers[0]);
	ck_assert_str_eq(tape_peek(&readers[0])->client->user, "bob");
	tape_pass(&readers[0]);
	piece = tape_peek(&readers[0]);
	ck_assert_int_eq(piece->kind, NOTICE_STATE);
	ck_assert_int_eq(piece->state, BOARD_READY);
	ck_assert_str_eq(piece->reason, "why");
	ck_assert_ptr_null(piece->client);
	tape_leave(&readers[0]);
}
END_TEST

START_TEST(who_is_left_behind_is_told_exactly_what_it_lost)
{
	uint64_t	lost;

	begin(SMALL);
	tape_join(&tape, &readers[0], TAPE_NEWS);
	add(NOTICE_OUTPUT, "seen");
	expect(&readers[0], "seen");
	expect_lost(tape_lost(&readers[0]), 0, 0);
	while (number < 100)
		add(NOTICE_OUTPUT, "four");
	tape_join(&tape, &readers[1], TAPE_NEWS);
	lost = tape.dropped - 1;
	ck_assert_uint_gt(lost, 0);
	expect_lost(tape_lost(&readers[0]), lost, 4 * lost);
	expect_lost(tape_lost(&readers[0]), 0, 0);
	expect_lost(tape_lost(&readers[1]), 0, 0);
	ck_assert_uint_eq(tape_peek(&readers[0])->number, lost + 2);
	expect(&readers[0], "four");
	/* What is taken as read counts the same. */
	expect_lost(tape_skip(&readers[0]), 98 - lost, 4 * (98 - lost));
	ck_assert_ptr_null(tape_peek(&readers[0]));
	tape_leave(&readers[0]);
	tape_leave(&readers[1]);
}
END_TEST

START_TEST(bytes_of_the_wire_are_no_loss_to_who_does_not_want_them)
{
	begin(SMALL);
	tape_join(&tape, &readers[0], TAPE_NEWS);
	tape_join(&tape, &readers[1], TAPE_ALL);
	add(NOTICE_OUTPUT, "news");
	add(NOTICE_TRACE, "wire");
	add(NOTICE_OUTPUT, "more");
	expect(&readers[0], "news");
	expect(&readers[0], "more");
	expect(&readers[1], "news");
	expect(&readers[1], "wire");
	while (number < 100)
		add(NOTICE_TRACE, "wire");
	expect_lost(tape_lost(&readers[0]), 0, 0);
	ck_assert_ptr_null(tape_peek(&readers[0]));
	/* All that went but the two that it has seen. */
	expect_lost(tape_lost(&readers[1]), tape.dropped - 2,
	    4 * (tape.dropped - 2));
	tape_leave(&readers[0]);
	tape_leave(&readers[1]);
}
END_TEST

/* Bytes that just fit, with what a piece itself takes; and one more. */
START_TEST(it_takes_no_more_memory_than_its_limit)
{
	struct board_notice	 notice = { .kind = NOTICE_OUTPUT };
	char			*bytes = calloc(1, LIMIT_TAPE);
	size_t			 kept;

	begin(LIMIT_TAPE);
	tape_join(&tape, &readers[0], TAPE_NEWS);
	add(NOTICE_OUTPUT, "");
	notice.bytes = bytes;
	notice.len = LIMIT_TAPE - 2 * tape.size;
	notice.number = ++number;
	tape_add(&tape, &notice);
	ck_assert_uint_eq(tape.size, LIMIT_TAPE);
	expect_lost(tape_lost(&readers[0]), 0, 0);
	add(NOTICE_OUTPUT, "");
	ck_assert_uint_eq(tape.size, LIMIT_TAPE);
	expect_lost(tape_lost(&readers[0]), 1, 0);
	/* What can never be kept is lost itself. */
	kept = notice.len;
	notice.len = LIMIT_TAPE;
	notice.number = ++number;
	tape_add(&tape, &notice);
	ck_assert_uint_eq(tape.size, 0);
	expect_lost(tape_lost(&readers[0]), 3, kept + LIMIT_TAPE);
	ck_assert_ptr_null(tape_peek(&readers[0]));
	tape_leave(&readers[0]);
	free(bytes);
}
END_TEST

START_TEST(a_tape_that_ends_has_no_readers_any_more)
{
	begin(SMALL);
	tape_join(&tape, &readers[0], TAPE_ALL);
	tape_join(&tape, &readers[1], TAPE_NEWS);
	add(NOTICE_TRACE, "x");
	tape_finish(&tape);
	ck_assert_uint_eq(tape.size, 0);
	tape_leave(&readers[0]);
	tape_leave(&readers[1]);
}
END_TEST

/* Against plain arithmetic: what each was told and lost is all there was. */
START_TEST(nothing_is_told_twice_or_left_out)
{
	uint64_t	 told[3] = { 0 }, lost[3] = { 0 }, joined[3] = { 0 };
	char		 bytes[SMALL / 4] = "";
	struct board_notice notice = { .kind = NOTICE_OUTPUT, .bytes = bytes };
	const struct board_notice *piece;
	int		 i, step;

	srand((unsigned)_i);
	begin(SMALL);
	for (i = 0; i < 3; i++)
		tape_join(&tape, &readers[i], TAPE_NEWS);
	for (step = 0; step < 5000; step++) {
		i = rand() % 3;
		switch (rand() % 4) {
		case 0:
			lost[i] += tape_lost(&readers[i]).events;
			if ((piece = tape_peek(&readers[i])) == NULL)
				break;
			ck_assert_uint_eq(piece->number, joined[i] + told[i] +
			    lost[i] + 1);
			told[i]++;
			tape_pass(&readers[i]);
			break;
		case 1:
			if (rand() % 10 > 0)
				break;
			tape_leave(&readers[i]);
			tape_join(&tape, &readers[i], TAPE_NEWS);
			joined[i] = number;
			told[i] = lost[i] = 0;
			break;
		default:
			notice.number = ++number;
			notice.len = (size_t)rand() % sizeof bytes;
			tape_add(&tape, &notice);
		}
	}
	for (i = 0; i < 3; i++) {
		lost[i] += tape_skip(&readers[i]).events;
		ck_assert_uint_eq(joined[i] + told[i] + lost[i], number);
		tape_leave(&readers[i]);
	}
	ck_assert_uint_eq(tape.size, 0);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("tape");
	TCase	*tc = tcase_create("tape");

	tcase_add_test(tc, readers_come_and_go_each_at_a_place_of_its_own);
	tcase_add_test(tc, what_nobody_reads_costs_nothing);
	tcase_add_test(tc, each_piece_keeps_when_it_was_which_way_and_for_whom);
	tcase_add_test(tc, who_is_left_behind_is_told_exactly_what_it_lost);
	tcase_add_test(tc,
	    bytes_of_the_wire_are_no_loss_to_who_does_not_want_them);
	tcase_add_test(tc, it_takes_no_more_memory_than_its_limit);
	tcase_add_test(tc, a_tape_that_ends_has_no_readers_any_more);
	tcase_add_loop_test(tc, nothing_is_told_twice_or_left_out, 0, 20);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
