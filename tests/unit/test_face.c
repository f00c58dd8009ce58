/* SPDX-License-Identifier: MIT */
/* A face where a dialogue does not reach: its limits, pastes, and what is left behind. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/face.h"
#include "protocol/limits.h"
#include "tests/unit/suite.h"

#define RAW	"raw REPL; CTRL-B to exit\r\n>"

/* One more than picod takes: said early, so that the tool ends its text. */
START_TEST(test_a_text_too_long)
{
	struct face		*f = face_create("repl");
	struct face_event	 event;
	const uint8_t		*out;
	size_t			 i, len;
	int			 ends = 0;

	face_feed(f, (const uint8_t *)"\x01", 1, &event);
	face_feed(f, (const uint8_t *)"\x05" "A\x01", 3, &event);
	face_sent(f, face_output(f, &out));
	for (i = 0; i <= LIMIT_STATEMENT + 65536 && ends == 0; i++) {
		face_feed(f, (const uint8_t *)"x", 1, &event);
		ck_assert_int_eq(event.type, FACE_NONE);
		len = face_output(f, &out);
		ends += len > 0 && out[len - 1] == 0x04;
		face_sent(f, len);
	}
	ck_assert_int_eq(ends, 1);
	ck_assert_uint_gt(i, LIMIT_STATEMENT);
	face_feed(f, (const uint8_t *)"\x04", 1, &event);
	ck_assert_int_eq(event.type, FACE_NONE);
	len = face_output(f, &out);
	ck_assert_ptr_nonnull(memmem(out, len, "MemoryError", 11));
	ck_assert(memcmp(out + len - 2, "\x04>", 2) == 0);
	face_destroy(f);
}
END_TEST

START_TEST(test_a_text_of_the_greatest_length)
{
	struct face		*f = face_create("repl");
	struct face_event	 event;
	size_t			 i;

	face_feed(f, (const uint8_t *)"\x01", 1, &event);
	for (i = 0; i < LIMIT_STATEMENT; i++)
		face_feed(f, (const uint8_t *)"x", 1, &event);
	face_feed(f, (const uint8_t *)"\x04", 1, &event);
	ck_assert_int_eq(event.type, FACE_JOB);
	ck_assert_uint_eq(event.len, LIMIT_STATEMENT);
	face_destroy(f);
}
END_TEST

/* It is for the raw REPL, whether the Ctrl-C was an order or input. */
START_TEST(test_what_follows_a_ctrl_c)
{
	static const char	trace[] = "KeyboardInterrupt: \r\n";
	static const char *const begin[] = { "\x03\r\x01", "\r\x03\r\x01" };
	struct face		*f = face_create("repl");
	struct face_event	 event;
	uint8_t			 late[FACE_LATE];
	const char		*p;

	face_feed(f, (const uint8_t *)"\x01", 1, &event);
	face_feed(f, (const uint8_t *)"x\x04", 2, &event);
	ck_assert_int_eq(event.type, FACE_JOB);
	face_started(f, &event);
	for (p = begin[_i]; *p != '\0'; p++) {
		ck_assert_uint_eq(face_feed(f, (const uint8_t *)p, 1, &event), 1);
		ck_assert(*p != 0x03 || event.type == FACE_STOP);
		ck_assert(*p != 0x01 || event.type == FACE_NONE);
	}
	face_ended(f, FACE_RAISED, trace, sizeof trace - 1);
	ck_assert_uint_eq(face_late(f, late), 2);
	ck_assert(memcmp(late, "\r\x01", 2) == 0);
	ck_assert_uint_eq(face_late(f, late), 0);
	face_destroy(f);
}
END_TEST

/* Lines that are pasted: each is a statement, unless the one before wants it. */
START_TEST(test_what_is_pasted)
{
	static const char	text[] = "1\r2\r3\r";
	struct face		*f = face_create("repl");
	struct face_event	 event;
	uint8_t			 late[FACE_LATE];
	size_t			 n;

	n = face_feed(f, (const uint8_t *)text, 6, &event);
	ck_assert_int_eq(event.type, FACE_STATEMENT);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(face_feed(f, (const uint8_t *)text + n, 4, &event), 4);
	ck_assert_int_eq(event.type, FACE_NONE);
	if (_i == 0) {
		face_ended(f, FACE_DONE, "", 0);
		ck_assert_uint_eq(face_late(f, late), 4);
		ck_assert(memcmp(late, "2\r3\r", 4) == 0);
		ck_assert_uint_eq(face_feed(f, late, 4, &event), 2);
		ck_assert_int_eq(event.type, FACE_STATEMENT);
	} else {
		face_started(f, &event);
		ck_assert_int_eq(event.type, FACE_INPUT);
		ck_assert_uint_eq(event.len, 4);
		face_ended(f, FACE_DONE, "", 0);
		ck_assert_uint_eq(face_late(f, late), 0);
	}
	face_destroy(f);
}
END_TEST

