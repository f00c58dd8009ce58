/* SPDX-License-Identifier: MIT */
/* Uploads of several users, with a clock and connections by hand. */
#define clock_now test_now
#include "daemon/base/scratch.c"
#include "daemon/methods/upload.c"
#include "tests/unit/suite.h"
#undef clock_now

#include <check.h>
#include <string.h>

/* Each hands over as much as an image may have. */
#define OF_ALL (LIMIT_UPLOADS / LIMIT_IMAGE)
#define OF_ONE (LIMIT_UPLOADS_PER_USER / LIMIT_IMAGE)
#define CALLS (OF_ALL + OF_ONE + 1)

static uint64_t		 now;
static struct call	 calls[CALLS];
static struct client	 clients[CALLS];
static struct lease_list leases[CALLS];

uint64_t
test_now(void)
{
	return now;
}

struct client *
call_client(struct call *call)
{
	return &clients[call - calls];
}

void
call_add_lease(struct call *call, struct lease *lease)
{
	LIST_INSERT_HEAD(&leases[call - calls], lease, entry);
}

struct lease *
call_find_lease(struct call *call, bool (*match)(struct lease *, void *),
    void *arg)
{
	struct lease	*lease;

	LIST_FOREACH(lease, &leases[call - calls], entry)
		if (match(lease, arg))
			return lease;
	return NULL;
}

static void
leave(size_t i)
{
	struct lease	*lease;

	while ((lease = LIST_FIRST(&leases[i])) != NULL) {
		LIST_REMOVE(lease, entry);
		lease->lost(lease);
	}
}

static void
setup(void)
{
	size_t	i;

	now = 1000000;
	for (i = 0; i < CALLS; i++)
		LIST_INIT(&leases[i]);
}

static void
teardown(void)
{
	size_t	i;

	for (i = 0; i < CALLS; i++)
		leave(i);
	ck_assert(LIST_EMPTY(&scratches));
}

static char	bytes[LIMIT_IMAGE + 1];

/* So much more of that user on the connection with that number. */
static long long
add(size_t i, uid_t uid, size_t len)
{
	const struct upload	*u = upload_find(&calls[i]);

	clients[i].uid = uid;
	return upload_add(&calls[i], upload_size(u), bytes, len);
}

/* Whether there is one, which has been written then. */
static bool
take(size_t i)
{
	struct scratch	*file = upload_take(&calls[i]);

	scratch_destroy(file);
	return file != NULL;
}

/* Of so many users, or one, who then hand over all but a byte of the limit. */
static void
add_all_but_one(size_t count, uid_t first, bool same)
{
	size_t	i;

	for (i = 0; i < count; i++)
		ck_assert_int_gt(add(i, first + (same ? 0 : (uid_t)i),
		    LIMIT_IMAGE - (i == 0)), 0);
}

START_TEST(test_an_image_that_is_too_large)
{
	ck_assert_int_eq(add(0, 1000, LIMIT_IMAGE + 1), -EFBIG);
	ck_assert_int_eq(add(0, 1000, LIMIT_IMAGE), LIMIT_IMAGE);
	ck_assert_int_eq(add(0, 1000, 1), -EFBIG);
}
END_TEST

/* What is refused takes all that came before it along. */
START_TEST(test_half_an_image_is_none)
{
	ck_assert_int_eq(add(0, 1000, LIMIT_IMAGE), LIMIT_IMAGE);
	ck_assert_int_eq(add(0, 1000, 1), -EFBIG);
	ck_assert(!take(0));
	ck_assert_int_eq(upload_add(&calls[0], 5, bytes, 1), -EINVAL);
	ck_assert_int_eq(add(0, 1000, 5), 5);
	ck_assert_int_eq(upload_add(&calls[0], 4, bytes, 1), -EINVAL);
	ck_assert(!take(0));
	ck_assert_int_eq(upload_add(&calls[0], -1, bytes, 1), -EINVAL);
}
END_TEST

/* Whatever was left of one that nobody took. */
START_TEST(test_the_first_piece_begins_anew)
{
	struct scratch	*file;

	ck_assert_int_eq(add(0, 1000, 100), 100);
	ck_assert_int_eq(upload_add(&calls[0], 0, bytes, 3), 3);
	file = upload_take(&calls[0]);
	ck_assert_uint_eq(scratch_size(file), 3);
	scratch_destroy(file);
}
END_TEST

START_TEST(test_an_empty_one_is_one)
{
	ck_assert(!take(0));
	ck_assert_int_eq(add(0, 1000, 0), 0);
	ck_assert(take(0));
}
END_TEST

