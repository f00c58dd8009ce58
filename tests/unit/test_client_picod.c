/* SPDX-License-Identifier: MIT */
/*
 * libpicod against a server that says what the test prescribes: its contracts,
 * and what becomes of a conversation that goes wrong.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/lib/picod.h"
#include "client/lib/picod_json.h"
#include "protocol/error.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/suite.h"

START_TEST(test_socket_path)
{
	char	buf[64] = "";

	setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
	unsetenv("PICOD_SOCKET");
	ck_assert_int_eq(picod_socket_path(NULL, buf, sizeof buf), 0);
	ck_assert_str_eq(buf, "/run/picod/io.picod");
	setenv("PICOD_SOCKET", "/a/b", 1);
	ck_assert_int_eq(picod_socket_path(NULL, buf, sizeof buf), 0);
	ck_assert_str_eq(buf, "/a/b");
	ck_assert_int_eq(picod_socket_path("c", buf, sizeof buf), 0);
	ck_assert_str_eq(buf, "c");
	ck_assert_int_eq(picod_socket_path("cd", buf, 3), 0);
	ck_assert_int_eq(picod_socket_path("cde", buf, 3), -ENAMETOOLONG);
}
END_TEST

START_TEST(test_connect_failures)
{
	struct picod	*picod = NULL;
	char		 path[200];

	ck_assert_int_eq(picod_connect("/nowhere/s", &picod), -ENOENT);
	ck_assert_int_eq(picod_connect("/dev/null", &picod), -ECONNREFUSED);
	memset(path, 'x', sizeof path);
	path[sizeof path - 1] = '\0';
	ck_assert_int_eq(picod_connect(path, &picod), -ENAMETOOLONG);
	ck_assert_ptr_null(picod);
	picod_close(NULL);
}
END_TEST

START_TEST(test_call)
{
	const char	*replies[] = { "{\"parameters\":{\"boot\":3}}", "{}",
			    "{\"parameters\":null}", NULL };
	struct picod	*picod = server_start(replies);
	char		*reply = NULL;

	ck_assert_int_eq(picod_call(picod, "io.picod.Reset",
	    "{\"board\":\"a\"}", &reply), 0);
	ck_assert_str_eq(reply, "{\"boot\":3}");
	free(reply);
	ck_assert_int_eq(picod_call(picod, "io.picod.Drop", NULL, &reply), 0);
	ck_assert_str_eq(reply, "{}");
	free(reply);
	ck_assert_int_eq(picod_call(picod, "io.picod.Drop", "{}", NULL), 0);
	ck_assert_str_eq(picod_message(picod), "no error");
	ck_assert_ptr_null(picod_error_name(picod));
	server_stop(picod);
	ck_assert_str_eq(server.calls,
	    "{\"method\":\"io.picod.Reset\",\"parameters\":{\"board\":\"a\"}}\n"
	    "{\"method\":\"io.picod.Drop\",\"parameters\":{}}\n"
	    "{\"method\":\"io.picod.Drop\",\"parameters\":{}}\n");
}
END_TEST

START_TEST(test_parameters_that_are_none)
{
	const char	*replies[] = { "{}", NULL };
	struct picod	*picod = server_start(replies);

	ck_assert_int_eq(picod_call(picod, "a.B", "[]", NULL), -EINVAL);
	ck_assert_int_eq(picod_call(picod, "a.B", "{", NULL), -EINVAL);
	ck_assert_int_eq(picod_call(picod, "a.B", "", NULL), -EINVAL);
	ck_assert_int_eq(picod_call(picod, "a.B", "{}", NULL), 0);
	server_stop(picod);
}
END_TEST

/* Counts replies; ends the call at the one whose number stop has. */
struct counter {
	int	count, stop, result;
	bool	continues;
};

static int
counter_cb(const char *parameters, bool continues, void *arg)
{
	struct counter	*counter = arg;
	char		 expected[32];

	snprintf(expected, sizeof expected, "{\"n\":%d}", ++counter->count);
	ck_assert_str_eq(parameters, expected);
	counter->continues = continues;
	return counter->count == counter->stop ? counter->result : 0;
}

#define THREE_REPLIES \
	"{\"parameters\":{\"n\":1},\"continues\":true}\0" \
	"{\"parameters\":{\"n\":2},\"continues\":true}\0" \
	"{\"parameters\":{\"n\":3}}"

