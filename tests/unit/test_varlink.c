/* SPDX-License-Identifier: MIT */
/* Varlink frames: cut anywhere, over the limit, and no messages at all. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/varlink.h"
#include "tests/unit/suite.h"

#define CALL	"{\"method\":\"io.picod.Send\",\"parameters\":{\"text\":\"a\\u0000b\"},\"more\":true}"
#define STREAM	CALL "\0" "{\"method\":\"x.Y\"}" "\0"

/* Feeds a stream in pieces and counts the messages. */
static int
feed(struct varlink_decoder *d, const char *buf, size_t len, size_t piece,
    struct varlink_call *calls)
{
	json_t	*message;
	ssize_t	 n;
	size_t	 part;
	int	 count = 0;

	while (len > 0) {
		part = len < piece ? len : piece;
		n = varlink_decoder_feed(d, buf, part, &message);
		ck_assert_int_gt(n, 0);
		ck_assert_int_le(n, (ssize_t)part);
		if (message != NULL)
			ck_assert_int_eq(varlink_call_parse(message,
			    &calls[count++]), 0);
		buf += n;
		len -= (size_t)n;
	}
	return count;
}

START_TEST(test_cut_everywhere)
{
	struct varlink_decoder	d;
	struct varlink_call	calls[2];
	json_t			*text;
	size_t			piece;

	for (piece = 1; piece <= sizeof STREAM; piece++) {
		varlink_decoder_init(&d, 1024, 16);
		ck_assert_int_eq(feed(&d, STREAM, sizeof STREAM - 1, piece,
		    calls), 2);
		ck_assert(!varlink_decoder_pending(&d));
		ck_assert_str_eq(calls[0].method, "io.picod.Send");
		ck_assert(calls[0].more && !calls[0].oneway);
		text = json_object_get(calls[0].parameters, "text");
		ck_assert_uint_eq(json_string_length(text), 3);
		ck_assert_str_eq(calls[1].method, "x.Y");
		ck_assert(json_is_object(calls[1].parameters));
		varlink_call_finish(&calls[0]);
		varlink_call_finish(&calls[1]);
		varlink_decoder_finish(&d);
	}
}
END_TEST

START_TEST(test_limit_and_one_past_it)
{
	struct varlink_decoder	d;
	json_t			*message;
	const char		good[] = "{\"method\":\"a.B\"}";
	size_t			len = sizeof good - 1, cut;

	for (cut = 0; cut < len; cut++) {
		varlink_decoder_init(&d, len, 16);
		if (cut > 0)
			ck_assert_int_eq(varlink_decoder_feed(&d, good, cut,
			    &message), (ssize_t)cut);
		ck_assert_int_eq(varlink_decoder_feed(&d, good + cut,
		    len + 1 - cut, &message), (ssize_t)(len + 1 - cut));
		ck_assert_ptr_nonnull(message);
		json_decref(message);
		varlink_decoder_finish(&d);

		varlink_decoder_init(&d, len - 1, 16);
		if (cut > 0)
			ck_assert_int_eq(varlink_decoder_feed(&d, good, cut,
			    &message), (ssize_t)cut);
		ck_assert_int_eq(varlink_decoder_feed(&d, good + cut,
		    len + 1 - cut, &message), -EMSGSIZE);
		varlink_decoder_finish(&d);
	}
}
END_TEST

/* So many values, members' names among them, and what strings do not add. */
START_TEST(test_values_and_one_past_them)
{
	static const struct { const char *text; size_t values; } texts[] = {
		{ "{}", 2 }, { "{\"a\":1}", 3 }, { "{\"a\":[1,2,3]}", 6 },
		{ "{\"a\":{\"b\":{}},\"c\":0}", 8 },
		{ "{\",:[{\":\",:[{\\\",:[{\\\\\"}", 3 },
	};
	struct varlink_decoder	d;
	json_t			*message;
	const char		*text = texts[_i].text;

	varlink_decoder_init(&d, 1024, texts[_i].values);
	ck_assert_int_eq(varlink_decoder_feed(&d, text, strlen(text) + 1,
	    &message), (ssize_t)strlen(text) + 1);
	json_decref(message);
	varlink_decoder_init(&d, 1024, texts[_i].values - 1);
	ck_assert_int_eq(varlink_decoder_feed(&d, text, strlen(text) + 1,
	    &message), -EMSGSIZE);
}
END_TEST

START_TEST(test_no_messages)
{
	static const char *const	bad[] = {
		"", "{", "[]", "1", "\"a\"", "{} {}", "{\"a\":}", "\xff",
	};
	struct varlink_decoder		 d;
	json_t				*message;

	varlink_decoder_init(&d, 1024, 16);
	ck_assert_int_eq(varlink_decoder_feed(&d, bad[_i], strlen(bad[_i]) + 1,
	    &message), -EBADMSG);
	ck_assert_ptr_null(message);
	varlink_decoder_finish(&d);
}
END_TEST

START_TEST(test_no_calls)
{
	static const char *const	bad[] = {
		"{}", "{\"method\":1}", "{\"method\":\"a\\u0000b\"}",
		"{\"method\":\"a.B\",\"parameters\":[]}",
		"{\"method\":\"a.B\",\"more\":1}",
		"{\"method\":\"a.B\",\"oneway\":\"yes\"}",
		"{\"method\":\"a.B\",\"upgrade\":{}}",
	};
	struct varlink_call		 call;

	ck_assert_int_eq(varlink_call_parse(json_loads(bad[_i], JSON_ALLOW_NUL,
	    NULL), &call), -EBADMSG);
}
END_TEST

static void
check_encoded(json_t *message, const char *expected)
{
	size_t	 len;
	char	*text = varlink_encode(message, &len);

	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(len, strlen(expected) + 1);
	free(text);
	json_decref(message);
}

START_TEST(test_encode)
{
	check_encoded(varlink_call_new("a.B", NULL, true, false),
	    "{\"method\":\"a.B\",\"parameters\":{},\"more\":true}");
	check_encoded(varlink_call_new("a.B", NULL, false, true),
	    "{\"method\":\"a.B\",\"parameters\":{},\"oneway\":true}");
	check_encoded(varlink_reply_new(json_pack("{s:s%}", "x", "a\0b",
	    (size_t)3), true),
	    "{\"parameters\":{\"x\":\"a\\u0000b\"},\"continues\":true}");
	check_encoded(varlink_reply_new(NULL, false), "{\"parameters\":{}}");
	check_encoded(varlink_error_new("a.C", NULL),
	    "{\"error\":\"a.C\",\"parameters\":{}}");
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("varlink");
	TCase	*tc = tcase_create("varlink");

	tcase_add_test(tc, test_cut_everywhere);
	tcase_add_test(tc, test_limit_and_one_past_it);
	tcase_add_loop_test(tc, test_values_and_one_past_them, 0, 5);
	tcase_add_loop_test(tc, test_no_messages, 0, 8);
	tcase_add_loop_test(tc, test_no_calls, 0, 7);
	tcase_add_test(tc, test_encode);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
