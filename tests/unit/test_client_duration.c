/* SPDX-License-Identifier: MIT */
/*
 * Times on the command line: what is taken, and what is not.
 */
#include <check.h>
#include <errno.h>

#include "client/picoctl/duration.h"
#include "tests/unit/suite.h"

static const struct {
	const char	*text;
	int		 result;
	int		 ms;
} times[] = {
	{ "0", 0, 0 },
	{ "1", 0, 1000 },
	{ "2s", 0, 2000 },
	{ "500ms", 0, 500 },
	{ "1m", 0, 60000 },
	{ "1h", 0, 3600000 },
	{ "1.5", 0, 1500 },
	{ "1.25m", 0, 75000 },
	{ "0.5ms", 0, 1 },		/* never rounded to nothing */
	{ "0.0001", 0, 1 },
	{ "0.001", 0, 1 },
	{ "0.0010", 0, 1 },
	{ "2.000000000", 0, 2000 },
	{ "0.0000000009", 0, 0 },	/* below what is looked at */
	{ "24h", 0, 86400000 },
	{ "86400", 0, 86400000 },
	{ "86400000ms", 0, 86400000 },
	{ "86400000.1ms", -ERANGE, 0 },
	{ "86400.001", -ERANGE, 0 },
	{ "25h", -ERANGE, 0 },
	{ "99999999999999999999999999", -ERANGE, 0 },
	{ "99999999999999999999999999ms", -ERANGE, 0 },
	{ "", -EINVAL, 0 },
	{ "s", -EINVAL, 0 },
	{ ".5", -EINVAL, 0 },
	{ "1.", -EINVAL, 0 },
	{ "1.s", -EINVAL, 0 },
	{ "1,5", -EINVAL, 0 },
	{ "-1", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 },
	{ " 1", -EINVAL, 0 },
	{ "1 ", -EINVAL, 0 },
	{ "1 s", -EINVAL, 0 },
	{ "1d", -EINVAL, 0 },
	{ "1S", -EINVAL, 0 },
	{ "0x10", -EINVAL, 0 },
	{ "1e3", -EINVAL, 0 },
	{ "inf", -EINVAL, 0 },
	{ "1ss", -EINVAL, 0 },
};

START_TEST(test_times)
{
	int	ms = -7;

	ck_assert_msg(duration_parse(times[_i].text, &ms) == times[_i].result,
	    "\"%s\"", times[_i].text);
	ck_assert_msg(ms == (times[_i].result == 0 ? times[_i].ms : -7),
	    "\"%s\" gives %d", times[_i].text, ms);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("client duration");
	TCase	*tcase = tcase_create("duration");

	tcase_add_loop_test(tcase, test_times, 0,
	    sizeof times / sizeof *times);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