START_TEST(test_call_more)
{
	const char	*replies[] = { THREE_REPLIES, "{}", NULL };
	struct picod	*picod = server_start(replies);
	struct counter	 counter = { 0 };

	server.replies_len[0] = sizeof THREE_REPLIES;
	ck_assert_int_eq(picod_call_more(picod, "io.picod.Watch", NULL,
	    counter_cb, &counter), 0);
	ck_assert_int_eq(counter.count, 3);
	ck_assert(!counter.continues);
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), 0);
	server_stop(picod);
	ck_assert_ptr_nonnull(strstr(server.calls, "\"more\":true"));
}
END_TEST

START_TEST(test_call_more_stopped)
{
	const char	*replies[] = { THREE_REPLIES, "{}", NULL };
	struct picod	*picod = server_start(replies);
	struct counter	 counter = { .stop = 2, .result = 42 };

	server.replies_len[0] = sizeof THREE_REPLIES;
	ck_assert_int_eq(picod_call_more(picod, "io.picod.Watch", NULL,
	    counter_cb, &counter), 42);
	ck_assert_int_eq(counter.count, 2);
	ck_assert_str_eq(picod_message(picod), "no error");
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), -ECONNRESET);
	server_stop(picod);
}
END_TEST

/* As a program with a loop of its own does: how many times it handed over. */
static int
loop_until_it_ends(struct picod *picod, struct counter *counter, int *rounds)
{
	struct pollfd	fd = { picod_fd(picod), POLLIN, 0 };
	int		error;

	*rounds = 0;
	do {
		poll(&fd, 1, -1);
		error = picod_process(picod, counter_cb, counter);
	} while (++*rounds < 9 && error == 1);
	return error;
}

/* A callback's own 1 is not taken for "more are to come". */
START_TEST(test_process_stopped)
{
	static const struct {
		int	result, error;
	} cases[] = { { 42, 42 }, { -7, -7 }, { 1, -ECANCELED } };
	const char	*replies[] = { THREE_REPLIES, "{}", NULL };
	struct picod	*picod = server_start(replies);
	struct counter	 counter = { .stop = 2, .result = cases[_i].result };
	int		 rounds;

	server.replies_len[0] = sizeof THREE_REPLIES;
	ck_assert_int_eq(picod_begin(picod, "io.picod.Watch", NULL, true), 0);
	ck_assert_int_eq(loop_until_it_ends(picod, &counter, &rounds),
	    cases[_i].error);
	ck_assert_int_eq(counter.count, 2);
	ck_assert_int_eq(picod_process(picod, counter_cb, &counter),
	    -ECONNRESET);
	ck_assert_int_eq(counter.count, 2);
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), -ECONNRESET);
	server_stop(picod);
}
END_TEST

START_TEST(test_process_stopped_at_the_end)
{
	const char	*replies[] = { THREE_REPLIES, "{}", NULL };
	struct picod	*picod = server_start(replies);
	struct counter	 counter = { .stop = 3, .result = 1 };
	int		 rounds;

	server.replies_len[0] = sizeof THREE_REPLIES;
	ck_assert_int_eq(picod_begin(picod, "io.picod.Watch", NULL, true), 0);
	ck_assert_int_eq(loop_until_it_ends(picod, &counter, &rounds),
	    -ECANCELED);
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), 0);
	server_stop(picod);
}
END_TEST

/* Stopped at the last reply, there is nothing to shut down. */
START_TEST(test_call_more_stopped_at_the_end)
{
	const char	*replies[] = { THREE_REPLIES, "{}", NULL };
	struct picod	*picod = server_start(replies);
	struct counter	 counter = { .stop = 3, .result = 42 };

	server.replies_len[0] = sizeof THREE_REPLIES;
	ck_assert_int_eq(picod_call_more(picod, "io.picod.Watch", NULL,
	    counter_cb, &counter), 42);
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), 0);
	server_stop(picod);
}
END_TEST

static int
never_cb(const struct picod_event *event, void *arg)
{
	(void)event, (void)arg;
	ck_abort_msg("nothing was watched");
}

/* Calls that fail before they are sent. */
static int
refused_call(struct picod *picod, int which)
{
	struct picod_result	 result;
	struct picod_file	*files;
	size_t			 n;
	void			*bytes;
	int			 error;

	switch (which) {
	case 0: return picod_call(picod, "a.B", "[1]", NULL);
	case 1: return picod_call_more(picod, "a.B", "", counter_cb, NULL);
	case 2: return picod_begin(picod, "a.B", "{", true);
	case 3: return picod_process(picod, counter_cb, NULL);
	case 4: return picod_watch(picod, "\xff", true, never_cb, NULL);
	case 5: return picod_watch_begin(picod, "\xff", false);
	case 6: return picod_write_file(picod, "b", "\xff", "x", 1, NULL, NULL,
		    NULL);
	case 7: return picod_read_file(picod, "\xff", "a", NULL, NULL, &bytes,
		    &n);
	case 8: return picod_list_files(picod, "b", "\xff", true, true, &files,
		    &n);
	case 9: return picod_remove_file(picod, "\xff", "a", true);
	case 10: return picod_make_directory(picod, "b", "\xff");
	case 11: return picod_rename_file(picod, "b", "a", "\xff");
	case 12: return picod_json_begin(picod, "a.B", NULL, false);
	default:
		error = picod_send(picod, "b", "\xff\xfe", 0, &result);
		picod_result_finish(&result);
		return error;
	}
}

