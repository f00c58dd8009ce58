/* SPDX-License-Identifier: MIT */
/* How libpicod tells what a statement did, and what is watched. */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "client/lib/picod.h"
#include "tests/unit/fake_server.h"
#include "tests/unit/suite.h"

START_TEST(test_send)
{
	const char		*replies[] = { "{\"parameters\":{\"output\":"
				    "\"a\\u0000b\\n\",\"boot\":77,\"status\":"
				    "\"OK\",\"data\":\"YQBi/w==\"}}", NULL };
	struct picod		*picod;
	struct picod_result	 result;

	setenv("PICOD_BOARD", "b0", 1);
	setenv("PICOD_HOLD", "t", 1);
	picod = server_start(replies);
	ck_assert_int_eq(picod_send(picod, NULL, "2 + 2", 500, &result), 0);
	ck_assert_uint_eq(result.output_len, 4);
	ck_assert_mem_eq(result.output, "a\0b\n", 5);
	ck_assert_uint_eq(result.data_len, 4);
	ck_assert_mem_eq(result.data, "a\0b\xff", 4);
	ck_assert_str_eq(result.status, "OK");
	ck_assert_ptr_null(result.traceback);
	ck_assert_ptr_null(result.notice);
	ck_assert_int_eq(result.boot, 77);
	picod_result_finish(&result);
	ck_assert_ptr_null(result.output);
	picod_result_finish(&result);
	server_stop(picod);
	ck_assert_str_eq(server.calls, "{\"method\":\"io.picod.Send\","
	    "\"parameters\":{\"board\":\"b0\",\"hold\":\"t\","
	    "\"text\":\"2 + 2\",\"timeout\":500}}\n");
}
END_TEST

START_TEST(test_send_fails)
{
	const char		*replies[] = { "{\"error\":"
				    "\"io.picod.StatementFailed\","
				    "\"parameters\":{\"output\":\"x\","
				    "\"traceback\":\"T\",\"boot\":7,"
				    "\"notice\":\"N\","
				    "\"message\":\"it raised\"}}", NULL };
	struct picod		*picod = server_start(replies);
	struct picod_result	 result;

	ck_assert_int_eq(picod_send(picod, "a", "1/0", PICOD_NO_TIMEOUT,
	    &result), PICOD_STATEMENT_FAILED);
	ck_assert_str_eq(result.output, "x");
	ck_assert_str_eq(result.traceback, "T");
	ck_assert_str_eq(result.notice, "N");
	ck_assert_int_eq(result.boot, 7);
	ck_assert_str_eq(picod_message(picod), "it raised");
	ck_assert_str_eq(picod_error_name(picod), "io.picod.StatementFailed");
	ck_assert_ptr_nonnull(strstr(picod_error_parameters(picod),
	    "\"traceback\":\"T\""));
	picod_result_finish(&result);
	server_stop(picod);
}
END_TEST

#define THREE_EVENTS \
	"{\"parameters\":{\"board\":\"a\",\"event\":\"output\",\"time\":9," \
	"\"boot\":7,\"output\":\"x?\",\"data\":\"eP8=\"},\"continues\":true}\0" \
	"{\"parameters\":{\"board\":\"\",\"event\":\"lost\",\"time\":10," \
	"\"reason\":\"R\"},\"continues\":true}\0" \
	"{\"parameters\":{\"board\":\"a\"},\"continues\":true}"

static int
event_cb(const struct picod_event *event, void *arg)
{
	int	*count = arg;

	if (++*count == 1) {
		ck_assert_str_eq(event->board, "a");
		ck_assert_str_eq(event->kind, "output");
		ck_assert_int_eq(event->time_us, 9);
		ck_assert_int_eq(event->boot, 7);
		ck_assert_str_eq(event->output, "x?");
		ck_assert_uint_eq(event->output_len, 2);
		ck_assert_uint_eq(event->data_len, 2);
		ck_assert_mem_eq(event->data, "x\xff", 2);
		ck_assert_ptr_null(event->state);
		ck_assert_ptr_null(event->reason);
		return 0;
	}
	ck_assert_str_eq(event->board, "");
	ck_assert_str_eq(event->reason, "R");
	ck_assert_ptr_null(event->output);
	ck_assert_ptr_null(event->data);
	return 0;
}

/* The last of them is none. */
START_TEST(test_watch)
{
	const char	*replies[] = { THREE_EVENTS, NULL };
	struct picod	*picod = server_start(replies);
	int		 count = 0;

	server.replies_len[0] = sizeof THREE_EVENTS;
	ck_assert_int_eq(picod_watch(picod, "\xff", true, event_cb, &count),
	    -EINVAL);
	ck_assert_int_eq(picod_watch(picod, "a", true, event_cb, &count),
	    -EBADMSG);
	ck_assert_str_eq(picod_message(picod),
	    "what answers at the socket is not picod");
	ck_assert_int_eq(count, 2);
	server_stop(picod);
	ck_assert_str_eq(server.calls, "{\"method\":\"io.picod.Watch\","
	    "\"parameters\":{\"board\":\"a\",\"history\":true},"
	    "\"more\":true}\n");
}
END_TEST

static int
first_event_cb(const struct picod_event *event, void *arg)
{
	int	*count = arg;

	(void)event;
	++*count;
	return 1;
}

START_TEST(test_watch_stopped)
{
	const char	*replies[] = { THREE_EVENTS, NULL };
	struct picod	*picod = server_start(replies);
	struct pollfd	 fd = { picod_fd(picod), POLLIN, 0 };
	int		 count = 0;

	server.replies_len[0] = sizeof THREE_EVENTS;
	if (_i == 0) {
		ck_assert_int_eq(picod_watch(picod, "a", false, first_event_cb,
		    &count), 1);
	} else {
		ck_assert_int_eq(picod_watch_begin(picod, "a", false), 0);
		poll(&fd, 1, -1);
		ck_assert_int_eq(picod_watch_process(picod, first_event_cb,
		    &count), -ECANCELED);
	}
	ck_assert_int_eq(picod_watch_process(picod, first_event_cb, &count),
	    -ECONNRESET);
	ck_assert_int_eq(count, 1);
	server_stop(picod);
}
END_TEST

START_TEST(test_send_what_is_not_utf8)
{
	const char		*replies[] = { NULL };
	struct picod		*picod = server_start(replies);
	struct picod_result	 result;

	ck_assert_int_eq(picod_send(picod, "a", "\xff", 0, &result), -EINVAL);
	picod_result_finish(&result);
	ck_assert_int_eq(picod_send(picod, "\xff", "a", 0, &result), -EINVAL);
	picod_result_finish(&result);
	server_stop(picod);
	ck_assert_str_eq(server.calls, "");
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("client send");
	TCase	*tcase = tcase_create("send");

	tcase_add_checked_fixture(tcase, server_environment, NULL);
	tcase_add_test(tcase, test_send);
	tcase_add_test(tcase, test_send_fails);
	tcase_add_test(tcase, test_watch);
	tcase_add_loop_test(tcase, test_watch_stopped, 0, 2);
	tcase_add_test(tcase, test_send_what_is_not_utf8);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
