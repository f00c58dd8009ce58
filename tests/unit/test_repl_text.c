/* SPDX-License-Identifier: MIT */
/* What the REPL driver sees in a text of Python without being a Python. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/repl_text.h"
#include "tests/unit/suite.h"

enum { PROGRAM = REPL_TEXT_PROGRAM, QUIET = REPL_TEXT_QUIET,
	EXPRESSION = REPL_TEXT_EXPRESSION, LINE = REPL_TEXT_LINE };

static const struct {
	const char	*text;
	int		 kind;
	const char	*more;	/* 'o'pen end, needs a 'p'air, 's'imple line */
} texts[] = {
	{ "2 + 2", EXPRESSION, "" },
	{ "on()", EXPRESSION, "" },
	{ "print('a, b: c = d; #')", EXPRESSION, "" },
	{ "f(a, b=1, *c, **d)", EXPRESSION, "" },
	{ "f(a='x)')", EXPRESSION, "" },
	{ "f(1,\n  2)", EXPRESSION, "" },
	{ "f(1,\r\n  2)", EXPRESSION, "" },
	{ "f(1,\t2)", EXPRESSION, "" },
	{ "f('#')", EXPRESSION, "" },
	{ "[i for i in range(3)]", EXPRESSION, "" },
	{ "{'a': 1}['a']", EXPRESSION, "" },
	{ "{}['a']", EXPRESSION, "" },
	{ "x[1:2]", EXPRESSION, "" },
	{ "a == b != c <= d >= e < f > g", EXPRESSION, "" },
	{ "f(a==b)", EXPRESSION, "" },
	{ "a << 1", EXPRESSION, "" },
	{ "not a and b or c in d", EXPRESSION, "" },
	{ "a if b else c", EXPRESSION, "" },
	{ "(lambda x: x)(1)", EXPRESSION, "" },
	{ "(yield)", EXPRESSION, "" },
	{ "(x := 1)", EXPRESSION, "" },
	{ "imports", EXPRESSION, "" },
	{ "passing + as_", EXPRESSION, "" },
	{ "b'\\x00' f'{a}' rb'x'", EXPRESSION, "" },
	{ "'''a'''", EXPRESSION, "" },
	{ "'''two\nlines'''", EXPRESSION, "" },
	{ "\"\"\"a\"\n'b\"\"\"", EXPRESSION, "" },
	{ "''", EXPRESSION, "" },
	{ "''''''", EXPRESSION, "" },
	{ "'it\\'s'", EXPRESSION, "" },
	{ "\xc3\xa9", EXPRESSION, "" },
	{ "1_000.5e3j", EXPRESSION, "" },
	{ "...", EXPRESSION, "" },
	{ "-1", EXPRESSION, "" },
	{ "1 + )", PROGRAM, "o" },
	{ "1 + \\\n 2", EXPRESSION, "" },
	{ "1 + \\\r\n 2", EXPRESSION, "" },
	{ "a b", EXPRESSION, "" },
	{ "a, b", EXPRESSION, "p" },
	{ "a,", EXPRESSION, "p" },
	{ "lambda: 1", EXPRESSION, "p" },
	{ "lambda x, y: x", EXPRESSION, "p" },

	{ "", QUIET, "" },
	{ "  ", QUIET, "" },
	{ "# 2", QUIET, "" },
	{ " 2", QUIET, "" },
	{ "\t2", QUIET, "" },
	{ "x = 1", QUIET, "" },
	{ "x=1", QUIET, "" },
	{ "x += 1", QUIET, "" },
	{ "x <<= 1", QUIET, "" },
	{ "x >>= 1", QUIET, "" },
	{ "x = 'a;b#c'", QUIET, "" },
	{ "x = 1 # (", QUIET, "" },
	{ "x =", QUIET, "" },
	{ "x: int", QUIET, "" },
	{ "x: int = 5", QUIET, "" },
	{ "a, b = 1, 2", QUIET, "" },
	{ "f = lambda x: x", QUIET, "" },
	{ "lambda x=1: x", QUIET, "" },		/* a value that is not shown */
	{ "1 +", QUIET, "" },		/* the board's compiler judges it */
	{ "1 <<", QUIET, "" },
	{ "pass", QUIET, "" },
	{ "import os", QUIET, "" },
	{ "from os import *", QUIET, "" },
	{ "del x", QUIET, "" },
	{ "raise", QUIET, "" },
	{ "nonlocal x", QUIET, "" },
	{ "continue", QUIET, "" },
	{ "def f(): return 7", QUIET, "" },
	{ "def f(): a; b", QUIET, "" },
	{ "class A: x", QUIET, "" },
	{ "import os; x = 5", QUIET, "s" },
	{ "x = 5;", QUIET, "s" },

	{ "a; b", LINE, "s" },
	{ "a;", LINE, "s" },
	{ "import os; os.listdir()", LINE, "s" },
	{ "x = ';'; x # ;", LINE, "s" },
	{ "for i in range(3): print(i)", LINE, "" },
	{ "if x: 1; 2", LINE, "" },
	{ "while x: x", LINE, "" },
	{ "with x: y", LINE, "" },
	{ "@property", LINE, "" },
	{ "x for x in y", LINE, "" },
	{ "yield", LINE, "" },
	{ "await x", LINE, "" },
	{ "*a", LINE, "" },
	{ "**a", LINE, "" },
	{ "x := 1", LINE, "" },

	{ "a\nb", PROGRAM, "" },
	{ "a\rb", PROGRAM, "" },
	{ "\na", PROGRAM, "" },
	{ "if a:\n  b", PROGRAM, "" },
	{ "# a\nb", PROGRAM, "" },
	{ "f(1", PROGRAM, "o" },
	{ "f)(", PROGRAM, "o" },
	{ "f(]", PROGRAM, "o" },
	{ "1) + (2", PROGRAM, "o" },
	{ "'abc", PROGRAM, "o" },
	{ "'abc\n'", PROGRAM, "o" },
	{ "'''abc''", PROGRAM, "o" },
	{ "'''abc\\'''", PROGRAM, "o" },
	{ "x = r'\\'", PROGRAM, "o" },
	{ "x = 1 + \\", PROGRAM, "o" },
	{ "x = 1 + \\\n", PROGRAM, "o" },
	{ "x = 1 + \\ \n 2", PROGRAM, "o" },
	{ "'a\\", PROGRAM, "o" },
};

