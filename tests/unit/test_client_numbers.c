/* SPDX-License-Identifier: MIT */
/* Numbers in what boards print, and curves drawn with dots. */
#include <check.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/picoctl/canvas.h"
#include "client/picoctl/numbers.h"
#include "tests/unit/suite.h"

static const struct {
	const char	*text;
	double		 value;		/* NaN: none */
} values[] = {
	{ "21.5\n", 21.5 }, { "-3", -3 }, { "1e3\r\n", 1000 }, { "True\n", 1 },
	{ "False", 0 }, { "v03FF\n", 1023 }, { "v", NAN }, { "", NAN },
	{ "nan", NAN }, { "inf", NAN }, { "(1, 2)", NAN }, { "1 2", NAN },
	{ "None", NAN }, { "'5'", NAN }, { ".5", 0.5 }, { "v03FFx", NAN },
};

START_TEST(test_value)
{
	double	value = NAN;
	bool	is = number_value(values[_i].text, &value);

	ck_assert_int_eq(is, !isnan(values[_i].value));
	if (is)
		ck_assert_double_eq(value, values[_i].value);
}
END_TEST

static void
check_line(const char *line, const char *expected)
{
	char	found[200] = "", name[16];
	double	value;

	while (number_next(&line, name, sizeof name, &value))
		sprintf(found + strlen(found), "%s=%g ", name, value);
	ck_assert_str_eq(found, expected);
}

START_TEST(test_lines)
{
	check_line("21.5", "=21.5 ");
	check_line("1,2,-3", "=1 =2 =-3 ");
	check_line("temp: 21.5 light: 3", "temp=21.5 light=3 ");
	check_line("a=1 b=2", "a=1 b=2 ");
	check_line("x1: 5 x2: 6", "x1=5 x2=6 ");
	check_line("no numbers here", "");
	check_line("a-name-that-is-much-too-long-to-keep: 1",
	    "keep=1 ");
	check_line("averyveryverylongname: 1", "=1 ");
}
END_TEST

START_TEST(test_count)
{
	long long	count;

	ck_assert(number_count("0", 5, &count) && count == 0);
	ck_assert(number_count("9223372036854775807", LLONG_MAX, &count));
	ck_assert_int_eq(count, LLONG_MAX);
	ck_assert(!number_count("9223372036854775808", LLONG_MAX, &count));
	ck_assert(number_count("5", 5, &count) && !number_count("6", 5, &count));
	ck_assert(!number_count("", 5, &count));
	ck_assert(!number_count("5MB", 5, &count));
	ck_assert(!number_count(" 5", 5, &count));
	ck_assert(!number_count("+5", 5, &count));
}
END_TEST

static const struct {
	double		 value;
	const char	*text;
} texts[] = {
	{ 1795182301, "1795182301" }, { 123456789012, "123456789012" },
	{ 9007199254740991, "9007199254740991" }, { -3, "-3" }, { 0, "0" },
	{ 1e15, "1000000000000000" }, { 21.5, "21.5" }, { 0.1, "0.1" },
	{ 0.1 + 0.2, "0.30000000000000004" }, { 1e23, "1e+23" },
	{ 1795182301.123456, "1795182301.123456" }, { -5e-324, "" },
};

/* What is read back is the same, and no digit is more than that needs. */
START_TEST(test_text)
{
	char	text[NUMBER_TEXT];

	number_text(texts[_i].value, text);
	ck_assert_double_eq(strtod(text, NULL), texts[_i].value);
	if (texts[_i].text[0] != '\0')
		ck_assert_str_eq(text, texts[_i].text);
}
END_TEST

static void
draw(const double *numbers, size_t n, char *text, size_t size)
{
	static const char *const	names[] = { "a" };
	FILE				*out = fmemopen(text, size, "w");
	struct canvas			*c = canvas_create(21, 6, false);

	canvas_draw(c, out, numbers, n, 1, names, 1);
	canvas_destroy(c);
	fclose(out);
}

/* From the lower left to the upper right. */
START_TEST(test_a_slope_is_drawn)
{
	double	numbers[16];
	char	text[2000], *at, *next;
	int	i;

	for (i = 0; i < 16; i++)
		numbers[i] = i;
	draw(numbers, 16, text, sizeof text);
	ck_assert_ptr_nonnull(strstr(text, "       15 |"));
	ck_assert_ptr_nonnull(strstr(text, "        0 |"));
	ck_assert_ptr_nonnull(strstr(text, "a 15"));
	/* two dots up in each column: from row to row two more to the left */
	for (i = 0, at = text; i < 3; i++, at = next) {
		next = strchr(at, '\n') + 1;
		ck_assert_int_eq(strcspn(at, "\xe2") - strcspn(next, "\xe2"),
		    2);
	}
}
END_TEST

START_TEST(test_a_gap_is_no_line)
{
	double	numbers[] = { 1, 1, NAN, NAN, NAN, NAN, 1, 1 };
	char	text[2000];
	char	*first;

	draw(numbers, 8, text, sizeof text);
	first = strstr(text, "\xe2\xa0");
	ck_assert_ptr_nonnull(first);
	ck_assert_mem_eq(first + 3, "  ", 2);
}
END_TEST

START_TEST(test_nothing_to_draw)
{
	double	numbers[] = { NAN };
	char	text[2000];

	draw(numbers, 1, text, sizeof text);
	draw(numbers, 0, text, sizeof text);
	ck_assert_ptr_null(strstr(text, "\xe2"));
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("client numbers");
	TCase	*cases = tcase_create("numbers");

	tcase_add_loop_test(cases, test_value, 0,
	    (int)(sizeof values / sizeof values[0]));
	tcase_add_test(cases, test_count);
	tcase_add_loop_test(cases, test_text, 0,
	    (int)(sizeof texts / sizeof texts[0]));
	tcase_add_test(cases, test_lines);
	tcase_add_test(cases, test_a_slope_is_drawn);
	tcase_add_test(cases, test_a_gap_is_no_line);
	tcase_add_test(cases, test_nothing_to_draw);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
