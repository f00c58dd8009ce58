/* SPDX-License-Identifier: MIT */
/*
 * A status belongs to its command: thousands of commands to a model of a sketch,
 * over a line that damages bytes, from clients that give up, in simulated time.
 *
 * The sketch uses the library: it looks at the line once a loop, which may take
 * seconds, takes a letter and what belongs to it, and carries out i, which says its
 * four digits back, and s, which takes a while.  Whatever happens, an OK has the
 * value of its own command or none.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/driver.h"
#include "tests/unit/suite.h"

#define BYTE_MS		1	/* as at 9600 baud */

#define SEEDS		3

struct line {
	uint8_t		bytes[4096];
	size_t		len;
	uint64_t	free_at;	/* when the next byte has passed */
	uint64_t	at[4096];	/* when each has */
};

struct world {
	struct driver	*driver;
	uint64_t	 now;
	unsigned	 seed;
	struct line	 to_board, to_host;
	/* How bad it is. */
	unsigned	 damage_per_10000;	/* of bytes, either way */
	unsigned	 loop_ms;
	unsigned	 give_up_per_100;	/* of commands, by their clients */
	unsigned	 doubled_per_100;	/* of rejections */
	/* The sketch. */
	uint8_t		 next_command;
	uint64_t	 board_at;	/* it does something until then */
	/* The job. */
	bool		 busy;
	uint64_t	 started_at;	/* or 0 */
	char		 output[64];
	size_t		 output_len;
	enum driver_event_type	end;
	enum driver_outcome	outcome;
	/* What came of it. */
	unsigned	 done, wrong, empty;
};

static unsigned
dice(struct world *w, unsigned sides)
{
	w->seed = w->seed * 1103515245 + 12345;
	return (w->seed >> 8) % sides;
}

/* Into what is no digit, letter or newline; to the board a letter as well. */
static uint8_t
damaged(struct world *w, bool to_board)
{
	static const uint8_t	noise[] = "\x80\xff\x01!?@#~ GZOKR\xc3";

	return to_board && dice(w, 2) == 0 ? (uint8_t)("xyz"[dice(w, 3)]) :
	    noise[dice(w, sizeof noise - 1)];
}

static void
line_put(struct world *w, struct line *l, uint8_t c)
{
	if (dice(w, 10000) < w->damage_per_10000)
		c = damaged(w, l == &w->to_board);
	if (l->free_at < w->now)
		l->free_at = w->now;
	l->free_at += BYTE_MS;
	ck_assert_uint_lt(l->len, sizeof l->bytes);
	l->bytes[l->len] = c;
	l->at[l->len++] = l->free_at;
}

/* The next byte that has arrived, or -1. */
static int
line_take(struct world *w, struct line *l)
{
	int	c;

	if (l->len == 0 || l->at[0] > w->now)
		return -1;
	c = l->bytes[0];
	l->len--;
	memmove(l->bytes, l->bytes + 1, l->len);
	memmove(l->at, l->at + 1, l->len * sizeof *l->at);
	return c;
}

/* ------------------------------------------------------------ the sketch */

static void
sketch_say(struct world *w, const char *text)
{
	for (; *text != '\0'; text++)
		line_put(w, &w->to_host, (uint8_t)*text);
}

/* Up to count digits and a newline; false, with the byte kept, on another one.
 * They arrive with their letter, so waiting is only for what never comes. */
static bool
sketch_take(struct world *w, char *digits, size_t count)
{
	uint64_t	begin = w->now;
	size_t		i;
	int		c;

	for (i = 0; i <= count; ) {
		c = line_take(w, &w->to_board);
		if (c < 0 && w->now - begin < 100) {
			w->now++;	/* the sketch waits, and so does all */
			continue;
		}
		if (i == count && c == '\n')
			return true;
		if (c < 0 || i == count || strchr("0123456789ABCDEF", c) == NULL ||
		    c == 0) {
			w->next_command = c < 0 ? '?' : (uint8_t)c;
			return false;
		}
		digits[i++] = (char)c;
	}
	return false;
}

static void
sketch_reject(struct world *w)
{
	sketch_say(w, "RR");
	if (dice(w, 100) < w->doubled_per_100)
		sketch_say(w, "RR");
}

static void
sketch_loop(struct world *w)
{
	char	digits[5] = "", text[16];
	int	c = w->next_command;

	if (w->now < w->board_at)
		return;
	w->board_at = w->now + w->loop_ms;
	w->next_command = 0;
	if (c == 0)
		c = line_take(w, &w->to_board);
	if (c == 'i' && sketch_take(w, digits, 4)) {
		snprintf(text, sizeof text, "v%s\nOK", digits);
		sketch_say(w, text);
	} else if (c == 's' && sketch_take(w, digits, 4)) {
		w->board_at += strtoul(digits, NULL, 16);
		w->to_host.free_at = w->board_at;
		sketch_say(w, "OK");
	} else if (c >= 'a' && c <= 'z')
		sketch_reject(w);
}

/* -------------------------------------------------------------- the host */

