/* SPDX-License-Identifier: MIT */
/*
 * Orders about files, over a line on which every byte can be changed, lost or the
 * last.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_files.h"
#include "protocol/files.h"
#include "protocol/files_code.h"
#include "protocol/limits.h"
#include "protocol/repl_state.h"
#include "tests/unit/suite.h"

#define STREAM	"1110100011111"	/* a MicroPython with deflate, see files_code.h */

/* -------------------------------------------------------------- the line */

/* GONE, KILLED: the board, or who gave the order; all else is what a line does. */
enum fault { NONE, CHANGED, LOST, DOUBLED, GONE, KILLED };

struct line {
	enum fault	 fault;
	size_t		 at;		/* of the bytes to the board; both ways */
	size_t		 sent;
	bool		 gone;
	size_t		 cut;		/* bytes come so many at a time; 0: all */
};

static struct fake		 board;
static struct line		 line;
static struct files_board	 known;
static char			 got[70000];
static size_t			 n_got;
static unsigned			 stops;

/* Either end is lost with this byte, whichever way it goes. */
static bool
line_ends(void)
{
	return line.fault >= GONE && line.sent++ == line.at;
}

static void
line_carry(uint8_t c)
{
	line.gone = line_ends();
	if (line.fault != NONE && line.fault < GONE && line.sent++ == line.at) {
		if (line.fault == LOST)
			return;
		if (line.fault == CHANGED)
			c ^= 0x10;
		else if (line.fault == DOUBLED)
			fake_hear(&board, c);
	}
	if (!line.gone)
		fake_hear(&board, c);
}

static void
see(const struct files_event *e, bool *stop)
{
	if (e->type == FILES_CONTENT) {
		memcpy(got + n_got, e->data, e->len);
		n_got += e->len;
	} else if (e->type == FILES_STOP) {
		*stop = true;
		stops++;
	}
}

/* One job, from its start to its end; true if it was stopped. */
static bool
play_job(struct files *f, uint64_t *now)
{
	struct files_event	 e;
	const uint8_t		*bytes;
	size_t			 n;
	bool			 stop = false;

	while (!stop && !line.gone) {
		if ((n = files_say(f, &bytes)) > 0) {
			line_carry(*bytes);
			files_said(f, 1, *now);
		} else if (board.out_off < board.out_len) {
			if (line_ends()) {
				line.gone = true;
				break;
			}
			n = line.fault >= GONE ? 1 :
			    board.out_len - board.out_off;
			if (line.cut > 0 && n > line.cut)
				n = line.cut;
			n = files_hear(f, (uint8_t *)board.out + board.out_off,
			    n, *now, &e);
			ck_assert_uint_gt(n, 0);
			board.out_off += n;
			see(&e, &stop);
		} else if (board.running == DONE) {
			return false;
		} else {
			ck_assert_uint_ne(files_deadline(f), FILES_NEVER);
			*now = files_deadline(f);
			files_tick(f, *now, &e);
			see(&e, &stop);
		}
	}
	return stop;
}

/* How it ended; NULL: nobody knows, who gave the order is no more. */
static const struct files_result *
play(struct files *f)
{
	static struct files_result	 result;
	const char			*text;
	uint64_t			 now = 1000;
	size_t				 len;
	bool				 stopped;

	n_got = 0;
	stops = 0;
	while ((text = files_job(f, &len)) != NULL) {
		ck_assert_uint_eq(strlen(text), len);
		/* Or the driver asks before each whether it is itself. */
		ck_assert_ptr_null(strstr(text, REPL_HELPER));
		board.out_len = board.out_off = 0;
		fake_run(&board, text);
		files_started(f, now);
		stopped = play_job(f, &now);
		fake_stop_taking(&board);
		if (line.gone && line.fault == KILLED)
			return NULL;
		files_ended(f, line.gone ? FILES_ENDED_RESTARTED : stopped ?
		    FILES_ENDED_INTERRUPTED : board.full ? FILES_ENDED_RAISED :
		    FILES_ENDED, "MemoryError: \r\n", board.full ? 15 : 0);
		board.full = false;
		ck_assert_uint_lt(board.jobs, 60);
	}
	result = *files_result(f);
	return &result;
}

static enum files_kind
put(const char *name, const void *content, size_t len, bool lossless)
{
	struct files_order	 order = { .op = FILES_WRITE, .path = name,
	    .content = content, .len = len, .lossless = lossless };
	struct files			*f = files_create(&order, &known);
	const struct files_result	*end = play(f);

	files_destroy(f);
	return end == NULL ? FILES_INTERRUPTED : end->kind;
}

static enum files_kind
get(const char *name)
{
	struct files_order	 order = { .op = FILES_READ, .path = name };
	struct files		*f = files_create(&order, &known);
	enum files_kind		 kind = play(f)->kind;

	files_destroy(f);
	return kind;
}

