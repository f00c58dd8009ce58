/* SPDX-License-Identifier: MIT */
/*
 * A conversation was broken off, by silence, garbage or a reset of the board: the
 * job must end once, in bounded time, and the next one must work with a model of
 * the board.
 */
#ifndef DIALOGUES_FAULTS_H
#define DIALOGUES_FAULTS_H

#include <stdio.h>
#include <string.h>

#include "tests/dialogues/player.h"

/* A board that works, to prove that the next job does too. */
struct model {
	void	(*reset)(struct model *);
	size_t	(*hear)(struct model *, uint8_t, char *answer);
	const char *job, *answer;	/* its job, and the DONE it ends with */
	const char *banner;		/* what it says when it is reset */
	int	 state;
	char	 line[4096];
	size_t	 len;
};

static void
model_talk(struct play *p, struct model *model)
{
	static char	 answer[8192], heard[PLAY_BYTES];
	size_t		 i, n, len = p->said_len;

	memcpy(heard, p->said, len);
	p->said_len = 0;
	for (i = 0; i < len; i++) {
		n = model->hear(model, (uint8_t)heard[i], answer);
		if (n > 0)
			play_feed(p, answer, n);
	}
}

/* Runs until the job is over; false if it never is. */
static bool
model_until(struct play *p, struct model *model, int ends, uint64_t ms)
{
	uint64_t	end = p->now + ms;

	while (p->ends < ends && p->now < end) {
		if (model != NULL)
			model_talk(p, model);
		else
			p->said_len = 0;
		if (p->ends < ends)
			play_wait(p, 1);
	}
	return p->ends >= ends;
}

static void
play_strike(struct play *p, const struct model *model)
{
	static const char	garbage[] = "\xff\x00\x04\x04O\x80K\x01RR>\x04>"
	    "\r\nOO\x7f";

	if (p->manner->fault == FAULT_GARBAGE)
		play_feed(p, garbage, sizeof garbage - 1);
	if (p->manner->fault == FAULT_RESET)
		play_feed(p, model->banner, strlen(model->banner));
}

/*
 * The fault has struck: the job that runs must end once.  A silent program
 * may run for ever, so it is interrupted, as a client's time limit does.
 */
static bool
play_recover(struct play *p, struct model *model)
{
	char	ends[64];
	size_t	mark;

	model->reset(model);
	play_strike(p, model);
	if (!model_until(p, NULL, p->jobs, 45000)) {
		driver_interrupt(p->driver, p->now);
		if (!model_until(p, NULL, p->jobs, 15000))
			return play_fail(p, "the job", "ends", p->told);
	}
	play_wait(p, 60000);
	p->said_len = 0;
	mark = strlen(p->told);
	play_run(p, DRIVER_RUN, model->job);
	if (p->result < 0)
		return play_fail(p, "the next job", "starts",
		    strerrorname_np(-p->result));
	if (!model_until(p, model, p->jobs, 60000))
		return play_fail(p, "the next job", "ends", p->told + mark);
	snprintf(ends, sizeof ends, "%d", p->ends);
	if (p->ends != p->jobs)
		return play_fail(p, "ends of jobs", "one each", ends);
	if (strstr(p->told + mark, model->answer) == NULL)
		return play_fail(p, "the next job", model->answer,
		    p->told + mark);
	return true;
}

#endif
