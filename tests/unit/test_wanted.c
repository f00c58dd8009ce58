/* SPDX-License-Identifier: MIT */
/* Whether a port is wanted open, whatever happened in whatever order. */
#include <check.h>
#include <stdio.h>

#include "daemon/port/wanted.h"
#include "tests/unit/suite.h"

/* ------------------------------------- a port that does as it is told */

/* Each sequence of so many inputs is tried. */
#define DEPTH	5

struct world {
	struct wanted	 wanted;
	bool		 open, trying, pulled;
	/* What the last inputs of each kind say, told by nobody else. */
	bool		 there, taken;
	enum wanted_input path[DEPTH];
	int		 len;
};

static const char *const names[WANTED_INPUT_COUNT] = {
	"plugged", "unplugged", "opened", "failed", "lost", "reset",
	"reset-done", "lent", "flashing", "returned", "reloaded", "silent"
};

static const char *
world_path(const struct world *w)
{
	static char	text[256];
	int		i, at = 0;

	for (i = 0; i < w->len; i++)
		at += snprintf(text + at, sizeof text - (size_t)at, " %s",
		    names[w->path[i]]);
	return text;
}

/* Whether it can happen at all to such a port. */
static bool
world_can(const struct world *w, enum wanted_input input)
{
	switch (input) {
	case WANTED_OPENED:
	case WANTED_FAILED: return w->trying;
	case WANTED_LOST: return w->open;
	case WANTED_RESET_DONE: return w->pulled;
	default: return true;
	}
}

static void
world_happens(struct world *w, enum wanted_input input)
{
	w->path[w->len++] = input;
	w->there = input == WANTED_PLUGGED ||
	    (w->there && input != WANTED_UNPLUGGED);
	w->taken = input == WANTED_LENT || input == WANTED_FLASHING ||
	    (w->taken && input != WANTED_RETURNED);
	if (input == WANTED_OPENED)
		w->open = true, w->trying = false;
	if (input == WANTED_LOST)
		w->open = w->pulled = false;
	if (input == WANTED_RESET_DONE)
		w->pulled = false;
}

static void
world_act(struct world *w, enum wanted_act act)
{
	switch (act) {
	case WANTED_REST:
		break;
	case WANTED_TRY:
		w->open = w->pulled = false;
		w->trying = true;
		break;
	case WANTED_CLOSE:
		w->open = w->pulled = w->trying = false;
		break;
	case WANTED_PULL:
		ck_assert_msg(w->open && !w->pulled, "pulled, after%s",
		    world_path(w));
		w->pulled = true;
		break;
	}
}

static void
world_check(const struct world *w)
{
	bool	wanted = (w->wanted.always || w->there) && !w->taken;

	ck_assert_msg((w->open || w->trying) == wanted, "%s, after%s",
	    wanted ? "neither open nor tried" : "not closed", world_path(w));
	ck_assert_msg(!w->open || (w->len > 0 &&
	    w->path[w->len - 1] != WANTED_UNPLUGGED &&
	    w->path[w->len - 1] != WANTED_RELOADED), "still open, after%s",
	    world_path(w));
	ck_assert_msg(!w->open || !w->trying, "open and tried, after%s",
	    world_path(w));
	ck_assert_msg((w->wanted.phase >= PORT_OPEN) == w->open,
	    "taken for what it is not, after%s", world_path(w));
	ck_assert_msg((w->wanted.phase == PORT_RESETTING) == w->pulled,
	    "its reset line is forgotten, after%s", world_path(w));
}

static void
world_try_all(const struct world *before)
{
	struct world		 w;
	enum wanted_input	 input;

	for (input = 0; input < WANTED_INPUT_COUNT; input++) {
		w = *before;
		if (!world_can(&w, input))
			continue;
		world_happens(&w, input);
		world_act(&w, wanted_tell(&w.wanted, input, 0));
		world_check(&w);
		if (w.len < DEPTH)
			world_try_all(&w);
	}
}

START_TEST(test_open_or_tried_if_and_only_if_it_is_wanted)
{
	struct world	w = { .len = 0 };

	wanted_init(&w.wanted, _i == 1);
	if (_i == 1)	/* what is configured is there from the start */
		world_act(&w, wanted_tell(&w.wanted, WANTED_RELOADED, 0));
	world_check(&w);
	world_try_all(&w);
}
END_TEST

/* ------------------------------------------------------- one by one */

static struct wanted	wanted;

