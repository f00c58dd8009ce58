/* SPDX-License-Identifier: MIT */
/*
 * Orders about files, with a board that does in C what its functions do in
 * Python, over a line on which every byte can be changed, lost or the last.
 */
#include <check.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "protocol/files.h"
#include "protocol/files_code.h"
#include "protocol/limits.h"
#include "protocol/repl_state.h"

#define NAMES	4
#define STREAM	"1110100011111"	/* a MicroPython with deflate, see files_code.h */

/* ------------------------------------------------------------- the board */

struct file {
	char	 name[64];
	char	*content;
	size_t	 len;
};

enum running { NOTHING, TAKES, DONE };

struct fake {
	const char	*has;
	struct file	 files[NAMES];
	uint64_t	 room;		/* blocks of 4096 */
	size_t		 space;		/* bytes until it is full all the same */
	enum running	 running;
	char		 out[70000];
	size_t		 out_len, out_off;
	/* of a running __pw() */
	char		 temporary[64], name[64], digest[65];
	size_t		 left, window, cover;
	unsigned	 bits;
	z_stream	 inflater;
	bool		 inflating;
	uint8_t		 in[5000];
	size_t		 in_len;
	unsigned	 jobs;
	unsigned	 functions;	/* there is memory for so many; 0: for all */
	unsigned	 defined;
	unsigned	 scattered;	/* so many are not read, until they are */
	bool		 full;		/* the job ends with a MemoryError */
	const char	*memory;	/* free, as it says itself */
};

static struct file *
fake_find(struct fake *b, const char *name)
{
	int	i;

	for (i = 0; i < NAMES; i++)
		if (strcmp(b->files[i].name, name) == 0)
			return &b->files[i];
	return NULL;
}

/* False: there was no space for all of it. */
static bool
fake_write(struct fake *b, const char *name, const char *mode, const void *p,
    size_t want)
{
	size_t		 len = want < b->space ? want : b->space;
	struct file	*f = fake_find(b, name);

	if (f == NULL) {
		f = fake_find(b, "");
		ck_assert_ptr_nonnull(f);
		strcpy(f->name, name);
	}
	if (mode[0] == 'w')
		f->len = 0;
	f->content = realloc(f->content, f->len + len + 1);
	memcpy(f->content + f->len, p, len);
	f->len += len;
	b->space -= len;
	return len == want;
}

static void
fake_remove(struct fake *b, const char *name)
{
	struct file	*f = fake_find(b, name);

	if (f == NULL)
		return;
	free(f->content);
	memset(f, 0, sizeof *f);
}

/* A temporary, where what it was to replace is still there. */
static void
fake_clean(struct fake *b, const char *text)
{
	char	name[64];

	if (sscanf(text, "try:\n __import__('os').stat('%60[^']')", name) == 1 &&
	    fake_find(b, name) == NULL)
		return;
	ck_assert_int_eq(sscanf(strstr(text, ".remove("), ".remove('%60[^']')",
	    name), 1);
	fake_remove(b, name);
}

static void
fake_say(struct fake *b, const void *p, size_t len)
{
	ck_assert_uint_lt(b->out_len + len, sizeof b->out);
	memcpy(b->out + b->out_len, p, len);
	b->out_len += len;
}

static void
fake_print(struct fake *b, const char *text)
{
	fake_say(b, text, strlen(text));
}

static void
fake_digest(const struct file *f, char digest[65])
{
	uint8_t		sum[SHA256_DIGEST_LENGTH];
	SHA2_CTX	sha;
	int		i;

	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)f->content, f->len);
	SHA256Final(sum, &sha);
	for (i = 0; i < SHA256_DIGEST_LENGTH; i++)
		sprintf(digest + 2 * i, "%02x", sum[i]);
}

static void
fake_stop_taking(struct fake *b)
{
	if (b->inflating)
		inflateEnd(&b->inflater);
	b->inflating = false;
	b->in_len = 0;
	b->running = DONE;
}

static void
fake_place(struct fake *b)
{
	struct file	*f = fake_find(b, b->temporary);
	char		 digest[65];

	fake_stop_taking(b);
	fake_digest(f, digest);
	if (strcmp(digest, b->digest) != 0) {
		fake_print(b, "\6%E5;");
		return;
	}
	fake_remove(b, b->name);
	strcpy(f->name, b->name);
}

/* A frame that has arrived whole, or false. */
static bool
fake_take_frame(struct fake *b)
{
	static const uint8_t	hidden[] = { 2, 3, 4, 13 };
	static uint8_t		plain[5000];
	unsigned		k, e, crc, i, v;
	size_t			n;

	if (b->in_len < 16)
		return false;
	if (sscanf((char *)b->in, "%4x%4x%8x", &k, &e, &crc) != 3 ||
	    strspn((char *)b->in, "0123456789abcdef") < 16 || k > b->window) {
		memmove(b->in, b->in + 16, b->in_len -= 16);
		fake_print(b, "\6%-");
		return true;
	}
	if (b->in_len < 16 + k)
		return false;
	memcpy(plain, b->in + 16, k);
	memmove(b->in, b->in + 16 + k, b->in_len -= 16 + k);
	if (crc32(0, plain, k) != crc) {
		fake_print(b, "\6%-");
		return true;
	}
	fake_print(b, "\6%+");
	k -= 2 * e;
	for (i = k; i < k + 2 * e; i += 2) {
		v = (plain[i] & 127u) << 7 | (plain[i + 1] & 127u);
		plain[v & 4095] = hidden[v >> 12];
	}
	n = k;
	if (b->bits > 0) {
		uint8_t	*packed = malloc(k);

		memcpy(packed, plain, k);
		b->inflater.next_in = packed;
		b->inflater.avail_in = k;
		b->inflater.next_out = plain;
		n = b->left < b->cover ? b->left : b->cover;
		b->inflater.avail_out = (uInt)n;
		ck_assert_int_eq(inflate(&b->inflater, Z_SYNC_FLUSH), Z_OK);
		ck_assert_uint_eq(b->inflater.avail_out, 0);
		free(packed);
	}
	if (!fake_write(b, b->temporary, "ab", plain, n)) {
		fake_print(b, "\6%E28;");
		fake_stop_taking(b);
		return false;
	}
	b->left -= n < b->left ? n : b->left;
	fake_print(b, "\6%.");
	return true;
}

