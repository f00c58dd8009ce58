/* SPDX-License-Identifier: MIT */
/*
 * The speed of a sketch, which nobody has said.  What it prints tells it, at any
 * time, without a word from us: text is right, and what it looks like at a faster
 * speed tells how much slower it is.  A sketch that says nothing is asked, before
 * the first command, at one speed after the other (piserial_ask.c).
 *
 * What is heard at a speed that may be wrong is not told to anybody.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/piserial_state.h"

/* A search that came to no end leaves no trace: its last speed was a try. */
void
piserial_speed_reset(struct piserial *p)
{
	memset(&p->ear, 0, sizeof p->ear);
	if (p->heard || p->prints || p->placed)
		p->first_baud = p->baud;
	p->baud = p->first_baud;
	p->turns = 0;
	p->placed = p->prints = p->heard = p->moved = false;
}

/* What was heard so far is not what the board said. */
static void
piserial_forget(struct piserial *p)
{
	p->text_len = p->command_len = 0;
	p->half = 0;
	p->last = '\n';
}

void
piserial_speed_set(struct piserial *p, unsigned baud, bool heard)
{
	piserial_flush(p);
	p->placed = heard;
	p->prints = false;
	piserial_forget(p);
	memset(&p->ear, 0, sizeof p->ear);
	p->due = p->chews = 0;	/* whatever was said, it was at any speed */
	if (baud == p->baud)
		return;
	p->baud = baud;
	p->moved = true;
	piserial_tell(p, (struct driver_event){
	    .type = DRIVER_SPEED, .baud = baud });
}

/* What was heard leads there, or, if it tells nothing, where all can be told. */
static void
piserial_speed_turn(struct piserial *p, bool slower, unsigned baud)
{
	p->turns++;
	piserial_speed_set(p, slower ? baud : speed_bauds[0], slower);
}

/*
 * What is too fast for us may look like text, above all if it is digits.  So text
 * counts where a board was asked to speak or has spoken before, where nothing is
 * faster, and where what was heard has led.
 */
static bool
piserial_speed_may_be_right(const struct piserial *p)
{
	return !p->find_baud || p->placed || p->baud == p->first_baud ||
	    p->baud == speed_bauds[0];
}

/* It prints, as far as can be told; the next that is heard may tell otherwise. */
static enum piserial_said
piserial_speed_right(struct piserial *p)
{
	bool	first = !p->prints;

	memset(&p->ear, 0, sizeof p->ear);
	p->prints = true;
	return first ? PISERIAL_PRINTS : PISERIAL_SAID;
}

enum piserial_said
piserial_speed_hear(struct piserial *p, uint8_t c)
{
	enum speed_verdict	verdict;
	unsigned		baud = 0;

	if (p->heard || p->turns >= PISERIAL_TURNS)
		return PISERIAL_SAID;
	verdict = speed_hear(&p->ear, p->baud, c, &baud);
	if (verdict == SPEED_RIGHT && piserial_speed_may_be_right(p))
		return piserial_speed_right(p);
	if (!p->find_baud)
		return PISERIAL_SAID;
	if (verdict == SPEED_SLOWER || (verdict == SPEED_WRONG &&
	    p->state != PISERIAL_ASK && !p->prints)) {
		piserial_speed_turn(p, verdict == SPEED_SLOWER, baud);
		return PISERIAL_MOVED;
	}
	if (!p->prints && p->ear.text == 0) {
		piserial_forget(p);
		return PISERIAL_NOT_SAID;
	}
	return PISERIAL_SAID;
}
