/* SPDX-License-Identifier: MIT */
/* Memory: what is not there ends picod, and nobody goes on without it. */
#include <check.h>
#include <event2/buffer.h>
#include <jansson.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
#include "tests/unit/suite.h"

/* More than there is, which no compiler sees. */
static volatile size_t	too_much = PTRDIFF_MAX / 2;
static void *volatile	taken;

/*
 * From now on there is not so much: among addresses of 32 bits it is to be had once
 * or twice.  And the last words are known.
 */
static void
starve(void)
{
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	do {
		taken = malloc(too_much);
	} while (taken != NULL);
}

START_TEST(test_there_is_some)
{
	char	*s = xstrdup("text"), *zeros = xcalloc(2, 3);

	ck_assert_str_eq(s, "text");
	ck_assert(memcmp(zeros, "\0\0\0\0\0\0", 6) == 0);
	free(s);
	free(zeros);
	s = xmalloc(0);		/* none is some */
	ck_assert_ptr_nonnull(s);
	free(s);
	free(xcalloc(0, 8));
}

START_TEST(test_none_for_us)
{
	starve();
	xmalloc(too_much);
}

START_TEST(test_none_for_many)
{
	starve();
	xcalloc(too_much, 16);
}

START_TEST(test_none_for_libevent)
{
	starve();
	memory_init();
	evbuffer_expand(evbuffer_new(), too_much);
}

START_TEST(test_none_for_jansson)
{
	starve();
	memory_init();
	json_stringn_nocheck("", too_much);
}

int
main(void)
{
	Suite	*suite = suite_create("memory");
	TCase	*tcase = tcase_create("memory");

	tcase_add_test(tcase, test_there_is_some);
	tcase_add_test_raise_signal(tcase, test_none_for_us, SIGABRT);
	tcase_add_test_raise_signal(tcase, test_none_for_many, SIGABRT);
	tcase_add_test_raise_signal(tcase, test_none_for_libevent, SIGABRT);
	tcase_add_test_raise_signal(tcase, test_none_for_jansson, SIGABRT);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
