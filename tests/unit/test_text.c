/* SPDX-License-Identifier: MIT */
/* Bytes of boards as text: line ends, UTF-8, pieces, base64. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/text.h"
#include "tests/unit/suite.h"

#define R "\xef\xbf\xbd"

static const struct {
	const char	*bytes, *text;
	bool		 lossy;
} texts[] = {
	{ "", "", false },
	{ "a\r\nb\r\n", "a\nb\n", false },
	{ "a\rb\n\r", "a\rb\n\r", false },
	{ "\r\r\n", "\r\n", false },
	{ "gr\xc3\xbc\xc3\x9f " "\xe2\x82\xac \xf0\x9f\x90\x8d",
	    "gr\xc3\xbc\xc3\x9f " "\xe2\x82\xac \xf0\x9f\x90\x8d", false },
	{ "a\xffz", "a" R "z", true },
	{ "\xc0\xaf", R R, true },			/* overlong */
	{ "\xed\xa0\x80", R R R, true },		/* a surrogate */
	{ "\xf4\x90\x80\x80", R R R R, true },		/* past U+10FFFF */
	{ "\xe2\x82", R, true },			/* cut: one part */
	{ "\xe2\x82z", R "z", true },
	{ "\xf0\x9f\x90z", R "z", true },
};

START_TEST(test_text)
{
	size_t	 len = strlen(texts[_i].bytes), text_len;
	bool	 lossy;
	char	*text = text_from_bytes(texts[_i].bytes, len, &text_len, &lossy);

	ck_assert_str_eq(text, texts[_i].text);
	ck_assert_uint_eq(text_len, strlen(texts[_i].text));
	ck_assert_int_eq(lossy, texts[_i].lossy);
	free(text);
}
END_TEST

START_TEST(test_nul_is_a_character)
{
	size_t	 len;
	bool	 lossy;
	char	*text = text_from_bytes("a\0b", 3, &len, &lossy);

	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(text, "a\0b", 4);
	ck_assert(!lossy);
	free(text);
}
END_TEST

/* An empty buffer may have no address, as evbuffer_pullup() has none. */
START_TEST(test_nothing)
{
	size_t	 len;
	bool	 lossy;
	char	*text = text_from_bytes(NULL, 0, &len, &lossy);

	ck_assert_str_eq(text, "");
	ck_assert_uint_eq(len, 0);
	free(text);
}
END_TEST

/* In whatever pieces the bytes come, the pieces' texts are the whole's text. */
START_TEST(test_pieces)
{
	static const char	bytes[] =
	    "1\r\n2\r3\n\xc3\xbc\xe2\x82\xac\r\n\xf0\x9f\x90\x8d.\r\n";
	char			joined[64] = "", *text;
	size_t			have = 0, size, n, len, whole_len;
	bool			lossy;
	char			*whole = text_from_bytes(bytes, sizeof bytes - 1,
				    &whole_len, &lossy);

	size = (size_t)_i;
	for (n = 0; n < sizeof bytes - 1; n += len) {
		have = have + size < sizeof bytes - 1 - n ? have + size :
		    sizeof bytes - 1 - n;
		len = n + have == sizeof bytes - 1 ? have :
		    text_whole(bytes + n, have);
		ck_assert_uint_le(have - len, 3);
		text = text_from_bytes(bytes + n, len, &whole_len, &lossy);
		ck_assert(!lossy);
		strcat(joined, text);
		free(text);
		have -= len;
	}
	ck_assert_str_eq(joined, whole);
	free(whole);
}
END_TEST

START_TEST(test_base64)
{
	/* RFC 4648, section 10 */
	static const char *const	vectors[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xfe", "+//+" },
	};
	const char	*bytes = vectors[_i][0], *text = vectors[_i][1];
	char		*encoded = text_base64(bytes, strlen(bytes)), *decoded;
	size_t		 len;

	ck_assert_str_eq(encoded, text);
	ck_assert_int_eq(text_base64_decode(text, strlen(text), &decoded, &len),
	    0);
	ck_assert_uint_eq(len, strlen(bytes));
	ck_assert_mem_eq(decoded, bytes, len);
	free(encoded);
	free(decoded);
}
END_TEST

START_TEST(test_no_base64)
{
	static const char *const	bad[] = { "Z", "Zg=", "Zg=a", "Z===", "Z\xff==" };
	char		*bytes;
	size_t		 len;

	ck_assert_int_eq(text_base64_decode(bad[_i], strlen(bad[_i]), &bytes,
	    &len), -EINVAL);
}
END_TEST

START_TEST(test_clean)
{
	static const char *const	dirty[][2] = {
		{ "", "" }, { "plain text", "plain text" },
		{ "a\tb\r\n\x1b[0m\x7f", "a?b???[0m?" },
		{ "\xc2\x80\xc2\x9f\xc2\xa0", "??\xc2\xa0" },
		{ "\xe2\x82\xac\xf0\x9f\x98\x80", "\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "cut \xe2\x82", "cut ?" }, { "\xff\xfe", "??" },
		{ "\xe2\x82x", "?x" }, { "\xed\xa0\x80", "???" },
		{ "\xc0\xaf", "??" },
	};
	char				text[32];

	strcpy(text, dirty[_i][0]);
	text_clean(text);
	ck_assert_str_eq(text, dirty[_i][1]);
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("text");
	TCase	*tc = tcase_create("text");

	tcase_add_loop_test(tc, test_text, 0, sizeof texts / sizeof *texts);
	tcase_add_test(tc, test_nul_is_a_character);
	tcase_add_test(tc, test_nothing);
	tcase_add_loop_test(tc, test_pieces, 1, 24);
	tcase_add_loop_test(tc, test_base64, 0, 8);
	tcase_add_loop_test(tc, test_no_base64, 0, 5);
	tcase_add_loop_test(tc, test_clean, 0, 10);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
