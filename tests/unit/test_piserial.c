/* SPDX-License-Identifier: MIT */
/* The PiSerial driver: its conversations (tests/dialogues/piserial.txt). */
#include <check.h>
#include <errno.h>

#include "protocol/limits.h"
#include "tests/dialogues/library.h"
#include "tests/dialogues/play.h"
#include "tests/unit/suite.h"

static struct model	model = {
	.reset = library_reset,
	.hear = library_hear,
	.job = "n",
	.answer = "done ok",
	.banner = "\x00\xff",
};

static struct dialogues	*dialogues;

START_TEST(dialogue_all_ways)
{
	const struct dialogue	*d = &dialogues->all[_i];

	if (d->title[0] == '=')
		ck_assert(play_all_ways(&driver_piserial, d));
}
END_TEST

START_TEST(dialogue_all_faults)
{
	const struct dialogue	*d = &dialogues->all[_i];

	if (d->title[0] == '=')
		ck_assert(play_all_faults(&driver_piserial, d, &model));
}
END_TEST

START_TEST(command_length_limit)
{
	char		 text[LIMIT_COMMAND + 2];
	const char	*why = NULL;
	char		 said[16];

	memset(text, '0', sizeof text);
	text[0] = 'w';
	ck_assert_int_eq(driver_check(&driver_piserial, text, LIMIT_COMMAND,
	    &why), 0);
	ck_assert_int_eq(driver_check(&driver_piserial, text,
	    LIMIT_COMMAND + 1, &why), -E2BIG);
	ck_assert_ptr_nonnull(why);
	snprintf(said, sizeof said, " %d ", LIMIT_COMMAND);
	ck_assert_ptr_nonnull(strstr(why, said));
	text[LIMIT_COMMAND] = '\n';
	ck_assert_int_eq(driver_check(&driver_piserial, text,
	    LIMIT_COMMAND + 1, &why), 0);
}
END_TEST

static const struct {
	const char	*text;
	int		 error;
} commands[] = {
	{ "c", 0 }, { "c1", 0 }, { "z0123456789ABCDEF", 0 }, { "c1\n", 0 },
	{ "c1\r\n", 0 }, { "", -EINVAL }, { "\n", -EINVAL },
	{ "1", -EINVAL }, { "C", -EINVAL }, { "ca", -EINVAL },
	{ "cG", -EINVAL }, { "c 1", -EINVAL }, { " c1", -EINVAL },
	{ "c1\n\n", -EINVAL }, { "c1\nd1", -EINVAL }, { "c\xc3\xa9", -EINVAL },
	{ "O", -EINVAL }, { "`", -EINVAL }, { "{", -EINVAL }, { "c/", -EINVAL },
	{ "c:", -EINVAL }, { "c@", -EINVAL },
};

START_TEST(command_is_checked)
{
	const char	*why = NULL;

	ck_assert_int_eq(driver_check(&driver_piserial, commands[_i].text,
	    strlen(commands[_i].text), &why), commands[_i].error);
}
END_TEST

/* Sends all that there is to send; then that time passes. */
static void
go_on(struct driver *d, uint64_t now)
{
	struct driver_event	 event;
	const uint8_t		*bytes;
	size_t			 n;

	while ((n = driver_output(d, &bytes)) > 0)
		driver_sent(d, n, now);
	while (driver_deadline(d) <= now)
		driver_tick(d, now, &event);
}

/* Feeds it; how much of it was output of the running command. */
static size_t
output_of(struct driver *d, const uint8_t *text, size_t len, uint64_t now)
{
	struct driver_event	event;
	size_t			off, output = 0;

	for (off = 0; off < len; ) {
		off += driver_feed(d, text + off, len - off, now, &event);
		output += event.type == DRIVER_OUTPUT ? event.len : 0;
	}
	return output;
}

/* A command of the board is as long as it may be; a longer one is none. */
START_TEST(board_command_limit)
{
	struct driver_options	 options = { 0 };
	struct driver_job	 job = { .text = "n", .len = 1 };
	struct driver		*d = driver_create(&driver_piserial, &options);
	uint8_t			 text[LIMIT_COMMAND + 2];
	size_t			 extra;

	driver_open(d, 0, false, 0);
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	go_on(d, 0);
	output_of(d, (const uint8_t *)"RR", 2, 0);
	go_on(d, 50);
	go_on(d, 50);
	for (extra = 0; extra < 2; extra++) {
		memset(text, '0', sizeof text);
		text[0] = 'w';
		text[LIMIT_COMMAND + extra] = '\n';
		ck_assert_uint_eq(output_of(d, text, LIMIT_COMMAND + extra + 1,
		    100), extra == 0 ? LIMIT_COMMAND + 1 : 0);
	}
	driver_destroy(d);
}
END_TEST

START_TEST(drivers_are_found)
{
	ck_assert_ptr_eq(driver_find("repl"), &driver_repl);
	ck_assert_ptr_eq(driver_find("piserial"), &driver_piserial);
	ck_assert_ptr_eq(driver_find("auto"), &driver_auto);
	ck_assert_ptr_null(driver_find("modem"));
	driver_destroy(NULL);
}
END_TEST

int
main(void)
{
	Suite		*suite = suite_create("piserial");
	TCase		*tc = tcase_create("piserial");
	int		 status;

	dialogues = dialogues_read("tests/dialogues/piserial.txt");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, dialogue_all_ways, 0, (int)dialogues->n);
	tcase_add_loop_test(tc, dialogue_all_faults, 0, (int)dialogues->n);
	tcase_add_loop_test(tc, command_is_checked, 0,
	    sizeof commands / sizeof *commands);
	tcase_add_test(tc, command_length_limit);
	tcase_add_test(tc, board_command_limit);
	tcase_add_test(tc, drivers_are_found);
	suite_add_tcase(suite, tc);

	status = suite_run(suite);
	dialogues_free(dialogues);
	return status;
}