/* What is said of them is about them, not about a call before. */
START_TEST(test_refused_calls)
{
	const char	*replies[] = { "{\"error\":\"io.picod.NoSuchBoard\","
			    "\"parameters\":{\"message\":\"none\"}}", "{}",
			    NULL };
	struct picod	*picod = server_start(replies);

	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL),
	    PICOD_NO_SUCH_BOARD);
	ck_assert_str_eq(picod_message(picod), "none");
	ck_assert_int_eq(refused_call(picod, _i), -EINVAL);
	ck_assert_str_eq(picod_message(picod), "there is no call, or its "
	    "parameters are no JSON object in UTF-8");
	ck_assert_ptr_null(picod_error_name(picod));
	ck_assert_ptr_null(picod_error_parameters(picod));
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), 0);
	server_stop(picod);
}
END_TEST

START_TEST(test_call_within_a_call)
{
	const char	*replies[] = { "{}", NULL };
	struct picod	*picod = server_start(replies);
	json_t		*reply;
	bool		 continues;

	ck_assert_int_eq(picod_begin(picod, "a.B", NULL, false), 0);
	ck_assert_int_eq(picod_call(picod, "a.C", NULL, NULL), -EBUSY);
	ck_assert_str_eq(picod_message(picod),
	    "the call before is not over yet");
	ck_assert_int_eq(picod_json_next(picod, &reply, &continues), 0);
	json_decref(reply);
	server_stop(picod);
	ck_assert_str_eq(server.calls,
	    "{\"method\":\"a.B\",\"parameters\":{}}\n");
}
END_TEST

/* A piece of a file that is none: there is no knowing what else would come. */
START_TEST(test_file_that_is_none)
{
	const char	*replies[] = { "{\"parameters\":{\"data\":\"?\"},"
			    "\"continues\":true}", "{}", NULL };
	struct picod	*picod = server_start(replies);
	void		*bytes;
	size_t		 len;

	ck_assert_int_eq(picod_read_file(picod, "b", "a", NULL, NULL, &bytes,
	    &len), -EBADMSG);
	ck_assert_str_eq(picod_message(picod),
	    "what answers at the socket is not picod");
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), -EBADMSG);
	server_stop(picod);
}
END_TEST

static const struct {
	const char	*reply;
	int		 error;
} nonsense[] = {
	{ NULL, -ECONNRESET },
	{ "hello", -EBADMSG },
	{ "[]", -EBADMSG },
	{ "{\"parameters\":[]}", -EBADMSG },
	{ "{\"error\":3}", -EBADMSG },
	{ "{\"continues\":true}", -EBADMSG },	/* more was not asked for */
};

/* A conversation that went wrong stays wrong. */
START_TEST(test_nonsense)
{
	const char	*replies[] = { nonsense[_i].reply, "{}", NULL };
	struct picod	*picod = server_start(replies);
	json_t		*reply;

	ck_assert_int_eq(picod_json_call(picod, "a.B", json_object(), &reply),
	    nonsense[_i].error);
	ck_assert_str_ne(picod_message(picod), "no error");
	ck_assert_int_eq(picod_json_call(picod, "a.B", json_object(), &reply),
	    nonsense[_i].error);
	server_stop(picod);
}
END_TEST

/* Every error of the interface has its code, its name and a sentence. */
START_TEST(test_errors)
{
	char		 reply[200];
	const char	*replies[] = { reply, "{}", NULL };
	struct picod	*picod;
	int		 code;

	snprintf(reply, sizeof reply, "{\"error\":\"io.picod.%s\"}",
	    error_name(_i));
	picod = server_start(replies);
	code = picod_call(picod, "a.B", NULL, NULL);
	ck_assert_int_gt(code, 0);
	ck_assert_int_ne(code, PICOD_OTHER_ERROR);
	ck_assert_str_eq(picod_message(picod), error_sentence(_i));
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), 0);
	ck_assert_ptr_null(picod_error_name(picod));
	server_stop(picod);
}
END_TEST

