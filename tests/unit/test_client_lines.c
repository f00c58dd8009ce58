/* SPDX-License-Identifier: MIT */
/* Whole lines of what boards print, out of the pieces that events have. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "client/picoctl/lines.h"
#include "tests/unit/suite.h"

static char		 told[20000];
static struct lines	*lines;

static void
tell(const char *board, const char *line, long long time_us, void *arg)
{
	(void)arg;
	sprintf(told + strlen(told), "%s%lld[%s]", board, time_us, line);
}

static void
setup(void)
{
	told[0] = '\0';
	lines = lines_create(tell, NULL);
}

static void
teardown(void)
{
	lines_destroy(lines);
}

static void
feed(json_t *event)
{
	ck_assert_ptr_nonnull(event);
	lines_feed(lines, event);
	json_decref(event);
}

static void
print(const char *board, int time, const char *text, size_t len)
{
	feed(json_pack("{s:s, s:s, s:i, s:s%}", "board", board, "event",
	    "output", "time", time, "output", text, len));
}

static void
say(const char *board, int time, const char *text)
{
	print(board, time, text, strlen(text));
}

static void
happen(const char *board, const char *kind, const char *state)
{
	feed(json_pack("{s:s, s:s, s:i, s:s*}", "board", board, "event", kind,
	    "time", 99, "state", state));
}

START_TEST(test_pieces)
{
	say("a", 1, "on");
	say("b", 2, "B\r\n");
	say("a", 3, "e\n\ntw");
	say("a", 4, "o\r\r\n");
	ck_assert_str_eq(told, "b2[B]a1[one]a3[]a3[two]");
	say("b", 5, "rest");
	lines_flush(lines);
	lines_flush(lines);
	ck_assert_str_eq(told, "b2[B]a1[one]a3[]a3[two]b5[rest]");
}
END_TEST

/* That somebody else uses the board is no end of a line. */
START_TEST(test_what_ends_no_line)
{
	say("a", 1, "temperature: 2");
	happen("a", "state", "busy");
	happen("a", "state", "ready");
	happen("a", "recovery", NULL);
	happen("a", "will", NULL);
	happen("b", "boot", NULL);
	happen("b", "state", "absent");
	say("a", 2, "1.5\n");
	ck_assert_str_eq(told, "a1[temperature: 21.5]");
}
END_TEST

START_TEST(test_what_ends_a_line)
{
	say("a", 1, "x");
	say("b", 1, "y");
	happen("a", "boot", NULL);
	happen("b", "state", "absent");
	ck_assert_str_eq(told, "a1[x]b1[y]");
	happen("a", "state", "absent");
	say("a", 2, "x");
	say("b", 3, "y");
	happen("", "lost", NULL);	/* nobody knows whose */
	ck_assert_ptr_nonnull(strstr(told, "a2[x]"));
	ck_assert_ptr_nonnull(strstr(told, "b3[y]"));
}
END_TEST

START_TEST(test_a_nul_is_no_end)
{
	print("a", 1, "a\0b\n\0\nc\n", 8);
	ck_assert_str_eq(told, "a1[a\\x00b]a1[\\x00]a1[c]");
}
END_TEST

/* Nothing of it is lost, and no character divided. */
START_TEST(test_a_long_line_is_cut)
{
	static const char	euro[] = "\xe2\x82\xac";
	char			text[9000 + sizeof euro], *p, *end;
	char			whole[sizeof text] = "";
	size_t			i;
	json_t			*line;

	memset(text, 'x', (size_t)_i);
	for (i = (size_t)_i; i < 9000; i += strlen(euro))
		strcpy(text + i, euro);
	say("a", 1, text);
	say("a", 1, "\n");
	for (p = told; *p != '\0'; p = end + 1) {
		end = strchr(p, ']');
		line = json_stringn(p + 3, (size_t)(end - p) - 3);
		ck_assert_ptr_nonnull(line);	/* it is UTF-8 */
		strcat(whole, json_string_value(line));
		json_decref(line);
	}
	ck_assert_str_eq(whole, text);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("client lines");
	TCase	*cases = tcase_create("lines");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, test_pieces);
	tcase_add_test(cases, test_what_ends_no_line);
	tcase_add_test(cases, test_what_ends_a_line);
	tcase_add_test(cases, test_a_nul_is_no_end);
	tcase_add_loop_test(cases, test_a_long_line_is_cut, 0, 3);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
