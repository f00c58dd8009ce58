/* SPDX-License-Identifier: MIT */
/* Who is told that a board has restarted. */
#include <check.h>

#include "daemon/board/board_news.h"
#include "tests/unit/suite.h"

START_TEST(each_user_is_told_once_within_a_minute)
{
	struct news	n = { 0 };

	news_use(&n);
	ck_assert(!news_tell(&n, 1, 1000));
	news_restart(&n, 1000);
	ck_assert(news_tell(&n, 1, 1000));
	ck_assert(!news_tell(&n, 1, 1000));
	ck_assert(news_tell(&n, 2, 1000 + NEWS_MS - 1));
	ck_assert(!news_tell(&n, 3, 1000 + NEWS_MS));
	news_restart(&n, 2000);		/* nothing was on it again */
	ck_assert(!news_tell(&n, 1, 2000));
	news_use(&n);
	news_restart(&n, 3000);
	ck_assert(news_tell(&n, 1, 3000));
}
END_TEST

START_TEST(who_asked_for_it_need_not_be_told)
{
	struct news	n = { 0 };

	news_use(&n);
	news_expect(&n, 1);
	news_restart(&n, 1000);
	ck_assert(!news_tell(&n, 1, 1000));
	ck_assert(news_tell(&n, 2, 1000));
	news_use(&n);
	news_restart(&n, 2000);
	ck_assert(news_tell(&n, 1, 2000));
}
END_TEST

/* With one user too many the first may hear it twice, and no more. */
START_TEST(users_are_bounded)
{
	struct news	n = { 0 };
	uid_t		uid;

	news_use(&n);
	news_restart(&n, 0);
	for (uid = 0; uid <= NEWS_USERS; uid++)
		ck_assert(news_tell(&n, uid, 0));
	ck_assert(!news_tell(&n, NEWS_USERS, 0));
	ck_assert(!news_tell(&n, 1, 0));
	ck_assert(news_tell(&n, 0, 0));
}
END_TEST

int
main(void)
{
	Suite		*suite = suite_create("news");
	TCase		*tc = tcase_create("news");

	tcase_add_test(tc, each_user_is_told_once_within_a_minute);
	tcase_add_test(tc, who_asked_for_it_need_not_be_told);
	tcase_add_test(tc, users_are_bounded);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