/* So much is kept, and one byte more waits; a Ctrl-C drops it. */
START_TEST(test_much_is_pasted)
{
	static uint8_t		 text[FACE_LATE + 1];
	struct face		*f = face_create("repl");
	struct face_event	 event;
	uint8_t			 late[FACE_LATE];

	memset(text, 'x', sizeof text);
	face_feed(f, (const uint8_t *)"1\r", 2, &event);
	ck_assert_uint_eq(face_feed(f, text, sizeof text, &event), FACE_LATE);
	ck_assert_uint_eq(face_feed(f, text, 1, &event), 0);
	ck_assert_int_eq(event.type, FACE_NONE);
	if (_i == 1) {
		ck_assert_uint_eq(face_feed(f, (const uint8_t *)"\x03", 1, &event),
		    1);
		ck_assert_int_eq(event.type, FACE_STOP);
	}
	face_ended(f, _i == 1 ? FACE_INTERRUPTED : FACE_DONE, "", 0);
	ck_assert_uint_eq(face_late(f, late), _i == 1 ? 0 : FACE_LATE);
	face_destroy(f);
}
END_TEST

/*
 * How tools begin, what they want to hear then, and in how many of the states below
 * they get on: at a real port, too, rshell does not from the raw REPL, nor Mu from
 * raw-paste.
 */
static const struct {
	const char	*says, *wants;
	size_t		 states;
} beginnings[] = {
	{ "\r\x03\r\x01", RAW, 11 },		/* mpremote, pyboard.py */
	{ "\r\x03\x03\r\x01", RAW, 11 },		/* ampy, MicroPico */
	{ "\x03\r\x03\r", "\r\n>>> ", 5 },		/* rshell */
	{ "\x03\x01", RAW, 11 },			/* Thonny */
	{ "\x03\r\x03\x02", "\r\n>>> ", 11 },	/* Arduino Lab */
	{ "\x02\x03", "\r\n>>> ", 9 },		/* Mu */
};

#define BEGINNINGS	(sizeof beginnings / sizeof *beginnings)

/*
 * A tool that comes so soon that nobody saw the last one leave finds what that has
 * left behind, as at a real port, and gets on.
 */
START_TEST(test_a_tool_where_another_was)
{
	static const char *const	left[] = {
		"", "x = [", "if x:\ry = [", "\x1b[", "\x05" "x = 1", "\x01",
		"\x01" "x = 1", "\x01\x05", "\x01\x05" "A",
		"\x01\x05" "A\x01", "\x01\x05" "A\x01" "x = 1",
	};
	struct face_event	 event;
	struct face		*f;
	const uint8_t		*out;
	const char		*wants = beginnings[_i].wants, *p;
	size_t			 i, len, want = strlen(wants);

	for (i = 0; i < beginnings[_i].states; i++) {
		f = face_create("repl");
		for (p = left[i]; *p != '\0'; p++)
			face_feed(f, (const uint8_t *)p, 1, &event);
		for (p = beginnings[_i].says; *p != '\0'; p++) {
			face_feed(f, (const uint8_t *)p, 1, &event);
			ck_assert_int_eq(event.type, FACE_NONE);
		}
		len = face_output(f, &out);
		ck_assert_msg(len >= want && memcmp(out + len - want, wants,
		    want) == 0, "%zu: %.*s", i, (int)len, (const char *)out);
		face_destroy(f);
	}
}
END_TEST

static void
carry_out(struct face *f, const char *text, enum face_end end)
{
	struct face_event	 event;

	face_feed(f, (const uint8_t *)text, strlen(text), &event);
	ck_assert_int_eq(event.type, FACE_JOB);
	face_ended(f, end, "", 0);
}

/* A folder is unmounted by its tool, or else has to be. */
START_TEST(test_what_a_mounted_folder_leaves)
{
	struct face		*f = face_create("repl");
	struct face_event	 event;

	face_feed(f, (const uint8_t *)"\x01", 1, &event);
	carry_out(f, "print('__mount()')\x04", FACE_DONE);
	ck_assert_ptr_null(face_will(f));
	carry_out(f, "__mount()\x04", FACE_RAISED);	/* who knows how far */
	ck_assert_ptr_nonnull(face_will(f));
	carry_out(f, "os.umount(\"/remote\")\x04", FACE_RAISED);
	ck_assert_ptr_nonnull(face_will(f));
	carry_out(f, "os.umount(\"/remote\")\x04", FACE_DONE);
	ck_assert_ptr_null(face_will(f));
	face_destroy(f);
	f = face_create("piserial");
	ck_assert_ptr_null(face_will(f));
	face_destroy(f);
}
END_TEST

