/* SPDX-License-Identifier: MIT */
/*
 * Conversations between a driver and a board (dialogues.h) are played to the
 * driver: whole, with each thing the board says cut in two at every place, byte by
 * byte, and with a port that takes one byte at a time.  The outcome must not
 * depend on it.  Then each is broken off after every byte (faults.h).
 */
#ifndef DIALOGUES_PLAY_H
#define DIALOGUES_PLAY_H

#include <stdio.h>
#include <string.h>

#include "tests/dialogues/faults.h"

/*
 * Plays one; on failure says so on standard error.  model is NULL or what
 * follows a fault.  *bytes becomes how many the board said.
 */
static bool
play(const struct driver_ops *ops, const struct dialogue *d,
    const struct manner *manner, struct model *model, size_t *bytes)
{
	static struct play	 p;
	char			 want[4 * PLAY_BYTES] = "";
	bool			 ok = true, on = true;
	size_t			 i;

	memset(&p, 0, sizeof p);
	p.ops = ops;
	p.manner = manner;
	p.now = 1000;
	play_open(&p, d);
	for (i = 0; ok && on && i < d->n_lines; i++)
		ok = play_line(&p, &d->lines[i], &on);
	if (ok && !on)
		ok = play_recover(&p, model);
	play_wanted(d, want, sizeof want);
	if (ok && on && strcmp(p.told, want) != 0)
		ok = play_fail(&p, "events", want, p.told);
	if (bytes != NULL)
		*bytes = p.heard;
	play_close(&p);
	if (!ok)
		fprintf(stderr, "%s (cut %zd, pieces of %zu, writes of %zu, "
		    "fault %d after %zu)\n%s\n", d->title, (ssize_t)manner->cut,
		    manner->piece, manner->write, manner->fault,
		    manner->fault_at, p.error);
	return ok;
}

/* Whole, byte by byte, with short writes, and cut at every place. */
static bool
play_all_ways(const struct driver_ops *ops, const struct dialogue *d)
{
	struct manner	m = { .cut = SIZE_MAX };
	size_t		longest = 0, len, i;

	for (i = 0; i < d->n_lines; i++) {
		len = strlen(d->lines[i].text);
		if (strcmp(d->lines[i].verb, "<") == 0 && len > longest)
			longest = len;
	}
	if (!play(ops, d, &m, NULL, NULL))
		return false;
	for (m.write = 1; m.write <= 3; m.write += 2)
		if (!play(ops, d, &m, NULL, NULL))
			return false;
	for (m.piece = 1; m.piece <= 3; m.piece += 2)
		if (!play(ops, d, &m, NULL, NULL))
			return false;
	m.piece = m.write = 0;
	for (m.cut = 1; m.cut < longest; m.cut++)
		if (!play(ops, d, &m, NULL, NULL))
			return false;
	return true;
}

/* Broken off after every byte that the board says, in every way. */
static bool
play_all_faults(const struct driver_ops *ops, const struct dialogue *d,
    struct model *model)
{
	struct manner	m = { .cut = SIZE_MAX };
	size_t		bytes;

	if (!play(ops, d, &m, NULL, &bytes))
		return false;
	for (m.fault = FAULT_SILENCE; m.fault < FAULTS; m.fault++)
		for (m.fault_at = 0; m.fault_at < bytes; m.fault_at++)
			if (!play(ops, d, &m, model, NULL))
				return false;
	return true;
}

#endif