/* picod's good-bye is the end of the connection, with its sentence. */
START_TEST(test_good_bye)
{
	const char	*replies[] = {
		"{\"error\":\"io.picod.Disconnected\",\"parameters\":{"
		"\"board\":\"b\",\"message\":\"b went away\"}}",
		"{\"error\":\"io.picod.Disconnected\",\"parameters\":{"
		"\"board\":\"\",\"message\":\"picod has ended\"}}", NULL };
	struct picod	*picod = server_start(replies);

	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL),
	    PICOD_DISCONNECTED);
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), -ECONNRESET);
	ck_assert_str_eq(picod_message(picod), "picod has ended");
	ck_assert_str_eq(picod_error_name(picod), "io.picod.Disconnected");
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), -ECONNRESET);
	server_stop(picod);
}
END_TEST

START_TEST(test_other_error)
{
	const char	*replies[] = { "{\"error\":\"io.picod.New\","
			    "\"parameters\":{\"message\":\"news\"}}",
			    "{\"error\":\"x.y.Z\"}", NULL };
	struct picod	*picod = server_start(replies);

	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL),
	    PICOD_OTHER_ERROR);
	ck_assert_str_eq(picod_message(picod), "news");
	ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL),
	    PICOD_OTHER_ERROR);
	ck_assert_str_eq(picod_message(picod),
	    "picod answered with an error that is not known here");
	server_stop(picod);
}
END_TEST

/* Which one it was stands in the error, but in no sentence. */
START_TEST(test_refused_parameter)
{
	const char	*replies[] = { "{\"error\":\"org.varlink.service."
			    "InvalidParameter\",\"parameters\":{"
			    "\"parameter\":\"path\"}}", "{\"error\":"
			    "\"org.varlink.service.InvalidParameter\"}", NULL };
	struct picod	*picod = server_start(replies);

	ck_assert_int_eq(picod_remove_file(picod, NULL, "x", false),
	    PICOD_OTHER_ERROR);
	ck_assert_str_eq(picod_message(picod),
	    "picod does not take the parameter \"path\" as it was given");
	ck_assert_int_eq(picod_remove_file(picod, NULL, "x", false),
	    PICOD_OTHER_ERROR);
	ck_assert_str_eq(picod_message(picod),
	    "picod does not take these parameters");
	server_stop(picod);
}
END_TEST

static void
ignore_cb(int signal_number)
{
	(void)signal_number;
}

/* A signal in the middle of a wait does not end it. */
START_TEST(test_signals)
{
	const char		*replies[] = { "{}", NULL };
	struct sigaction	 action = { .sa_handler = ignore_cb }, old;
	struct picod		*picod;
	timer_t			 timer;
	struct itimerspec	 often = {
		.it_value.tv_nsec = 100000, .it_interval.tv_nsec = 100000,
	};
	int			 i;

	sigaction(SIGALRM, &action, &old);
	ck_assert_int_eq(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
	ck_assert_int_eq(timer_settime(timer, 0, &often, NULL), 0);
	for (i = 0; i < 50; i++) {
		picod = server_start(replies);
		ck_assert_int_eq(picod_call(picod, "a.B", NULL, NULL), 0);
		server_stop(picod);
	}
	timer_delete(timer);
	sigaction(SIGALRM, &old, NULL);
}
END_TEST

static void
add_calls(TCase *tcase)
{
	tcase_add_test(tcase, test_call);
	tcase_add_test(tcase, test_parameters_that_are_none);
	tcase_add_test(tcase, test_call_more);
	tcase_add_test(tcase, test_call_more_stopped);
	tcase_add_test(tcase, test_call_more_stopped_at_the_end);
	tcase_add_loop_test(tcase, test_process_stopped, 0, 3);
	tcase_add_test(tcase, test_process_stopped_at_the_end);
	tcase_add_loop_test(tcase, test_refused_calls, 0, 14);
	tcase_add_test(tcase, test_call_within_a_call);
	tcase_add_test(tcase, test_file_that_is_none);
	tcase_add_loop_test(tcase, test_nonsense, 0,
	    sizeof nonsense / sizeof *nonsense);
	tcase_add_loop_test(tcase, test_errors, ERROR_NONE + 1, ERROR_COUNT);
	tcase_add_test(tcase, test_good_bye);
	tcase_add_test(tcase, test_other_error);
	tcase_add_test(tcase, test_refused_parameter);
	tcase_add_test(tcase, test_signals);
}

int
main(void)
{
	Suite	*suite = suite_create("client picod");
	TCase	*tcase = tcase_create("picod");

	tcase_add_checked_fixture(tcase, server_environment, NULL);
	tcase_add_test(tcase, test_socket_path);
	tcase_add_test(tcase, test_connect_failures);
	add_calls(tcase);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