/* An answer of any length is passed on in pieces. */
START_TEST(test_a_long_answer)
{
	static const char	ask[] = "\x18?\x18=1806.";
	static uint8_t		 answer[5000];
	struct face		*f = face_create("repl");
	struct face_event	 event;
	size_t			 n, i, total = 0;

	face_feed(f, (const uint8_t *)"\x01", 1, &event);
	carry_out(f, "__mount()\x04", FACE_DONE);
	face_feed(f, (const uint8_t *)"x\x04", 2, &event);
	face_print(f, ask, sizeof ask - 1);
	memset(answer, 0x3f, sizeof answer);
	answer[0] = 0x18;
	for (; total < sizeof answer; total += n) {
		n = face_feed(f, answer + total, sizeof answer - total, &event);
		ck_assert_uint_gt(n, 0);
		ck_assert_int_eq(event.type, FACE_INPUT);
		ck_assert_uint_eq(event.len, 2 * n);
		for (i = total == 0; i < n; i++)
			ck_assert(memcmp(event.data + 2 * i, "3f", 2) == 0);
	}
	face_destroy(f);
}
END_TEST

/* Who types on does not wait for the names, and loses nothing. */
START_TEST(test_typing_ends_a_completion)
{
	static const char	on[] = "2\r";
	struct face		*f = face_create("repl");
	struct face_event	 event;
	const uint8_t		*out;
	size_t			 len;

	ck_assert_uint_eq(face_feed(f, (const uint8_t *)"ab\t", 3, &event), 3);
	ck_assert_int_eq(event.type, FACE_COMPLETE);
	ck_assert_uint_eq(face_feed(f, (const uint8_t *)on, 2, &event), 0);
	ck_assert_int_eq(event.type, FACE_STOP);
	ck_assert_uint_eq(face_feed(f, (const uint8_t *)on, 2, &event), 0);
	ck_assert_int_eq(event.type, FACE_NONE);
	face_print(f, "abc\r\n", 5);
	face_ended(f, FACE_INTERRUPTED, "", 0);
	ck_assert_uint_eq(face_feed(f, (const uint8_t *)on, 2, &event), 2);
	ck_assert_int_eq(event.type, FACE_STATEMENT);
	ck_assert_uint_eq(event.len, 3);
	ck_assert(memcmp(event.data, "ab2", 3) == 0);
	len = face_output(f, &out);
	ck_assert_uint_eq(len, 5);
	ck_assert(memcmp(out, "ab2\r\n", 5) == 0);
	face_destroy(f);
}
END_TEST

/* A text with tabs that comes at once is typed by nobody. */
START_TEST(test_tabs_of_what_is_pasted)
{
	struct face		*f = face_create("repl");
	struct face_event	 event;

	ck_assert_uint_eq(face_feed(f, (const uint8_t *)"ab\tor\tc\r", 8, &event),
	    8);
	ck_assert_int_eq(event.type, FACE_STATEMENT);
	ck_assert_uint_eq(event.len, 9);
	ck_assert(memcmp(event.data, "ab  or  c", 9) == 0);
	face_destroy(f);
}
END_TEST

/* More names than picod keeps are none; then all is as before. */
START_TEST(test_too_many_names)
{
	struct face		*f = face_create("repl");
	struct face_event	 event;
	const uint8_t		*out;
	size_t			 i;

	face_feed(f, (const uint8_t *)"a\t", 2, &event);
	for (i = 0; i <= 16384 / 4; i++)
		face_print(f, "abc ", 4);
	face_ended(f, FACE_DONE, "", 0);
	ck_assert_uint_eq(face_output(f, &out), 1);
	face_feed(f, (const uint8_t *)"\t", 1, &event);
	ck_assert_int_eq(event.type, FACE_COMPLETE);
	face_print(f, "abc ", 4);
	face_ended(f, FACE_DONE, "", 0);
	ck_assert_uint_eq(face_output(f, &out), 3);
	face_destroy(f);
}
END_TEST

/* A line longer than any sketch reads is rejected whole. */
START_TEST(test_a_command_too_long)
{
	struct face		*f = face_create("piserial");
	struct face_event	 event;
	const uint8_t		*out;
	size_t			 i;

	for (i = 0; i <= LIMIT_COMMAND; i++)
		face_feed(f, (const uint8_t *)"x", 1, &event);
	face_feed(f, (const uint8_t *)"\n", 1, &event);
	ck_assert_int_eq(event.type, FACE_NONE);
	ck_assert_uint_eq(face_output(f, &out), 2);
	ck_assert(memcmp(out, "RR", 2) == 0);
	face_destroy(f);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("face");
	TCase	*tc = tcase_create("face");

	tcase_add_test(tc, test_a_text_too_long);
	tcase_add_test(tc, test_a_text_of_the_greatest_length);
	tcase_add_loop_test(tc, test_what_follows_a_ctrl_c, 0, 2);
	tcase_add_loop_test(tc, test_what_is_pasted, 0, 2);
	tcase_add_loop_test(tc, test_much_is_pasted, 0, 2);
	tcase_add_loop_test(tc, test_a_tool_where_another_was, 0,
	    (int)BEGINNINGS);
	tcase_add_test(tc, test_what_a_mounted_folder_leaves);
	tcase_add_test(tc, test_a_long_answer);
	tcase_add_test(tc, test_typing_ends_a_completion);
	tcase_add_test(tc, test_tabs_of_what_is_pasted);
	tcase_add_test(tc, test_too_many_names);
	tcase_add_test(tc, test_a_command_too_long);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
