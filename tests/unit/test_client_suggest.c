/* SPDX-License-Identifier: MIT */
/*
 * What a mistyped word is taken for.
 */
#include <check.h>
#include <limits.h>

#include "client/picoctl/suggest.h"
#include "tests/unit/suite.h"

static const struct {
	const char	*a, *b;
	unsigned	 distance;
} pairs[] = {
	{ "", "", 0 },
	{ "send", "send", 0 },
	{ "", "send", 4 },
	{ "sed", "send", 1 },		/* left out */
	{ "sennd", "send", 1 },		/* twice */
	{ "sand", "send", 1 },		/* another */
	{ "sned", "send", 1 },		/* swapped */
	{ "esnd", "send", 1 },
	{ "sedn", "send", 1 },
	{ "wacth", "watch", 1 },
	{ "intterupt", "interrupt", 2 },
	{ "ca", "abc", 3 },		/* no letter is moved twice */
	{ "list", "reset", 3 },
	{ "0123456789012345678901234567890", "x", 31 },
	{ "01234567890123456789012345678901", "x", UINT_MAX },
};

START_TEST(test_distance)
{
	ck_assert_uint_eq(suggest_distance(pairs[_i].a, pairs[_i].b),
	    pairs[_i].distance);
	ck_assert_uint_eq(suggest_distance(pairs[_i].b, pairs[_i].a),
	    pairs[_i].distance);
}
END_TEST

START_TEST(test_near)
{
	ck_assert(suggest_is_near("sned", "send"));
	ck_assert(suggest_is_near("intterupt", "interrupt"));
	ck_assert(!suggest_is_near("sink", "send"));
	ck_assert(!suggest_is_near("frobnicate", "send"));
	ck_assert(!suggest_is_near("", "send"));
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("client suggest");
	TCase	*tcase = tcase_create("suggest");

	tcase_add_loop_test(tcase, test_distance, 0,
	    sizeof pairs / sizeof *pairs);
	tcase_add_test(tcase, test_near);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