static enum wanted_act
tell(enum wanted_input input, uint64_t now)
{
	return wanted_tell(&wanted, input, now);
}

static void
setup(void)
{
	wanted_init(&wanted, false);
	ck_assert_int_eq(tell(WANTED_PLUGGED, 0), WANTED_TRY);
	ck_assert_int_eq(wanted.pause_ms, 0);
	tell(WANTED_OPENED, 0);
}

START_TEST(test_a_port_that_lived_is_tried_again_at_once)
{
	ck_assert_int_eq(tell(WANTED_LOST, 1000), WANTED_TRY);
	ck_assert_int_eq(wanted.pause_ms, 0);
	ck_assert(!wanted_is_unsteady(&wanted));
}
END_TEST

START_TEST(test_the_pauses_of_one_that_does_not_live_grow)
{
	int	pause_ms = 25, i;

	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(tell(WANTED_LOST, 999), WANTED_TRY);
		pause_ms = pause_ms * 2 < 5000 ? pause_ms * 2 : 5000;
		ck_assert_int_eq(wanted.pause_ms, pause_ms);
		ck_assert_int_eq(wanted_is_unsteady(&wanted), i > 0);
		tell(WANTED_OPENED, 0);
	}
	ck_assert_int_eq(pause_ms, 5000);
	tell(WANTED_LOST, 1000);
	ck_assert_int_eq(wanted.pause_ms, 0);
}
END_TEST

/* Whoever waits for a server does not hear that it comes and goes. */
START_TEST(test_a_port_that_is_only_slow_to_open_is_steady)
{
	int	i;

	tell(WANTED_LOST, 1000);
	for (i = 0; i < 10; i++)
		tell(WANTED_FAILED, 1000);
	ck_assert_int_eq(wanted.pause_ms, 5000);
	tell(WANTED_OPENED, 1000);
	ck_assert(!wanted_is_unsteady(&wanted));
}
END_TEST

START_TEST(test_plugging_it_in_ends_the_pause)
{
	tell(WANTED_LOST, 0);
	tell(WANTED_OPENED, 0);
	tell(WANTED_LOST, 0);
	ck_assert_int_eq(tell(WANTED_UNPLUGGED, 0), WANTED_CLOSE);
	ck_assert_int_eq(tell(WANTED_PLUGGED, 0), WANTED_TRY);
	ck_assert_int_eq(wanted.pause_ms, 0);
}
END_TEST

START_TEST(test_told_twice_that_it_is_there_it_stays_open)
{
	ck_assert_int_eq(tell(WANTED_PLUGGED, 0), WANTED_REST);
}
END_TEST

START_TEST(test_a_silent_board_stays_open)
{
	ck_assert_int_eq(tell(WANTED_SILENT, 0), WANTED_REST);
	ck_assert_int_eq(wanted.phase, PORT_OPEN);
}
END_TEST

START_TEST(test_a_reloaded_one_is_opened_anew)
{
	ck_assert_int_eq(tell(WANTED_RELOADED, 0), WANTED_TRY);
}
END_TEST

START_TEST(test_one_that_moved_is_still_lent)
{
	ck_assert_int_eq(tell(WANTED_LENT, 0), WANTED_CLOSE);
	wanted_move(&wanted, true);
	ck_assert_int_eq(tell(WANTED_PLUGGED, 0), WANTED_REST);
	ck_assert_int_eq(tell(WANTED_RETURNED, 0), WANTED_TRY);
}
END_TEST

int
main(void)
{
	Suite	*s = suite_create("wanted");
	TCase	*all = tcase_create("all"), *one = tcase_create("one");

	suite_add_tcase(s, all);
	tcase_add_loop_test(all,
	    test_open_or_tried_if_and_only_if_it_is_wanted, 0, 2);
	suite_add_tcase(s, one);
	tcase_add_checked_fixture(one, setup, NULL);
	tcase_add_test(one, test_a_port_that_lived_is_tried_again_at_once);
	tcase_add_test(one, test_the_pauses_of_one_that_does_not_live_grow);
	tcase_add_test(one, test_a_port_that_is_only_slow_to_open_is_steady);
	tcase_add_test(one, test_plugging_it_in_ends_the_pause);
	tcase_add_test(one, test_told_twice_that_it_is_there_it_stays_open);
	tcase_add_test(one, test_a_silent_board_stays_open);
	tcase_add_test(one, test_a_reloaded_one_is_opened_anew);
	tcase_add_test(one, test_one_that_moved_is_still_lent);
	return suite_run(s);
}
