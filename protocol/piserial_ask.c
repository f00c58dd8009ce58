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

#include "protocol/piserial_state.h"

/* A command that is broken off at once, whether or not there is such a command.
 * Its letter breaks off what the board may have of an unfinished one. */
#define QUESTION	"x#"

/* How long a board is given to answer; one that prints, and shows so that it is
 * alive; and for what a command owes, from the moment on in which it was given up.
 * Clients are promised an answer within 3 s. */
#define ANSWER_MS	2800
#define PRINTS_MS	1500
#define OWED_MS		30000

/* When it is asked again, at first; then less and less often, since a sketch that
 * is busy keeps all questions. */
#define AGAIN_MS	500

/* For each speed that is tried, and for the fastest from the second round on: what
 * a slow board says late, to one question or another, is understood there. */
#define TRY_MS		100
#define LISTEN_MS	600

/* Quiet: at least so long, if all that is due has come, and if not; and at most. */
#define QUIET_MS	50
#define DOUBTFUL_QUIET_MS	500
#define LONGEST_QUIET_MS	10000
#define LATENCY_MS	2000

void
piserial_ask_reset(struct piserial *p)
{
	p->doubt = true;
	p->proved = false;
	p->due = p->chews = 0;
	p->due_until = 0;
	p->latency = 0;
}

/* Whether it has to be asked at one speed after the other. */
static bool
piserial_is_searching(const struct piserial *p)
{
	return p->find_baud && !p->heard && !p->prints && !p->placed;
}

static void
piserial_ask_say(struct piserial *p, uint64_t now)
{
	p->say_off = 0;
	if (!piserial_is_searching(p)) {
		p->ask_at = now + p->ask_delay;
		p->ask_delay *= 2;
	} else
		p->ask_at = now + (p->rounds > 0 && p->baud == speed_bauds[0] ?
		    LISTEN_MS : TRY_MS);
}

/* Asks, until the board has proved that it owes nothing. */
static void
piserial_ask_begin(struct piserial *p, uint64_t now)
{
	p->state = PISERIAL_ASK;
	p->since = now;
	p->proved = false;
	p->rounds = 0;
	p->give_up_at = (p->prints && !p->heard ? PRINTS_MS : ANSWER_MS) +
	    (p->deaf ? p->settle_at : now);
	if (p->give_up_at < p->due_until)
		p->give_up_at = p->due_until;
	p->say_off = strlen(QUESTION);
	if (p->due > 0 && now < p->ask_at)
		return;		/* the last question may still be answered */
	p->ask_delay = AGAIN_MS;
	piserial_ask_say(p, now);
}

void
piserial_advance(struct piserial *p, uint64_t now)
{
	if (!p->busy)
		return;
	p->say_off = 0;
	p->state = PISERIAL_IDLE;
	if (p->task == DRIVER_LEAVE) {
		piserial_finish(p, DRIVER_OK);
	} else if (p->deaf && !p->ask) {
		return;
	} else if (p->deaf || p->doubt) {
		piserial_ask_begin(p, now);
	} else if (p->task == DRIVER_SYNC) {
		piserial_finish(p, DRIVER_OK);
	} else {
		p->state = PISERIAL_SEND;
		p->deadline = now + PISERIAL_SEND_MS;
	}
}

/*
 * Quiet, since the last status, that leaves no doubt.  A sketch may look at each
 * byte that is no command for as long as at one that is.
 */
static uint64_t
piserial_quiet_ms(const struct piserial *p)
{
	bool		certain = p->due == 0;
	uint64_t	least = certain ? QUIET_MS : DOUBTFUL_QUIET_MS;
	uint64_t	ms = p->latency * p->chews * (certain ? 1 : 2);

	if (ms > LONGEST_QUIET_MS)
		ms = LONGEST_QUIET_MS;
	return ms > least ? ms : least;
}

/*
 * A board that looks at its line once a second answers within a second, and the
 * next question a second later.  One that has lost a question seems to be as slow,
 * which is soon forgotten.
 */
