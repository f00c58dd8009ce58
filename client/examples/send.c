/* SPDX-License-Identifier: MIT */
/*
 * Sends a statement, in C: send TEXT
 *
 *	cc send.c -o send $(pkg-config --cflags --libs libpicod)
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include <picod.h>

int
main(int argc, char **argv)
{
	struct picod		*picod;
	struct picod_result	 result;
	int			 error;

	if (argc != 2)
		errx(2, "usage: send TEXT");
	error = picod_connect(NULL, &picod);
	if (error < 0)
		errx(1, "picod cannot be reached: %s", strerror(-error));
	error = picod_send(picod, NULL, argv[1], PICOD_NO_TIMEOUT, &result);
	/* Also of a statement that failed, as far as it came. */
	if (result.output != NULL)
		fwrite(result.output, 1, result.output_len, stdout);
	if (error != 0)
		warnx("%s", result.traceback != NULL ? result.traceback :
		    picod_message(picod));
	picod_result_finish(&result);
	picod_close(picod);
	return error != 0;
}
