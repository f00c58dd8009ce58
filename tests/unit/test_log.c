/* SPDX-License-Identifier: MIT */
/* What goes to standard error, and when the journal is asked. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "tests/unit/suite.h"

static int	saved;
static FILE	*captured;

static void
setup(void)
{
	saved = dup(STDERR_FILENO);
	captured = tmpfile();
	ck_assert_ptr_nonnull(captured);
	dup2(fileno(captured), STDERR_FILENO);
	unsetenv("JOURNAL_STREAM");
}

static void
teardown(void)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	fclose(captured);
}

/* All that was written so far. */
static const char *
text(void)
{
	static char	buf[4096];
	ssize_t		n = pread(fileno(captured), buf, sizeof buf - 1, 0);

	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

START_TEST(a_terminal_gets_plain_lines)
{
	struct log_about	about = { "pico0", 42, LOG_ATTACH };

	log_init(false);
	log_warn("one %d", 1);
	log_info_about(&about, "board pico0 is there");
	ck_assert_str_eq(text(), "picod: one 1\npicod: board pico0 is there\n");
}
END_TEST

START_TEST(debugging_is_said_only_when_asked)
{
	log_init(false);
	log_debug("quiet");
	ck_assert_str_eq(text(), "");
	log_init(true);
	log_debug("loud");
	ck_assert_str_eq(text(), "picod: loud\n");
}
END_TEST

START_TEST(long_messages_are_cut)
{
	char	longer[5000];

	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	log_init(false);
	log_error("%s", longer);
	ck_assert_uint_eq(strlen(text()), strlen("picod: \n") + 1023);
}
END_TEST

START_TEST(a_message_is_one_line)
{
	log_init(false);
	log_info("two\nlines\033[31m\x7f gr\xc3\xbcn");
	ck_assert_str_eq(text(), "picod: two?lines?[31m? gr\xc3\xbcn\n");
}
END_TEST

START_TEST(a_stream_that_is_not_the_journals_gets_lines)
{
	struct stat	st;
	char		stream[64];

	/* It is inherited by programs whose standard error goes elsewhere. */
	fstat(fileno(captured), &st);
	snprintf(stream, sizeof stream, "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino + 1);
	setenv("JOURNAL_STREAM", stream, 1);
	log_init(false);
	log_info("here");
	ck_assert_str_eq(text(), "picod: here\n");
}
END_TEST

START_TEST(the_journals_stream_gets_entries_instead)
{
	struct stat	st;
	char		stream[64];

	fstat(fileno(captured), &st);
	snprintf(stream, sizeof stream, "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	log_init(false);
	log_info("elsewhere");
	ck_assert_str_eq(text(), "");
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("log");
	TCase	*tcase = tcase_create("log");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_terminal_gets_plain_lines);
	tcase_add_test(tcase, debugging_is_said_only_when_asked);
	tcase_add_test(tcase, long_messages_are_cut);
	tcase_add_test(tcase, a_message_is_one_line);
	tcase_add_test(tcase, a_stream_that_is_not_the_journals_gets_lines);
	tcase_add_test(tcase, the_journals_stream_gets_entries_instead);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
