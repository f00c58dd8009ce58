/* SPDX-License-Identifier: MIT */
/* The ring of what a board said, against a plain string that is cut. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/board/history.h"
#include "tests/unit/suite.h"

#define SIZE 16

START_TEST(test_against_a_string)
{
	struct history	h;
	char		all[4096], got[SIZE], piece[64];
	size_t		total = 0, len, kept, i;

	srand((unsigned)_i);
	history_init(&h, SIZE);
	while (total < sizeof all - sizeof piece) {
		len = (size_t)rand() % (SIZE * 2 + 3);
		for (i = 0; i < len; i++)
			piece[i] = (char)('a' + rand() % 26);
		memcpy(all + total, piece, len);
		total += len;
		history_add(&h, piece, len);
		kept = total < SIZE ? total : SIZE;
		ck_assert_uint_eq(h.len, kept);
		history_copy(&h, got);
		ck_assert_mem_eq(got, all + total - kept, kept);
	}
	history_clear(&h);
	ck_assert_uint_eq(h.len, 0);
	history_copy(&h, got);
	history_finish(&h);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("history");
	TCase	*tc = tcase_create("history");

	tcase_add_loop_test(tc, test_against_a_string, 0, 20);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
