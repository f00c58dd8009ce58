/* SPDX-License-Identifier: MIT */
/* The places at the socket: each limit, and one past it. */
#include <check.h>
#include <stdlib.h>

#include "daemon/server/places.h"
#include "protocol/limits.h"
#include "tests/unit/suite.h"

#define CROWD (LIMIT_CLIENTS + LIMIT_CLIENTS_ROOT + 1)

static struct places	 places;
static struct place	*crowd, *evicted;
static size_t		 count;		/* of the crowd */
static size_t		 each;		/* bytes that are kept for each */

static void
evict(struct place *place)
{
	evicted = place;
}

static size_t
kept(const struct place *place)
{
	(void)place;
	return each;
}

static void
setup(void)
{
	crowd = calloc(CROWD, sizeof *crowd);
	count = each = 0;
	evicted = NULL;
	places_init(&places, evict, kept);
}

static void
teardown(void)
{
	free(crowd);
}

static const char *
take(uid_t uid, bool stranger)
{
	const char	*limit;

	ck_assert_uint_lt(count, CROWD);
	limit = places_take(&places, &crowd[count], uid, stranger);
	if (limit == NULL)
		count++;
	return limit;
}

/* So many come, and all of them are let in. */
static void
fill(uid_t uid, size_t n)
{
	while (n-- > 0)
		ck_assert_ptr_null(take(uid, false));
}

START_TEST(test_one_users_places)
{
	fill(_i == 0 ? 0 : 1000, LIMIT_CLIENTS_PER_USER);
	ck_assert_str_eq(take(_i == 0 ? 0 : 1000, false),
	    "of one user's clients");
	ck_assert_ptr_null(take(1001, false));
	places_give_back(&places, &crowd[0]);
	ck_assert_ptr_null(take(_i == 0 ? 0 : 1000, false));
}
END_TEST

START_TEST(test_all_places_and_those_for_root)
{
	uid_t	uid;

	for (uid = 1000; count < LIMIT_CLIENTS; uid++)
		fill(uid, LIMIT_CLIENTS_PER_USER);
	ck_assert_uint_eq(count, LIMIT_CLIENTS);
	ck_assert_str_eq(take(uid, false), "of clients");
	fill(0, LIMIT_CLIENTS_ROOT);
	ck_assert_str_eq(take(0, false), "of clients");
	places_give_back(&places, &crowd[0]);
	ck_assert_str_eq(take(uid, false), "of clients");
	ck_assert_ptr_null(take(0, false));
}
END_TEST

/* Strangers have places of their own, and only for as long as no others come. */
START_TEST(test_strangers_take_turns)
{
	size_t	i;

	for (i = 0; i < LIMIT_STRANGERS; i++)
		ck_assert_ptr_null(take(1000 + (uid_t)i, true));
	ck_assert_ptr_null(evicted);
	for (i = 0; i < 3; i++) {
		ck_assert_ptr_null(take(7, true));
		ck_assert_ptr_eq(evicted, &crowd[i]);
	}
	places_give_back(&places, &crowd[0]);	/* it went as it was told */
	places_give_back(&places, &crowd[5]);	/* by itself */
	evicted = NULL;
	ck_assert_ptr_null(take(7, true));
	ck_assert_ptr_null(evicted);
	ck_assert_uint_eq(places.count, 0);
	ck_assert_uint_eq(places.strangers, LIMIT_STRANGERS);
}
END_TEST

START_TEST(test_strangers_take_nobodys_place)
{
	uid_t	uid;

	for (uid = 1000; count < LIMIT_CLIENTS - 1; uid++)
		fill(uid, uid == 1000 ? LIMIT_CLIENTS_PER_USER - 1 :
		    LIMIT_CLIENTS_PER_USER);
	ck_assert_ptr_null(take(1000, true));
	ck_assert_ptr_null(take(1000, true));
	ck_assert_ptr_null(take(1000, false));
	ck_assert_str_eq(take(1000, false), "of clients");
}
END_TEST

START_TEST(test_a_users_share_of_memory)
{
	fill(1000, 8);
	fill(1001, 7);
	each = LIMIT_KEPT_PER_USER / 8;
	ck_assert(!places_are_laden(&places, 1000));
	each++;
	ck_assert(places_are_laden(&places, 1000));
	ck_assert(!places_are_laden(&places, 1001));
	ck_assert(!places_are_laden(&places, 1002));
}
END_TEST

START_TEST(test_the_memory_for_all)
{
	uid_t	uid;

	for (uid = 1000; uid < 1008; uid++)
		fill(uid, 1);
	each = LIMIT_KEPT / 8;
	ck_assert(!places_are_laden(&places, 1000));
	each++;
	ck_assert(places_are_laden(&places, 1000));
	ck_assert(places_are_laden(&places, 2000));
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("places");
	TCase	*tc = tcase_create("places");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_one_users_places, 0, 2);
	tcase_add_test(tc, test_all_places_and_those_for_root);
	tcase_add_test(tc, test_strangers_take_turns);
	tcase_add_test(tc, test_strangers_take_nobodys_place);
	tcase_add_test(tc, test_a_users_share_of_memory);
	tcase_add_test(tc, test_the_memory_for_all);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
