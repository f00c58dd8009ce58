/* SPDX-License-Identifier: MIT */
/*
 * Round trips through picod in one connection, by libpicod.
 *
 *	through BOARD TEXT COUNT
 *
 * Shows the time of each in ns.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "client/lib/picod.h"

static long long
through_now(void)
{
	struct timespec	now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

int
main(int argc, char **argv)
{
	struct picod		*picod;
	struct picod_result	 result;
	long			 i, count;
	long long		 start;

	if (argc != 4)
		errx(2, "usage: through BOARD TEXT COUNT");
	count = atol(argv[3]);
	if (picod_connect(NULL, &picod) < 0)
		errx(1, "picod is not running");
	for (i = 0; i < count; i++) {
		start = through_now();
		if (picod_send(picod, argv[1], argv[2], PICOD_NO_TIMEOUT,
		    &result) != 0)
			errx(1, "%s", picod_message(picod));
		printf("%lld\n", through_now() - start);
		picod_result_finish(&result);
	}
	picod_close(picod);
	return 0;
}
