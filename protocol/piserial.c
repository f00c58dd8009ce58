/* SPDX-License-Identifier: MIT */
/*
 * The host's side of PiSerial: a command is a letter with hex digits and a
 * newline, and the board answers OK or RR, without one.
 *
 * The letters of commands, of digits and of statuses do not overlap, so the
 * board may send commands of its own in the same stream, and noise is told
 * from both.  A command says nothing of which status is its own.  So after a
 * command that was given up the next one waits: until the status that is owed
 * has come, or it is plain that none will.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/piserial.h"

/* A sketch may move a servo or read a sensor before it answers. */
#define ANSWER_MS	30000

/* How long a board is given to say whether it hears this speed, and how often. */
#define ASK_MS		500
#define ASKS		4

/* A port that takes no byte for so long takes none. */
#define SEND_MS		5000

/*
 * Said before the next command: the # breaks off what the board may have of
 * an unfinished one, so that the newline cannot carry out its first half.
 */
#define BREAK		"#\n"

/*
 * Asks a board whether it is awake, and hears our speed: a command that is broken
 * off at once, which is RR and no more, whether or not there is such a command.
 */
#define ASK		"x#"

static struct piserial *
piserial_of(struct driver *d)
{
	return (struct piserial *)d;
}

static const struct piserial *
piserial_const(const struct driver *d)
{
	return (const struct piserial *)d;
}

static void
piserial_enter(struct piserial *p, enum piserial_state state,
    uint64_t deadline)
{
	p->state = state;
	p->deadline = deadline;
}

void
piserial_tell(struct piserial *p, struct driver_event event)
{
	assert(p->n_news < sizeof p->news / sizeof *p->news);
	p->news[p->n_news++] = event;
}

static struct driver *
piserial_create(const struct driver_options *options)
{
	struct piserial	*p = calloc(1, sizeof *p);
	const char	*letter = options->reports;

	if (p == NULL)
		return NULL;
	p->two_speeds = options->two_speeds;
	for (; letter != NULL && *letter != '\0'; letter++)
		if (piserial_is_letter((uint8_t)*letter))
			p->reports[*letter - 'a'] = true;
	return &p->base;
}

static void
piserial_destroy(struct driver *d)
{
	free(d);
}

/* One trailing newline is as good as none. */
static size_t
command_length(const char *text, size_t len)
{
	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	return len;
}

static int
piserial_check(const char *text, size_t len, const char **why)
{
	size_t	i;

	len = command_length(text, len);
	*why = "a command is one letter a-z and then digits 0-9 A-F, "
	    "in capitals";
	if (len == 0 || !piserial_is_letter((uint8_t)text[0]))
		return -EINVAL;
	for (i = 1; i < len; i++)
		if (!piserial_is_digit((uint8_t)text[i]))
			return -EINVAL;
	*why = "a command has at most 256 characters";
	return len > LIMIT_COMMAND ? -E2BIG : 0;
}

static void
piserial_close(struct driver *d)
{
	struct piserial	*p = piserial_of(d);

	piserial_enter(p, PISERIAL_CLOSED, DRIVER_NEVER);
	p->settle_at = DRIVER_NEVER;
	p->busy = p->deaf = p->doubt = false;
	p->say_len = p->say_off = p->command_len = 0;
	p->owed = 0;
	p->last = 0;
	p->n_news = 0;
	p->heard = !p->two_speeds;
	p->moved = false;
	p->asked = 0;
}

static void
piserial_open(struct driver *d, uint64_t settle_ms, bool ask, uint64_t now)
{
	struct piserial	*p = piserial_of(d);

	piserial_close(d);
	piserial_enter(p, PISERIAL_IDLE, DRIVER_NEVER);
	p->deaf = settle_ms > 0;
	p->ask = ask;
	p->settle_at = p->deaf ? now + settle_ms : DRIVER_NEVER;
}

/* The job is over; what it leaves open makes the next one wait. */
static void
piserial_end(struct piserial *p, struct driver_event event)
{
	p->busy = false;
	p->say_len = p->say_off = 0;
	piserial_tell(p, event);
	piserial_enter(p, PISERIAL_IDLE, DRIVER_NEVER);
}