static void
fake_hear(struct fake *b, uint8_t c)
{
	if (b->running != TAKES)
		return;
	/* What a REPL would act on never comes, but from a bad line. */
	b->in[b->in_len++] = c;
	ck_assert_uint_lt(b->in_len, sizeof b->in);
	while (b->left > 0 && fake_take_frame(b))
		;
	if (b->running == TAKES && b->left == 0)
		fake_place(b);
}

static void
fake_about(struct fake *b, const char *name, long digest_if)
{
	struct file	*f = fake_find(b, name);
	char		 text[200], digest[65] = "-";

	if (f != NULL && (digest_if == -1 || digest_if == (long)f->len))
		fake_digest(f, digest);
	if (f == NULL)
		snprintf(text, sizeof text, "\6%%T-1,0,-;");
	else
		snprintf(text, sizeof text, "\6%%T0,%zu,%s;", f->len, digest);
	fake_print(b, text);
	snprintf(text, sizeof text, "\6%%V4096,%llu,256,0;",
	    (unsigned long long)b->room);
	fake_print(b, text);
}

static void
fake_give(struct fake *b, const char *name, size_t off, size_t window)
{
	struct file	*f = fake_find(b, name);
	uint8_t		 data[4000], places[2000];
	char		 head[20];
	size_t		 n, e, i;

	for (; off < f->len; off += n) {
		n = f->len - off < window ? f->len - off : window;
		memcpy(data, f->content + off, n);
		for (e = i = 0; i < n; i++)
			if (data[i] == 4) {
				data[i] = ' ';
				places[2 * e] = (uint8_t)(i >> 7 | 128);
				places[2 * e++ + 1] = (uint8_t)(i & 127) | 128;
			}
		memcpy(data + n, places, 2 * e);
		snprintf(head, sizeof head, "\6%%=%04zx%04zx%08lx", n + 2 * e, e,
		    crc32(0, data, (uInt)(n + 2 * e)));
		fake_print(b, head);
		fake_say(b, data, n + 2 * e);
	}
	fake_print(b, "\6%$");
}

static void
fake_sweep(struct fake *b)
{
	char	name[sizeof b->files[0].name];
	char	*end;
	int	i;

	for (i = 0; i < NAMES; i++) {
		strcpy(name, b->files[i].name);
		end = strstr(name, ".~");
		if (end == NULL)
			continue;
		*end = '\0';
		if (fake_find(b, name) != NULL)
			fake_remove(b, b->files[i].name);
	}
}

static void
fake_define(struct fake *b, const char *text)
{
	ck_assert(strstr(text, ").exec('") != NULL ||
	    strncmp(text, "__fm={}", 7) == 0);
	if (b->scattered > 0 && strstr(text, ").exec('") != NULL) {
		b->scattered--;
		b->full = true;
		return;
	}
	for (; strncmp(text, "__fm.pop('", 10) == 0; b->defined--)
		text = strchr(text, '\n') + 1;
	if (strncmp(text, "__fm={}", 7) == 0)
		b->defined = 0;
	while ((text = strstr(text, ").exec('")) != NULL) {
		b->defined++;
		text++;
	}
	b->full = b->functions > 0 && b->defined > b->functions;
}

static void
fake_run(struct fake *b, const char *text)
{
	char	mode[3], name[64];
	long	n;
	size_t	a, w;

	b->jobs++;
	b->running = DONE;
	if (strstr(text, "sys\\',\\'stdin") != NULL) {
		fake_print(b, "\6%?");
		fake_print(b, b->has);
		fake_print(b, b->memory);
	} else if (sscanf(text, "__fm['C']('A','%60[^']',0,%ld)", name,
	    &n) == 2) {
		fake_about(b, name, n);
	} else if (sscanf(text, "__fm['C']('W','%60[^']','%2[^']',%zu,%zu,%zu,%u,"
	    "'%60[^']','%64[^']')", b->temporary, mode, &b->left, &b->window,
	    &b->cover, &b->bits, b->name, b->digest) == 8) {
		fake_write(b, b->temporary, mode, "", 0);
		fake_print(b, "\6%!");
		b->running = TAKES;
		if (b->bits > 0) {
			memset(&b->inflater, 0, sizeof b->inflater);
			inflateInit2(&b->inflater, -(int)b->bits);
			b->inflating = true;
		}
		if (b->left == 0)
			fake_place(b);
	} else if (sscanf(text, "__fm['C']('G','%60[^']',%zu,%zu)", name, &a,
	    &w) == 3) {
		fake_give(b, name, a, w);
	} else if (strncmp(text, "try:\n", 5) == 0) {
		fake_clean(b, text);
	} else if (strstr(text, "==\\'.~\\'") != NULL) {
		fake_sweep(b);
	} else
		fake_define(b, text);
}

static void
fake_finish(struct fake *b)
{
	int	i;

	fake_stop_taking(b);
	for (i = 0; i < NAMES; i++)
		free(b->files[i].content);
}

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
	board.memory = "100000;";
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
	board.memory = "9000;";
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
	board.memory = "9000;";
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
	SRunner	*runner;
	int	 failed;

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
	tcase_add_test(cases, test_paths);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
