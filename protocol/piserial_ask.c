/* SPDX-License-Identifier: MIT */
/*
 * A status says not whose it is.  So before the first command, and after anything
 * that leaves it open which statuses are still to come, the board is asked
 * something that every sketch answers with RR and nothing else, and no command is
 * sent before it has answered, and been quiet for a while.
 *
 * A board answers in the order in which it was told.  So it is known how many
 * statuses are due: one for each question, and one for a command that was given
 * up.  When all have come, a short quiet is enough, for one too many.  If some
 * are missing, they may have been lost, or the sketch looks at its line only now
 * and then: that takes a longer one.  How long is measured.
 */
#include <string.h>

#include "protocol/piserial.h"

/* A command that is broken off at once, whether or not there is such a command.
 * Its letter breaks off what the board may have of an unfinished one. */
#define QUESTION	"x#"

/* How long a board is given to answer, and for what a command owes, from the
 * moment on in which it was given up. */
#define ANSWER_MS	3000
#define OWED_MS		30000

/* When it is asked again, at first; then less and less often, since a sketch that
 * is busy keeps all questions. */
#define AGAIN_MS	500

/* Quiet: at least so long, and so many times what an answer takes. */
#define QUIET_MS	50
#define QUIET_TIMES	2
#define DOUBTFUL_QUIET_MS	500
#define DOUBTFUL_QUIET_TIMES	4
#define LATENCY_MS	2000

void
piserial_ask_reset(struct piserial *p)
{
	p->doubt = true;
	p->heard = p->moved = p->proved = false;
	p->due = 0;
	p->due_until = 0;
	p->latency = 0;
}

static void
piserial_ask_say(struct piserial *p, uint64_t now)
{
	p->say_off = 0;
	p->ask_at = now + p->ask_delay;
	if (p->heard || !p->two_speeds)
		p->ask_delay *= 2;
}

void
piserial_ask_begin(struct piserial *p, uint64_t now)
{
	p->state = PISERIAL_ASK;
	p->proved = false;
	p->give_up_at = ANSWER_MS + (p->deaf ? p->settle_at : now);
	if (p->give_up_at < p->due_until)
		p->give_up_at = p->due_until;
	p->say_off = strlen(QUESTION);
	if (p->due > 0 && now < p->ask_at)
		return;		/* the last question may still be answered */
	if (!p->heard && p->two_speeds)
		p->due = 0;	/* they were said at any speed */
	p->ask_delay = AGAIN_MS;
	piserial_ask_say(p, now);
}

/* Quiet, since the last status, that leaves no doubt. */
static uint64_t
piserial_quiet_ms(const struct piserial *p)
{
	bool		certain = p->due == 0;
	uint64_t	least = certain ? QUIET_MS : DOUBTFUL_QUIET_MS;
	uint64_t	ms = p->latency * (certain ? QUIET_TIMES :
			    DOUBTFUL_QUIET_TIMES);

	return ms > least ? ms : least;
}

static void
piserial_measure(struct piserial *p, uint64_t now)
{
	uint64_t	ms = now - p->asked_at;

	if (p->due != 1 || p->due_until != 0)
		return;		/* it may be the answer to something else */
	if (ms > p->latency)
		p->latency = ms < LATENCY_MS ? ms : LATENCY_MS;
}

/*
 * Right after a change of speed it may be a late answer to what was said before:
 * there the second one counts.
 */
static void
piserial_ask_found(struct piserial *p, uint64_t now)
{
	p->heard = !p->moved;
	p->moved = false;
	p->proved = p->heard;
	if (!p->heard)
		piserial_ask_say(p, now);
}

void
piserial_ask_status(struct piserial *p, bool rejected, bool in_word,
    uint64_t now)
{
	if (p->state != PISERIAL_ASK) {
		p->doubt = true;
		p->due -= p->due > 0;
		return;
	}
	piserial_measure(p, now);
	if (p->due > 0 && p->give_up_at < now + ANSWER_MS)
		p->give_up_at = now + ANSWER_MS;
	p->due -= p->due > 0;
	p->proved = false;
	if (rejected && !in_word)
		piserial_ask_found(p, now);
	p->quiet_at = now + piserial_quiet_ms(p);
}

void
piserial_ask_owed(struct piserial *p, uint64_t now)
{
	p->doubt = true;
	p->due++;
	p->due_until = now + OWED_MS;
	p->ask_at = now;
}

void
piserial_ask_void(struct piserial *p, uint64_t now)
{
	p->due = 0;
	p->due_until = 0;
	p->heard = true;
	p->moved = p->deaf = false;
	p->doubt = p->state == PISERIAL_ASK;
	p->settle_at = DRIVER_NEVER;
	if (p->state == PISERIAL_ASK || p->state == PISERIAL_IDLE)
		piserial_advance(p, now);
}

/* It owes nothing.  What it may still say is of nobody's command. */
static void
piserial_ask_proved(struct piserial *p, uint64_t now)
{
	p->doubt = p->deaf = false;
	p->settle_at = DRIVER_NEVER;
	p->due = 0;
	p->due_until = 0;
	piserial_advance(p, now);
}

static void
piserial_change_speed(struct piserial *p)
{
	static const char	step[] = "no answer: trying the other speed";

	p->moved = true;
	p->due = 0;
	piserial_tell(p, (struct driver_event){ .type = DRIVER_SPEED,
	    .data = (const uint8_t *)step, .len = sizeof step - 1 });
}

void
piserial_ask_tick(struct piserial *p, uint64_t now)
{
	if (p->proved && now >= p->quiet_at) {
		piserial_ask_proved(p, now);
	} else if (p->proved) {
		return;
	} else if (now >= p->give_up_at) {
		p->ask_at = now;
		piserial_lose(p, p->due_until == 0 ?
		    "the board answers neither OK nor RR" :
		    "the command before was given up, and neither OK nor RR "
		    "has come since");
	} else if (now >= p->ask_at) {
		if (!p->heard && p->two_speeds)
			piserial_change_speed(p);
		piserial_ask_say(p, now);
	}
}

uint64_t
piserial_ask_deadline(const struct piserial *p)
{
	if (p->proved)
		return p->quiet_at;
	return p->ask_at < p->give_up_at ? p->ask_at : p->give_up_at;
}

size_t
piserial_ask_output(const struct piserial *p, const uint8_t **bytes)
{
	*bytes = (const uint8_t *)QUESTION + p->say_off;
	return strlen(QUESTION) - p->say_off;
}

void
piserial_ask_sent(struct piserial *p, size_t n, uint64_t now)
{
	p->due += p->say_off == 0;
	p->say_off += n;
	p->asked_at = now;
}
