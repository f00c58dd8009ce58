/* SPDX-License-Identifier: MIT */
/* The driver that finds out the language (tests/dialogues/auto.txt). */
#include <check.h>
#include <errno.h>

#include "tests/dialogues/library.h"
#include "tests/dialogues/play.h"
#include "tests/unit/suite.h"

static struct dialogues	*dialogues;

START_TEST(dialogue_all_ways)
{
	const struct dialogue	*d = &dialogues->all[_i];

	if (d->title[0] == '=')
		ck_assert(play_all_ways(&driver_auto, d));
}
END_TEST

/* A board that is a PiSerial one after all, whatever was heard before. */
static struct model	model = {
	.reset = library_reset,
	.hear = library_hear,
	.job = "n",
	.answer = "done ok",
	.banner = "v1\n",
};

/* Only where no REPL was heard: one that was stays found. */
START_TEST(dialogue_all_faults)
{
	const struct dialogue	*d = &dialogues->all[_i];

	if (d->title[0] == '=' && strstr(d->title, "REPL") == NULL &&
	    strstr(d->title, "no asking") == NULL)
		ck_assert(play_all_faults(&driver_auto, d, &model));
}
END_TEST

static struct driver *
heard(const char *text, bool may_interrupt)
{
	struct driver_options	 options = { .may_interrupt = may_interrupt };
	struct driver		*d = driver_create(&driver_auto, &options);
	struct driver_event	 event;
	size_t			 off;

	driver_open(d, 0, false, 0);
	for (off = 0; off < strlen(text); )
		off += driver_feed(d, (const uint8_t *)text + off,
		    strlen(text) - off, 0, &event);
	return d;
}

START_TEST(name_of_what_was_found)
{
	struct driver_job	 job = { .text = "c1", .len = 2 };
	struct driver		*d = heard("", true);

	ck_assert_str_eq(driver_name(d), "auto");
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	ck_assert_int_eq(driver_run(d, &job, 0), -EBUSY);
	ck_assert_str_eq(driver_name(d), "auto");
	driver_destroy(d);
	d = heard("v1\n", false);
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	ck_assert_str_eq(driver_name(d), "piserial");
	driver_destroy(d);
	d = heard(">>> ", false);
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	ck_assert_str_eq(driver_name(d), "repl");
	driver_open(d, 0, false, 0);
	ck_assert_str_eq(driver_name(d), "auto");
	driver_close(d);
	ck_assert_int_eq(driver_run(d, &job, 0), -ENOTCONN);
	driver_destroy(d);
}
END_TEST

/* It is not asked before a boot loader must have left, and then has its time. */
START_TEST(a_repl_behind_a_boot_loader_is_found)
{
	struct driver_options	 options = { .may_interrupt = true };
	struct driver		*d = driver_create(&driver_auto, &options);
	struct driver_job	 job = { .text = "2+2", .len = 3 };
	struct driver_event	 event;
	const char		*answer = "\r\n>>> ";
	const uint8_t		*bytes;
	size_t			 off = 0;

	driver_open(d, 2000, false, 0);
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	ck_assert_uint_eq(driver_output(d, &bytes), 0);
	driver_tick(d, 2000, &event);
	ck_assert_int_eq(event.type, DRIVER_NONE);
	ck_assert_uint_gt(driver_output(d, &bytes), 0);
	driver_tick(d, 2400, &event);
	ck_assert_int_eq(event.type, DRIVER_NONE);
	while (off < strlen(answer))
		off += driver_feed(d, (const uint8_t *)answer + off,
		    strlen(answer) - off, 2400, &event);
	driver_tick(d, 2450, &event);
	ck_assert_int_ne(event.type, DRIVER_LOST);
	driver_destroy(d);
}
END_TEST

/* The end of all that it tells by then; *baud becomes the speed that it wants. */
static enum driver_event_type
ticked(struct driver *d, uint64_t until, unsigned *baud)
{
	struct driver_event	 event = { .type = DRIVER_NONE };
	const uint8_t		*bytes;
	uint64_t		 now = 0;
	size_t			 n;

	while (now < until && event.type != DRIVER_LOST) {
		if ((n = driver_output(d, &bytes)) > 0)
			driver_sent(d, n, now);
		driver_tick(d, now, &event);
		if (event.type == DRIVER_SPEED)
			*baud = event.baud;
		now += event.type == DRIVER_NONE;
	}
	return event.type;
}

/*
 * What comes with the bytes that tell another speed, and after them, is of the
 * speed before: it does not show that it is the right one.
 */
START_TEST(text_that_came_before_the_port_had_the_speed)
{
	static const char	 says[] = "temp 21.5\r\n\6\6\6\6\6\6temp 21.5\r\n";
	struct driver_options	 options = { .find_baud = true,
				    .baud = 115200 };
	struct driver		*d = driver_create(&driver_auto, &options);
	struct driver_job	 job = { .text = "c1", .len = 2 };
	struct driver_event	 event;
	const uint8_t		*bytes;
	unsigned		 baud = 0;
	size_t			 off;

	driver_open(d, 0, false, 0);
	for (off = 0; off < sizeof says - 1; )
		off += driver_feed(d, (const uint8_t *)says + off,
		    sizeof says - 1 - off, 0, &event);
	ck_assert_int_eq(driver_run(d, &job, 0), 0);
	ck_assert_uint_eq(driver_output(d, &bytes), 0);
	driver_tick(d, 0, &event);
	ck_assert_int_eq(event.type, DRIVER_SPEED);
	ck_assert_uint_gt(driver_output(d, &bytes), 0);
	ck_assert_int_eq(ticked(d, 10000, &baud), DRIVER_LOST);
	ck_assert_uint_eq(baud, 115200);
	driver_destroy(d);
}
END_TEST

START_TEST(text_of_either_language)
{
	const char		*why = NULL;
	struct driver_job	 job = { .text = "print(1)", .len = 8 };
	struct driver		*d = heard("v1\n", true);

	ck_assert_int_eq(driver_check(&driver_auto, "c1", 2, &why), 0);
	ck_assert_int_eq(driver_check(&driver_auto, "print(1)", 8, &why), 0);
	ck_assert_int_eq(driver_check(&driver_auto, "", 0, &why), 0);
	ck_assert_int_eq(driver_run(d, &job, 0), -EINVAL);
	driver_destroy(d);
}
END_TEST

int
main(void)
{
	Suite		*suite = suite_create("auto");
	TCase		*tc = tcase_create("auto");
	int		 status;

	dialogues = dialogues_read("tests/dialogues/auto.txt");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, dialogue_all_ways, 0, (int)dialogues->n);
	tcase_add_loop_test(tc, dialogue_all_faults, 0, (int)dialogues->n);
	tcase_add_test(tc, name_of_what_was_found);
	tcase_add_test(tc, a_repl_behind_a_boot_loader_is_found);
	tcase_add_test(tc, text_that_came_before_the_port_had_the_speed);
	tcase_add_test(tc, text_of_either_language);
	suite_add_tcase(suite, tc);

	status = suite_run(suite);
	dialogues_free(dialogues);
	return status;
}