void
piserial_finish(struct piserial *p, enum driver_outcome outcome)
{
	piserial_end(p, (struct driver_event){ .type = DRIVER_DONE,
	    .outcome = outcome });
}

static void
piserial_lose(struct piserial *p, const char *why)
{
	if (p->state == PISERIAL_WAIT)
		p->owed = 1;
	p->doubt = true;
	p->heard = !p->two_speeds;
	p->asked = 0;
	piserial_end(p, (struct driver_event){ .type = DRIVER_LOST,
	    .data = (const uint8_t *)why, .len = strlen(why) });
}

/* The next step of the job, once the board can hear. */
static void
piserial_advance(struct piserial *p, uint64_t now)
{
	if (!p->busy)
		return;
	p->say_off = 0;
	if (p->task == DRIVER_LEAVE)
		piserial_finish(p, DRIVER_OK);
	else if (p->deaf ? p->ask : !p->heard && p->asked < ASKS)
		piserial_enter(p, PISERIAL_ASK, p->two_speeds ?
		    now + ASK_MS : DRIVER_NEVER);
	else if (p->deaf)
		return;
	else if (p->doubt) {
		p->drain_until = now + PISERIAL_DRAIN_MS;
		piserial_enter(p, PISERIAL_DRAIN, now + PISERIAL_QUIET_MS);
	} else if (p->task == DRIVER_SYNC)
		piserial_finish(p, DRIVER_OK);
	else
		piserial_enter(p, PISERIAL_SEND, now + SEND_MS);
}

/* A job is over for the caller only when it was told. */
static bool
piserial_end_is_news(const struct piserial *p)
{
	size_t	i;

	for (i = 0; i < p->n_news; i++)
		if (p->news[i].type == DRIVER_DONE ||
		    p->news[i].type == DRIVER_LOST)
			return true;
	return false;
}

static int
piserial_run(struct driver *d, const struct driver_job *job, uint64_t now)
{
	struct piserial	*p = piserial_of(d);
	const char	*why;
	int		 error;

	if (p->state == PISERIAL_CLOSED)
		return -ENOTCONN;
	if (p->busy || piserial_end_is_news(p))
		return -EBUSY;
	if (job->task == DRIVER_SOFT_RESET)
		return -ENOTSUP;
	if (job->task == DRIVER_RUN) {
		error = piserial_check(job->text, job->len, &why);
		if (error < 0)
			return error;
		p->say_len = command_length(job->text, job->len);
		memcpy(p->say, job->text, p->say_len);
		p->say[p->say_len++] = '\n';
	}
	p->busy = true;
	p->task = job->task;
	piserial_advance(p, now);
	return 0;
}

static void
piserial_interrupt(struct driver *d, uint64_t now)
{
	struct piserial	*p = piserial_of(d);

	(void)now;
	if (!p->busy)
		return;
	if (p->state == PISERIAL_WAIT ||
	    (p->state == PISERIAL_SEND && p->say_off > 0)) {
		p->owed = 1;
		p->doubt = true;
	}
	piserial_finish(p, DRIVER_INTERRUPTED);
}

/* Back in step, or as near to it as waiting helps. */
static void
piserial_drained(struct piserial *p, uint64_t now)
{
	p->doubt = false;
	p->owed = 0;
	piserial_advance(p, now);
}

/* The board can hear.  What it may still have to say is of nobody's command. */
static void
piserial_awake(struct piserial *p, uint64_t now)
{
	p->settle_at = DRIVER_NEVER;
	p->doubt |= p->deaf && p->state == PISERIAL_ASK;
	p->deaf = false;
	piserial_advance(p, now);
}

/*
 * Right after a change of speed it may be a late answer to what was said before:
 * there the second one counts.
 */
void
piserial_answered(struct piserial *p, uint64_t now)
{
	p->heard = !p->moved;
	p->moved = false;
	if (p->heard)
		piserial_awake(p, now);
	else
		piserial_advance(p, now);
}