static void
piserial_measure(struct piserial *p, uint64_t now)
{
	uint64_t	ms = now - p->since;

	p->since = now;
	if (p->due == 0 || p->due_until != 0)
		return;		/* it may be the answer to something else */
	p->latency -= p->latency / 4;
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
	p->heard = p->proved = !p->moved || p->placed || p->prints;
	p->moved = false;
	if (p->heard)
		return;
	piserial_ask_say(p, now);
	p->ask_at = now + LISTEN_MS;
}

void
piserial_ask_status(struct piserial *p, bool rejected, uint64_t now)
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
	if (rejected)
		piserial_ask_found(p, now);
	p->quiet_at = now + piserial_quiet_ms(p);
}

void
piserial_ask_owed(struct piserial *p, uint64_t now)
{
	p->doubt = true;
	p->due++;
	p->chews += p->say_off;
	p->due_until = now + OWED_MS;
	p->ask_at = now;
}

void
piserial_ask_void(struct piserial *p, uint64_t now)
{
	p->due = p->chews = 0;
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
	p->due = p->chews = 0;
	p->due_until = 0;
	piserial_advance(p, now);
}

void
piserial_ask_prints(struct piserial *p, uint64_t now)
{
	if (p->state == PISERIAL_ASK && p->give_up_at > now + PRINTS_MS)
		p->give_up_at = now + PRINTS_MS;
}

void
piserial_ask_moved(struct piserial *p, uint64_t now)
{
	if (p->state != PISERIAL_ASK)
		return;
	p->ask_delay = AGAIN_MS;
	piserial_ask_say(p, now);
}

static void
piserial_ask_try_next(struct piserial *p)
{
	unsigned	baud = speed_next(p->baud);

	p->rounds += baud == speed_bauds[0];
	piserial_speed_set(p, baud, false);
}

/* The board does not answer: why, and what to do. */
static void
piserial_ask_give_up(struct piserial *p, uint64_t now)
{
	bool		foreign = (p->prints || p->placed) && !p->heard;
	const char	*why = "the board answers neither OK nor RR";

	if (foreign)
		why = "its sketch prints, but does not speak PiSerial: picoctl "
		    "flash pinserver, or the library PiSerial; picoctl watch "
		    "shows what it prints";
	else if (p->due_until != 0)
		why = "the command before was given up, and neither OK nor RR "
		    "has come since";
	else if (p->find_baud && !p->heard)
		why = "neither OK nor RR, at any usual speed; its sketch must "
		    "speak PiSerial (picoctl flash pinserver, or the library "
		    "PiSerial), or its baud be configured";
	if (p->find_baud && !p->heard && !p->placed &&
	    p->baud != speed_bauds[0])
		p->prints = false;	/* it may have been an illusion */
	if (p->find_baud && !p->heard && !p->prints) {
		p->first_baud = p->given_baud;	/* nor is it that one */
		piserial_speed_set(p, p->first_baud, false);
	}
	p->ask_at = now;
	piserial_lose(p, why, foreign);
}

void
piserial_ask_tick(struct piserial *p, uint64_t now)
{
	if (p->proved && now >= p->quiet_at) {
		piserial_ask_proved(p, now);
	} else if (p->proved) {
		return;
	} else if (now >= p->give_up_at) {
		piserial_ask_give_up(p, now);
	} else if (now >= p->ask_at) {
		if (piserial_is_searching(p))
			piserial_ask_try_next(p);
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
	if (p->n_news > 0)
		return 0;	/* perhaps the speed is to be another one first */
	*bytes = (const uint8_t *)QUESTION + p->say_off;
	return strlen(QUESTION) - p->say_off;
}

void
piserial_ask_sent(struct piserial *p, size_t n, uint64_t now)
{
	if (p->due == 0)
		p->since = now;
	if (p->say_off == 0) {
		p->due++;
		p->chews += sizeof QUESTION - 1;
	}
	p->say_off += n;
}