static void
host_event(struct world *w, const struct driver_event *e)
{
	if (e->type == DRIVER_OUTPUT && w->output_len + e->len <
	    sizeof w->output) {
		memcpy(w->output + w->output_len, e->data, e->len);
		w->output_len += e->len;
	}
	if (e->type == DRIVER_STARTED)
		w->started_at = w->now;
	if (e->type != DRIVER_DONE && e->type != DRIVER_LOST)
		return;
	w->busy = false;
	w->end = e->type;
	w->outcome = e->outcome;
}

static void
host_step(struct world *w)
{
	struct driver_event	 event;
	const uint8_t		*bytes;
	uint8_t			 byte;
	size_t			 n;
	int			 c;

	while (driver_deadline(w->driver) <= w->now) {
		driver_tick(w->driver, w->now, &event);
		host_event(w, &event);
	}
	while ((n = driver_output(w->driver, &bytes)) > 0) {
		line_put(w, &w->to_board, bytes[0]);
		driver_sent(w->driver, 1, w->now);
	}
	while ((c = line_take(w, &w->to_host)) >= 0) {
		byte = (uint8_t)c;
		driver_feed(w->driver, &byte, 1, w->now, &event);
		host_event(w, &event);
	}
}

static void
world_step(struct world *w)
{
	w->now++;
	sketch_loop(w);
	host_step(w);
}

static void
check_end(struct world *w, const char *value)
{
	char	own[16];

	snprintf(own, sizeof own, "v%s\n", value);
	w->output[w->output_len] = '\0';
	if (w->end == DRIVER_LOST || w->outcome != DRIVER_OK)
		return;
	w->done++;
	w->empty += w->output_len == 0 && value[0] != '\0';
	w->wrong += w->output_len != 0 && strcmp(w->output, own) != 0;
}

/* One client's command, which he may give up. */
static void
command(struct world *w)
{
	char			 value[8], text[16];
	struct driver_job	 job = { .text = text };
	bool			 slow = dice(w, 10) == 0;
	uint64_t		 limit = 6000 + 8 * w->loop_ms;

	snprintf(value, sizeof value, "%04X", slow ? dice(w, 4000) :
	    dice(w, 65536));
	snprintf(text, sizeof text, "%c%s", slow ? 's' : 'i', value);
	job.len = strlen(text);
	if (dice(w, 100) < w->give_up_per_100)
		limit = dice(w, 5000);
	w->output_len = 0;
	w->busy = true;
	ck_assert_int_eq(driver_run(w->driver, &job, w->now), 0);
	for (w->started_at = 0; w->busy; world_step(w))
		if (w->started_at != 0 && w->now >= w->started_at + limit)
			break;
	if (w->busy)
		driver_interrupt(w->driver, w->now);
	while (w->busy)
		world_step(w);
	check_end(w, slow ? "" : value);
}

static struct world	the_world;

static struct world *
world_new(unsigned seed)
{
	struct driver_options	 options = { 0 };
	struct world		*w = &the_world;

	memset(w, 0, sizeof *w);
	w->seed = seed;
	w->now = 1000;
	w->driver = driver_create(&driver_piserial, &options);
	driver_open(w->driver, 0, false, w->now);
	return w;
}

static const struct {
	const char	*what;
	unsigned	 commands, damage, loop_ms, give_up, doubled;
} lines[] = {
	{ "a clean line", 2000, 0, 0, 0, 0 },
	{ "noise", 5000, 20, 0, 0, 0 },
	{ "much noise", 5000, 200, 0, 0, 0 },
	{ "clients that give up", 3000, 0, 0, 30, 0 },
	{ "a sketch that answers twice", 3000, 100, 0, 0, 30 },
	{ "all of it", 5000, 100, 1, 10, 10 },
	{ "a loop of 100 ms", 1000, 50, 100, 10, 10 },
	{ "a loop of a second", 500, 50, 1000, 10, 10 },
};

START_TEST(no_ok_has_the_value_of_another)
{
	struct world	*w;
	unsigned	 i, seed;

	for (seed = 0; seed < SEEDS; seed++) {
		w = world_new(seed * 7919 + (unsigned)_i);
		w->damage_per_10000 = lines[_i].damage;
		w->loop_ms = lines[_i].loop_ms;
		w->give_up_per_100 = lines[_i].give_up;
		w->doubled_per_100 = lines[_i].doubled;
		for (i = 0; i < lines[_i].commands; i++)
			command(w);
		ck_assert_uint_eq(w->wrong, 0);
		ck_assert_uint_gt(w->done, lines[_i].commands * 8 / 10);
		if (lines[_i].damage == 0)
			ck_assert_uint_eq(w->empty, 0);
		driver_destroy(w->driver);
	}
}
END_TEST

int
main(void)
{
	Suite	*suite = suite_create("piserial_statuses");
	TCase	*tc = tcase_create("piserial_statuses");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, no_ok_has_the_value_of_another, 0,
	    sizeof lines / sizeof *lines);
	suite_add_tcase(suite, tc);

	return suite_run(suite);
}