START_TEST(kind_of_text)
{
	struct repl_text	t;
	const char		*more = texts[_i].more;

	repl_text_look(&t, texts[_i].text, strlen(texts[_i].text));
	ck_assert_msg((int)t.kind == texts[_i].kind, "%s: %d", texts[_i].text,
	    t.kind);
	ck_assert_msg(t.whole == (strchr(more, 'o') == NULL), "%s",
	    texts[_i].text);
	ck_assert_msg(t.pair == (strchr(more, 'p') != NULL), "%s",
	    texts[_i].text);
	ck_assert_msg(t.simple == (strchr(more, 's') != NULL), "%s",
	    texts[_i].text);
}
END_TEST

/* What is at the end of one line need not be sent; of a program, all is. */
static void
ck_len(const char *text, size_t len)
{
	struct repl_text	t;

	repl_text_look(&t, text, strlen(text));
	ck_assert_msg(t.len == len, "%s: %zu", text, t.len);
}

START_TEST(length_of_text)
{
	ck_len("a\r\n\n", 1);
	ck_len("a = 1 # b\n", 9);
	ck_len("a  # b\n", 1);
	ck_len("a ", 1);
	ck_len("'#'  ", 3);
	ck_len("a\nb\n", 4);
	ck_len("\r\n", 0);
}
END_TEST

START_TEST(brackets_of_any_depth)
{
	char			text[2 * 1000 + 1] = "";
	struct repl_text	t;

	memset(text, '[', 1000);
	memset(text + 1000, ']', 1000);
	repl_text_look(&t, text, 2000);
	ck_assert_int_eq(t.kind, REPL_TEXT_EXPRESSION);
	repl_text_look(&t, text, 1999);
	ck_assert(!t.whole);
	text[1950] = ')';
	repl_text_look(&t, text, 2000);
	ck_assert(!t.whole);
}
END_TEST

/* An expression is one at any length. */
START_TEST(expressions_of_any_length)
{
	size_t			 len = 100000, i;
	char			*text = malloc(len);
	struct repl_text	 t;

	for (i = 0; i < len; i++)
		text[i] = "1+"[i % 2];
	repl_text_look(&t, text, len - 1);
	ck_assert_int_eq(t.kind, REPL_TEXT_EXPRESSION);
	free(text);
}
END_TEST

START_TEST(parts_of_a_line)
{
	static const char	text[] = " a = ';' ; f(1; 2);; b # c; d";
	static const char	*want[] = { "a = ';' ", "f(1; 2)", "b " };
	const char		*p;
	size_t			 off = 0, n, i = 0;

	while ((p = repl_text_part(text, sizeof text - 1, &off, &n)) != NULL) {
		ck_assert_uint_lt(i, 3);
		ck_assert_uint_eq(n, strlen(want[i]));
		ck_assert_mem_eq(p, want[i++], n);
	}
	ck_assert_uint_eq(i, 3);
}
END_TEST

START_TEST(byte_order_mark_is_skipped)
{
	ck_assert_uint_eq(repl_text_skip("\xef\xbb\xbfx", 4), 3);
	ck_assert_uint_eq(repl_text_skip("\xef\xbb", 2), 0);
	ck_assert_uint_eq(repl_text_skip("x\xef\xbb\xbf", 4), 0);
}
END_TEST

START_TEST(text_is_escaped)
{
	uint8_t	to[4 * 8];
	size_t	n;

	n = repl_text_escape(to, "a'\\\n\r\x01\x7f\xff", 8);
	ck_assert_uint_eq(n, 18);
	ck_assert_mem_eq(to, "a\\'\\\\\\n\\r\\x01\\x7f\xff", n);
	n = repl_text_escape(to, "\0\0\0\0\0\0\0\0", 8);
	ck_assert_uint_eq(n, sizeof to);
}
END_TEST

START_TEST(text_has_orders)
{
	ck_assert(!repl_text_has_orders("a\0\x06\t\n", 5));
	ck_assert(repl_text_has_orders("a\x01", 2));
	ck_assert(repl_text_has_orders("a\x05", 2));
}
END_TEST

int
main(void)
{
	Suite		*suite = suite_create("repl_text");
	TCase		*tc = tcase_create("texts");

	tcase_add_loop_test(tc, kind_of_text, 0, sizeof texts / sizeof *texts);
	tcase_add_test(tc, length_of_text);
	tcase_add_test(tc, brackets_of_any_depth);
	tcase_add_test(tc, expressions_of_any_length);
	tcase_add_test(tc, parts_of_a_line);
	tcase_add_test(tc, byte_order_mark_is_skipped);
	tcase_add_test(tc, text_is_escaped);
	tcase_add_test(tc, text_has_orders);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
