/* SPDX-License-Identifier: MIT */
/* What is said again and again is said once a minute. */
#include <check.h>
#include <stdio.h>

#include "daemon/base/seldom.h"
#include "tests/unit/suite.h"

START_TEST(test_once_a_minute_and_message)
{
	struct seldom	s = { 0 };

	ck_assert(seldom_may(&s, "a", 1));
	ck_assert(!seldom_may(&s, "a", SELDOM_MS));
	ck_assert(seldom_may(&s, "b", SELDOM_MS));
	ck_assert(seldom_may(&s, "a", SELDOM_MS + 1));
	ck_assert(!seldom_may(&s, "a", 2 * SELDOM_MS));
	ck_assert(!seldom_may(&s, "b", 2 * SELDOM_MS - 1));
}
END_TEST

START_TEST(test_the_oldest_of_too_many_is_forgotten)
{
	struct seldom	s = { 0 };
	char		message[8];
	unsigned	i;

	for (i = 0; i <= SELDOM_COUNT; i++) {
		snprintf(message, sizeof message, "%u", i);
		ck_assert(seldom_may(&s, message, 1 + i));
	}
	ck_assert(!seldom_may(&s, "1", 20));
	ck_assert(seldom_may(&s, "0", 20));
}
END_TEST

int
main(void)
{
	Suite	*s = suite_create("seldom");
	TCase	*tc = tcase_create("seldom");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, test_once_a_minute_and_message);
	tcase_add_test(tc, test_the_oldest_of_too_many_is_forgotten);
	return suite_run(s);
}