START_TEST(test_one_users_uploads)
{
	add_all_but_one(OF_ONE, 1000, true);
	ck_assert_int_eq(add(OF_ONE, 1000, 2), -EUSERS);
	ck_assert_int_eq(add(OF_ONE, 1001, 5), 5);
	ck_assert_int_eq(add(0, 1000, 1), LIMIT_IMAGE);
	leave(0);
	ck_assert_int_eq(add(0, 1000, 5), 5);
}
END_TEST

/* A small file for each board of a large class. */
START_TEST(test_small_ones_are_as_many_as_connections)
{
	size_t	i;

	for (i = 0; i < CALLS; i++)
		ck_assert_int_eq(add(i, 1000, 1000), 1000);
}
END_TEST

START_TEST(test_all_uploads_and_roots)
{
	size_t	i;

	add_all_but_one(OF_ALL, 1000, false);
	ck_assert_int_eq(add(OF_ALL, 2000, 2), -EUSERS);
	for (i = OF_ALL; i < OF_ALL + OF_ONE; i++)
		ck_assert_int_eq(add(i, 0, LIMIT_IMAGE), LIMIT_IMAGE);
	ck_assert_int_eq(add(i, 0, 1), -EUSERS);
}
END_TEST

/* Who does not use his place loses it, but only to somebody. */
START_TEST(test_a_place_that_is_not_used)
{
	add_all_but_one(OF_ALL, 1000, false);
	now += LIMIT_UPLOAD_MS - 1;
	ck_assert_int_eq(add(0, 1000, 1), LIMIT_IMAGE);
	ck_assert_int_eq(add(OF_ALL, 2000, 5), -EUSERS);
	now++;
	ck_assert(take(1));
	ck_assert_int_eq(add(1, 1001, 5), 5);	/* it was all the same his */
	ck_assert_int_eq(add(OF_ALL, 2000, LIMIT_IMAGE), LIMIT_IMAGE);
	ck_assert(!take(2));
	ck_assert(take(0));
	ck_assert(!take(0));
}
END_TEST

/* Nor does anybody lose his to one who has too much himself. */
START_TEST(test_a_place_that_others_do_not_use)
{
	ck_assert_int_eq(add(OF_ONE, 1001, 5), 5);
	add_all_but_one(OF_ONE, 1000, true);
	now += LIMIT_UPLOAD_MS;
	ck_assert_int_eq(add(0, 1000, 1), LIMIT_IMAGE);
	ck_assert_int_eq(add(OF_ONE + 1, 1000, LIMIT_IMAGE), LIMIT_IMAGE);
	ck_assert(!take(1));
	ck_assert(take(OF_ONE));
}
END_TEST

/* It waits for its board, and in the end is not there any more. */
START_TEST(test_what_is_taken_counts_until_it_is_destroyed)
{
	struct scratch	*files[OF_ONE];
	size_t		 i;

	add_all_but_one(OF_ONE, 1000, true);
	for (i = 0; i < OF_ONE; i++)
		files[i] = upload_take(&calls[i]);
	now += LIMIT_UPLOAD_MS;
	ck_assert_int_eq(add(OF_ONE, 1000, 2), -EUSERS);
	scratch_destroy(files[0]);
	ck_assert_int_eq(add(OF_ONE, 1000, LIMIT_IMAGE), LIMIT_IMAGE);
	for (i = 1; i < OF_ONE; i++)
		scratch_destroy(files[i]);
}
END_TEST

START_TEST(test_what_was_handed_over)
{
	struct scratch	*file;

	clients[0].uid = 1000;
	ck_assert_int_eq(upload_add(&calls[0], 0, "piece", 5), 5);
	ck_assert_int_eq(upload_add(&calls[0], 5, "s, two", 6), 11);
	file = upload_take(&calls[0]);
	ck_assert_uint_eq(scratch_size(file), 11);
	ck_assert_mem_eq(scratch_bytes(file), "pieces, two", 11);
	scratch_destroy(file);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("upload");
	TCase	*tc = tcase_create("upload");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_an_image_that_is_too_large);
	tcase_add_test(tc, test_half_an_image_is_none);
	tcase_add_test(tc, test_the_first_piece_begins_anew);
	tcase_add_test(tc, test_an_empty_one_is_one);
	tcase_add_test(tc, test_one_users_uploads);
	tcase_add_test(tc, test_small_ones_are_as_many_as_connections);
	tcase_add_test(tc, test_all_uploads_and_roots);
	tcase_add_test(tc, test_a_place_that_is_not_used);
	tcase_add_test(tc, test_a_place_that_others_do_not_use);
	tcase_add_test(tc, test_what_is_taken_counts_until_it_is_destroyed);
	tcase_add_test(tc, test_what_was_handed_over);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