static void
setup(void)
{
	memset(&board, 0, sizeof board);
	memset(&line, 0, sizeof line);
	memset(&known, 0, sizeof known);
	board.has = STREAM;
	board.room = 100;
	board.memory = "100000,/;";
	board.space = SIZE_MAX;
}

static void
teardown(void)
{
	fake_finish(&board);
}

static bool
board_has(const char *name, const void *content, size_t len)
{
	struct file	*f = fake_find(&board, name);

	return f != NULL && f->len == len && memcmp(f->content, content,
	    len) == 0;
}

/* ----------------------------------------------------------------- tests */

static uint8_t	every_byte[256 * 20], orders[9000], noise[20000];
static char	text[20000];

static void
make_contents(void)
{
	size_t		i;
	uint32_t	x = 1;

	for (i = 0; i < sizeof every_byte; i++)
		every_byte[i] = (uint8_t)i;
	for (i = 0; i < sizeof orders; i++)
		orders[i] = "\2\3\4\r"[i % 4];
	for (i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
	for (i = 0; i < sizeof text; i++)
		text[i] = "for i in range(10): print(i)\n"[(i * i / 7) % 29];
}

static const struct {
	const void	*content;
	size_t		 len;
} contents[] = {
	{ "", 0 }, { "x", 1 }, { every_byte, sizeof every_byte },
	{ orders, sizeof orders }, { noise, sizeof noise },
	{ text, sizeof text },
};

START_TEST(test_what_was_put_comes_back)
{
	const void	*content = contents[_i / 2].content;
	size_t		 len = contents[_i / 2].len;

	ck_assert_int_eq(put("main.py", content, len, _i % 2), FILES_OK);
	ck_assert(board_has("main.py", content, len));
	ck_assert_ptr_null(fake_find(&board, "main.py.~"));
	ck_assert_uint_eq(stops, 0);
	ck_assert_int_eq(get("main.py"), FILES_OK);
	ck_assert_uint_eq(n_got, len);
	ck_assert_int_eq(memcmp(got, content, len), 0);
}
END_TEST

START_TEST(test_cut_anywhere)
{
	for (line.cut = 1; line.cut < 40; line.cut++) {
		fake_remove(&board, "a");
		ck_assert_int_eq(put("a", every_byte, sizeof every_byte, false),
		    FILES_OK);
		ck_assert_int_eq(get("a"), FILES_OK);
		ck_assert_uint_eq(n_got, sizeof every_byte);
		ck_assert_int_eq(memcmp(got, every_byte, n_got), 0);
		board.jobs = 0;
	}
}
END_TEST

START_TEST(test_the_same_is_not_sent_again)
{
	ck_assert_int_eq(put("a", noise, sizeof noise, true), FILES_OK);
	board.jobs = 0;
	line.fault = LOST;
	ck_assert_int_eq(put("a", noise, sizeof noise, true), FILES_OK);
	ck_assert_uint_eq(line.sent, 0);
	ck_assert_uint_eq(board.jobs, 1);
}
END_TEST

START_TEST(test_functions_are_sent_once)
{
	unsigned	first;

	put("a", "1", 1, true);
	first = board.jobs;
	put("a", "2", 1, true);
	ck_assert_uint_eq(board.jobs - first, 2);
	ck_assert(board_has("a", "2", 1));
}
END_TEST

/* What was for putting goes, where there is no memory for getting beside it. */
START_TEST(test_functions_have_room_one_order_at_a_time)
{
	board.functions = 4;
	ck_assert_int_eq(put("a", "1", 1, true), FILES_OK);
	ck_assert_int_eq(get("a"), FILES_OK);
	ck_assert_int_eq(put("a", "2", 1, true), FILES_OK);
	ck_assert(board_has("a", "2", 1));
	board.functions = 2;
	ck_assert_int_eq(get("a"), FILES_NO_MEMORY);
}
END_TEST

/* As on a micro:bit, whose programs need what there is. */
START_TEST(test_functions_are_few_where_memory_is_short)
{
	board.memory = "9000,/;";
	ck_assert_int_eq(put("a", noise, 3000, false), FILES_OK);
	ck_assert_uint_le(board.defined, 3);
	ck_assert_int_eq(get("a"), FILES_OK);
	ck_assert_uint_le(board.defined, 3);
	ck_assert_uint_eq(n_got, 3000);
}
END_TEST

/* What is free may lie in pieces, and elsewhere when the old ones have gone. */
START_TEST(test_functions_that_found_no_room_are_sent_again)
{
	board.memory = "9000,/;";
	board.scattered = 3;
	ck_assert_int_eq(put("a", "new", 3, false), FILES_OK);
	board.scattered = 4;
	ck_assert_int_eq(get("a"), FILES_NO_MEMORY);
	board.scattered = 0;
	ck_assert_int_eq(get("a"), FILES_OK);
}
END_TEST

START_TEST(test_no_room_is_told_before_any_byte)
{
	put("a", "old", 3, true);
	board.room = 3;
	line.fault = LOST;
	ck_assert_int_eq(put("a", noise, 8192, true), FILES_NO_SPACE);
	ck_assert_uint_eq(line.sent, 0);
	ck_assert(board_has("a", "old", 3));
	board.room = 4;
	line.fault = NONE;
	ck_assert_int_eq(put("a", noise, 8192, true), FILES_OK);
}
END_TEST

/* Every byte of a transfer, one after the other: arrived right, or right at last. */
START_TEST(test_a_bad_line_is_told_or_cured)
{
	const size_t	len = 200;
	enum fault	fault = (enum fault)(CHANGED + _i % 3);

	known.known = false;
	for (line.at = 0;; line.at++) {
		fake_remove(&board, "a");
		fake_remove(&board, "a.~");
		put("a", "old", 3, true);
		line.fault = fault;
		line.sent = 0;
		board.jobs = 0;
		ck_assert_int_eq(put("a", noise + 1, len, _i < 3), FILES_OK);
		ck_assert_msg(board_has("a", noise + 1, len), "%zu", line.at);
		if (line.sent <= line.at)
			break;
		line.fault = NONE;
	}
	ck_assert_uint_gt(line.at, len);
}
END_TEST

/*
 * A put that ended in some way: the name has its old content or the new one, and
 * what is left over is gone after the next order, whatever that is for.
 */
static void
check_old_or_new(const void *new, size_t len, size_t old_and_new[2])
{
	if (board_has("a", "old", 3))
		old_and_new[0]++;
	else if (board_has("a", new, len))
		old_and_new[1]++;
	else
		ck_abort_msg("half a file, after %zu bytes", line.at);
	line.fault = NONE;
	line.gone = false;
	board.space = SIZE_MAX;
	board.jobs = 0;
	ck_assert_int_eq(put("b", "1", 1, true), FILES_OK);
	ck_assert_ptr_null(fake_find(&board, "a.~"));
	ck_assert_int_eq(put("a", new, len, true), FILES_OK);
	ck_assert(board_has("a", new, len));
}

/* As it was before each of them. */
static void
put_old(void)
{
	fake_remove(&board, "a");
	fake_remove(&board, "b");
	ck_assert_int_eq(put("a", "old", 3, true), FILES_OK);
	board.jobs = 0;
	line.sent = 0;
}

/* After every byte, either way: 0 the board, 1 the client, 2 picod and all it knew. */
START_TEST(test_an_end_that_is_lost_leaves_old_or_new)
{
	const enum fault	fault = _i / 2 == 0 ? GONE : KILLED;
	const void		*new = _i % 2 == 0 ? (void *)text : noise;
	const size_t		len = 150;
	size_t			old_and_new[2] = { 0, 0 };

	for (line.at = 0;; line.at++) {
		put_old();
		line.fault = fault;
		if (put("a", new, len, _i % 2) == FILES_OK)
			break;
		if (_i / 2 == 2)
			memset(&known, 0, sizeof known);
		check_old_or_new(new, len, old_and_new);
	}
	ck_assert_uint_gt(old_and_new[0], 100);
	ck_assert_uint_gt(old_and_new[1], 0);
}
END_TEST

START_TEST(test_a_disk_full_at_any_byte_keeps_the_old)
{
	const void	*new = _i == 0 ? (void *)text : noise;
	const size_t	len = 150;
	size_t		old_and_new[2] = { 0, 0 }, space;

	for (space = 0; space < len; space++) {
		put_old();
		board.space = space;
		ck_assert_int_eq(put("a", new, len, _i), FILES_NO_SPACE);
		ck_assert_ptr_null(fake_find(&board, "a.~"));
		check_old_or_new(new, len, old_and_new);
	}
	ck_assert_uint_eq(old_and_new[1], 0);
}
END_TEST

START_TEST(test_what_is_not_there)
{
	ck_assert_int_eq(get("nix"), FILES_NOT_FOUND);
}
END_TEST

/* A board looks for a module in its file system, each time, and that takes long. */
START_TEST(test_functions_import_nothing_when_called)
{
	unsigned	has, function;

	for (has = 0; has < 1u << FILES_HAS_COUNT; has++)
		for (function = 1; function < 1u << FILES_FUNCTIONS;
		    function <<= 1)
			if ((has & FILES_HAS_UART) == 0)
				ck_assert_ptr_null(strstr(files_code(function,
				    has), " import "));
}
END_TEST

static void
tell(struct files *f, const char *says)
{
	struct files_event	event;
	size_t			len = strlen(says), n;

	for (; len > 0; says += n, len -= n)
		n = files_hear(f, (const uint8_t *)says, len, 1, &event);
}

START_TEST(test_what_is_told_unasked_changes_nothing)
{
	struct files_board	microbit = { .known = true,
				    .has = FILES_HAS_UART };
	const struct files_order order = { .op = FILES_WRITE, .path = "a",
	    .content = (const uint8_t *)"abc", .len = 3 };
	struct files		*f = files_create(&order, &microbit);
	const uint8_t		*bytes;
	size_t			 len;

	/* It sweeps: nobody has asked it to receive, or what it has. */
	ck_assert_ptr_nonnull(files_job(f, &len));
	tell(f, "\6%!");
	ck_assert_uint_eq(files_say(f, &bytes), 0);
	tell(f, "\6%?0000000000000;\6%.\6%-");
	ck_assert_uint_eq(files_say(f, &bytes), 0);
	ck_assert_uint_eq(microbit.has, FILES_HAS_UART);
	files_destroy(f);
}
END_TEST

/* A list of path on a board that is at home there: how it is asked, and told. */
static void
check_list(const char *home, const char *path, const char *asked,
    const char *said, const char *told)
{
	struct files_board	 b = { .known = true, .swept = true, .memory = 99999,
	    .has = FILES_HAS_STAT };
	const struct files_order order = { .op = FILES_LIST, .path = path };
	struct files		*f;
	struct files_event	 event;
	char			 answer[100];
	size_t			 len;

	strcpy(b.home, home);
	f = files_create(&order, &b);
	ck_assert_ptr_nonnull(files_job(f, &len));	/* defines */
	files_ended(f, FILES_ENDED, "", 0);
	ck_assert_ptr_nonnull(strstr(files_job(f, &len), asked));
	snprintf(answer, sizeof answer, "\6%%L0,5,-,%s", said);
	files_hear(f, (const uint8_t *)answer, strlen(answer) + 1, 1, &event);
	ck_assert_int_eq(event.type, FILES_ENTRY);
	ck_assert_str_eq(event.entry.path, told);
	files_destroy(f);
}

/* Wherever a program has gone to. */
START_TEST(test_names_without_a_slash_are_where_main_py_is)
{
	check_list("", "", "'L','',", "a", "a");
	check_list("/", "", "'L','/',", "/a", "/a");
	check_list("/", "lib", "'L','/lib',", "/lib/a", "lib/a");
	check_list("/", "/lib", "'L','/lib',", "/lib/a", "/lib/a");
	check_list("/flash", "", "'L','/flash',", "/flash/a", "a");
	check_list("/flash", "lib", "'L','/flash/lib',", "/flash/lib/a",
	    "lib/a");
	check_list("/flash", "/sd", "'L','/sd',", "/sd/a", "/sd/a");
	check_list("/flash", "lib", "'L','/flash/lib',", "else", "else");
}
END_TEST

START_TEST(test_paths)
{
	char	path[LIMIT_PATH + 2];

	memset(path, 'x', sizeof path - 1);
	path[LIMIT_PATH + 1] = '\0';
	ck_assert_ptr_nonnull(files_path_wrong(path));
	path[LIMIT_PATH] = '\0';
	ck_assert_ptr_null(files_path_wrong(path));
	ck_assert_ptr_nonnull(files_path_wrong(""));
	ck_assert_ptr_nonnull(files_path_wrong("lib/"));
	ck_assert_ptr_null(files_path_wrong("/"));
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("files");
	TCase	*cases = tcase_create("files");

	make_contents();
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_loop_test(cases, test_what_was_put_comes_back, 0,
	    2 * (int)(sizeof contents / sizeof contents[0]));
	tcase_add_test(cases, test_cut_anywhere);
	tcase_add_test(cases, test_the_same_is_not_sent_again);
	tcase_add_test(cases, test_functions_are_sent_once);
	tcase_add_test(cases, test_functions_have_room_one_order_at_a_time);
	tcase_add_test(cases, test_functions_are_few_where_memory_is_short);
	tcase_add_test(cases, test_functions_that_found_no_room_are_sent_again);
	tcase_add_test(cases, test_no_room_is_told_before_any_byte);
	tcase_add_loop_test(cases, test_a_bad_line_is_told_or_cured, 0, 6);
	tcase_add_loop_test(cases, test_an_end_that_is_lost_leaves_old_or_new,
	    0, 6);
	tcase_add_loop_test(cases, test_a_disk_full_at_any_byte_keeps_the_old,
	    0, 2);
	tcase_add_test(cases, test_what_is_not_there);
	tcase_add_test(cases, test_functions_import_nothing_when_called);
	tcase_add_test(cases, test_what_is_told_unasked_changes_nothing);
	tcase_add_test(cases, test_names_without_a_slash_are_where_main_py_is);
	tcase_add_test(cases, test_paths);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
