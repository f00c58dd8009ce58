/* SPDX-License-Identifier: MIT */
/* Telling the speed of a board, on a wire whose ends disagree about it. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "protocol/speed.h"
#include "tests/boards/avr_wire.h"
#include "tests/unit/suite.h"

/* What sketches print, and what they answer to a question. */
static const char *const texts[] = {
	"temp 21.0\r\n", "512\r\n498\r\n1023\r\n", "Hello, world!\r\n",
	"RR", "v03FF\r\n", "\xd1\x82\xd0\xb5\xd0\xbc\xd0\xbf 21\xc2\xb0\r\n",
	"a=0.02 b=-0.98 c=9.81\n", "0\r\n0\r\n0\r\n0\r\n0\r\n",
};

#define TEXTS	(sizeof texts / sizeof *texts)

/* What somebody who listens at that speed makes of it; *baud: where it led. */
static enum speed_verdict
listen(const char *text, unsigned board, unsigned listener, unsigned *baud)
{
	struct speed_ear	ear = { 0 };
	enum speed_verdict	verdict = SPEED_UNSURE;
	uint8_t			heard[512];
	size_t			n, i;

	n = avr_wire_receive((const uint8_t *)text, strlen(text), board,
	    listener, heard, sizeof heard);
	for (i = 0; i < n && verdict == SPEED_UNSURE; i++)
		verdict = speed_hear(&ear, listener, heard[i], baud);
	return verdict;
}

START_TEST(one_line_at_the_fastest_speed_tells_a_slower_one)
{
	unsigned	board, baud;
	size_t		i;

	for (board = 1; board < SPEEDS; board++)
		for (i = 0; i < TEXTS; i++) {
			baud = 0;
			if (strlen(texts[i]) < 8 && speed_bauds[board] > 19200)
				continue;	/* too few bytes */
			ck_assert_msg(listen(texts[i], speed_bauds[board],
			    speed_bauds[0], &baud) == SPEED_SLOWER &&
			    baud == speed_bauds[board], "%s at %u: %u",
			    texts[i], speed_bauds[board], baud);
		}
}
END_TEST

START_TEST(a_line_at_the_right_speed_is_right)
{
	unsigned	board, baud;
	size_t		i;

	for (board = 0; board < SPEEDS; board++)
		for (i = 0; i < TEXTS; i++)
			if (strlen(texts[i]) >= 8 )
				ck_assert_int_eq(listen(texts[i],
				    speed_bauds[board], speed_bauds[board],
				    &baud), SPEED_RIGHT);
}
END_TEST

/* Whoever listens at the fastest speed is led to the right one, and nowhere else. */
START_TEST(the_fastest_speed_leads_to_each)
{
	unsigned		board, baud, turns;
	enum speed_verdict	verdict;
	char			lines[2000];
	size_t			i;

	for (board = 0; board < SPEEDS; board++)
		for (i = 0; i < TEXTS; i++) {
			for (lines[0] = '\0'; strlen(lines) < 500; )
				strcat(lines, texts[i]);
			baud = speed_bauds[0];
			verdict = SPEED_SLOWER;
			for (turns = 0; verdict == SPEED_SLOWER; turns++)
				verdict = listen(lines, speed_bauds[board],
				    baud, &baud);
			ck_assert_msg(verdict == SPEED_RIGHT &&
			    baud == speed_bauds[board] && turns <= 2,
			    "%s at %u: %u", texts[i], speed_bauds[board], baud);
		}
}
END_TEST

/* Boards and bridges are a little off: by 2.1 per cent an Uno at 115200. */
START_TEST(crystals_differ)
{
	unsigned	board, baud, percent;

	for (board = 1; board < SPEEDS; board++)
		for (percent = 98; percent <= 102; percent++) {
			baud = 0;
			ck_assert_int_eq(listen(texts[0],
			    speed_bauds[board] * percent / 100, speed_bauds[0],
			    &baud), SPEED_SLOWER);
			ck_assert_uint_eq(baud, speed_bauds[board]);
		}
}
END_TEST

START_TEST(the_next_speed)
{
	unsigned	i, baud = speed_bauds[0];

	for (i = 1; i <= SPEEDS; i++) {
		baud = speed_next(baud);
		ck_assert_uint_eq(baud, speed_bauds[i % SPEEDS]);
	}
	ck_assert_uint_eq(speed_next(31250), speed_bauds[0]);
}
END_TEST

/* A port without a speed, and bytes that no speed explains. */
START_TEST(what_cannot_be_told)
{
	struct speed_ear	ear = { 0 };
	enum speed_verdict	verdict;
	unsigned		baud = 0, i;

	for (i = 0; i < 24; i++) {
		verdict = speed_hear(&ear, i < 12 ? 0 : 115200, 0x81, &baud);
		ck_assert_int_eq(verdict, i < 23 ? SPEED_UNSURE : SPEED_WRONG);
	}
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("speed");
	TCase	*tc = tcase_create("speed");

	tcase_add_test(tc, one_line_at_the_fastest_speed_tells_a_slower_one);
	tcase_add_test(tc, a_line_at_the_right_speed_is_right);
	tcase_add_test(tc, the_fastest_speed_leads_to_each);
	tcase_add_test(tc, crystals_differ);
	tcase_add_test(tc, the_next_speed);
	tcase_add_test(tc, what_cannot_be_told);
	suite_add_tcase(suite, tc);

	return suite_run(suite);
}