/* Nobody answers: at the other speed, or without an answer at either. */
static void
piserial_ask_again(struct piserial *p, uint64_t now)
{
	static const char	step[] = "no answer: trying the other speed";

	p->asked += !p->deaf;
	p->moved = true;
	p->doubt |= p->asked == ASKS;
	piserial_tell(p, (struct driver_event){ .type = DRIVER_SPEED,
	    .data = (const uint8_t *)step, .len = sizeof step - 1 });
	piserial_advance(p, now);
}

static void
piserial_take_news(struct piserial *p, struct driver_event *event)
{
	if (p->n_news == 0)
		return;
	*event = p->news[0];
	memmove(p->news, p->news + 1, --p->n_news * sizeof *p->news);
}

static size_t
piserial_feed(struct driver *d, const uint8_t *buf, size_t len, uint64_t now,
    struct driver_event *event)
{
	struct piserial	*p = piserial_of(d);
	size_t		 off = 0;

	do
		piserial_hear(p, buf[off++], now);
	while (off < len && p->n_news == 0);
	piserial_take_news(p, event);
	return off;
}

static void
piserial_tick(struct driver *d, uint64_t now, struct driver_event *event)
{
	struct piserial	*p = piserial_of(d);

	if (p->n_news > 0) {
		piserial_take_news(p, event);
		return;
	}
	if (now >= p->settle_at)
		piserial_awake(p, now);
	else if (now >= p->deadline) {
		if (p->state == PISERIAL_ASK)
			piserial_ask_again(p, now);
		else if (p->state == PISERIAL_SEND)
			piserial_lose(p, "the port takes no bytes");
		else if (p->state == PISERIAL_WAIT)
			piserial_lose(p, "the board answers neither OK nor RR");
		else if (p->owed == 0 || now >= p->drain_until)
			piserial_drained(p, now);
		else
			p->deadline = p->drain_until;
	}
	piserial_take_news(p, event);
}

static uint64_t
piserial_deadline(const struct driver *d)
{
	const struct piserial	*p = piserial_const(d);

	if (p->n_news > 0)
		return 0;
	return p->settle_at < p->deadline ? p->settle_at : p->deadline;
}

static size_t
piserial_output(const struct driver *d, const uint8_t **bytes)
{
	const struct piserial	*p = piserial_const(d);

	switch (p->state) {
	case PISERIAL_ASK:
		*bytes = (const uint8_t *)ASK + p->say_off;
		return strlen(ASK) - p->say_off;
	case PISERIAL_DRAIN:
		*bytes = (const uint8_t *)BREAK + p->say_off;
		return strlen(BREAK) - p->say_off;
	case PISERIAL_SEND:
		*bytes = p->say + p->say_off;
		return p->say_len - p->say_off;
	default:
		return 0;
	}
}

static void
piserial_sent(struct driver *d, size_t n, uint64_t now)
{
	struct piserial	*p = piserial_of(d);

	p->say_off += n;
	if (p->state != PISERIAL_SEND)
		return;
	p->deadline = now + SEND_MS;
	if (p->say_off < p->say_len)
		return;
	piserial_tell(p, (struct driver_event){ .type = DRIVER_STARTED });
	piserial_enter(p, PISERIAL_WAIT, now + ANSWER_MS);
}

static const char *
piserial_about(const struct driver *d)
{
	(void)d;
	return NULL;
}

static bool
piserial_in_step(const struct driver *d)
{
	const struct piserial	*p = piserial_const(d);

	return p->state != PISERIAL_CLOSED && !p->deaf && !p->doubt;
}

/* A command is all that a sketch reads. */
static bool
piserial_hears(const struct driver *d)
{
	(void)d;
	return false;
}

static const char *
piserial_language(const struct driver *d)
{
	return d->ops->name;
}

const struct driver_ops driver_piserial = {
	.name		= "piserial",
	.create		= piserial_create,
	.destroy	= piserial_destroy,
	.check		= piserial_check,
	.open		= piserial_open,
	.close		= piserial_close,
	.run		= piserial_run,
	.interrupt	= piserial_interrupt,
	.feed		= piserial_feed,
	.tick		= piserial_tick,
	.deadline	= piserial_deadline,
	.output		= piserial_output,
	.sent		= piserial_sent,
	.about		= piserial_about,
	.in_step	= piserial_in_step,
	.hears		= piserial_hears,
	.language	= piserial_language,
};
