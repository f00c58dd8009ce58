/* SPDX-License-Identifier: MIT */
/*
 * The host's side of PiSerial: a command is a letter with hex digits and a
 * newline, and the board answers OK or RR, without one.
 *
 * The letters of commands, of digits and of statuses do not overlap, so the
 * board may send commands of its own in the same stream, and noise is told
 * from both.  A command takes as long as it takes, since a sketch may move
 * something.  A status says not whose it is: while it is open whether another
 * one is still to come, the board is asked (piserial_ask.c) before it is told
 * anything else.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/pins.h"
#include "protocol/piserial_state.h"

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

/* Whether all letters of a PinServer's reports are set aside: then it is one. */
static bool
piserial_has_pin_server(const struct piserial *p)
{
	const char	*letter = pins_reports;

	while (*letter != '\0' && p->reports[*letter - 'a'])
		letter++;
	return *letter == '\0';
}

static struct driver *
piserial_create(const struct driver_options *options)
{
	struct piserial	*p = calloc(1, sizeof *p);
	const char	*letter = options->reports;

	if (p == NULL)
		return NULL;
	p->find_baud = options->find_baud;
	p->baud = p->first_baud = p->given_baud = options->baud;
	for (; letter != NULL && *letter != '\0'; letter++)
		if (piserial_is_letter((uint8_t)*letter))
			p->reports[*letter - 'a'] = true;
	p->pin_server = piserial_has_pin_server(p);
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
	*why = "a command has at most " LIMIT_COMMAND_SAID;
	return len > LIMIT_COMMAND ? -E2BIG : 0;
}

static void
piserial_close(struct driver *d)
{
	struct piserial	*p = piserial_of(d);

	p->state = PISERIAL_CLOSED;
	p->settle_at = p->deadline = p->flush_at = DRIVER_NEVER;
	p->busy = p->deaf = p->greeting = false;
	p->in_word = p->after_status = p->line_ends = p->spoke = false;
	p->say_len = p->say_off = p->command_len = p->text_len = 0;
	p->last = '\n';
	p->half = 0;
	p->n_news = 0;
	piserial_ask_reset(p);
	piserial_speed_reset(p);
}

static void
piserial_open(struct driver *d, uint64_t settle_ms, bool ask, uint64_t now)
{
	struct piserial	*p = piserial_of(d);

	piserial_close(d);
	p->state = PISERIAL_IDLE;
	p->deaf = p->greeting = settle_ms > 0;
	p->ask = ask;
	p->settle_at = p->deaf ? now + settle_ms : DRIVER_NEVER;
}

static int
piserial_run(struct driver *d, const struct driver_job *job, uint64_t now)
{
	struct piserial	*p = piserial_of(d);
	const char	*why;
	int		 error;

	if (p->state == PISERIAL_CLOSED)
		return -ENOTCONN;
	if (p->busy || piserial_end_waits(p))
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

	if (!p->busy)
		return;
	if (piserial_is_under_way(p))
		piserial_ask_owed(p, now);
	piserial_finish(p, DRIVER_INTERRUPTED);
}

/* It was given the time that it may be deaf. */
static void
piserial_settled(struct piserial *p, uint64_t now)
{
	p->deaf = false;
	p->settle_at = DRIVER_NEVER;
	p->ask_at = now;
	piserial_advance(p, now);
}

static void
piserial_stuck(struct piserial *p, uint64_t now)
{
	if (piserial_is_under_way(p))
		piserial_ask_owed(p, now);
	piserial_lose(p, "the port takes no bytes", false);
}

static size_t
piserial_feed(struct driver *d, const uint8_t *buf, size_t len, uint64_t now,
    struct driver_event *event)
{
	struct piserial	*p = piserial_of(d);
	size_t		 off = piserial_speed_waits(p) ? len : 0;

	while (off < len && (off == 0 || p->n_news == 0))
		piserial_hear(p, buf[off++], now);
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
	if (now >= p->flush_at)
		piserial_flush(p);
	else if (now >= p->settle_at)
		piserial_settled(p, now);
	else if (p->state == PISERIAL_ASK)
		piserial_ask_tick(p, now);
	else if (now >= p->deadline)
		piserial_stuck(p, now);
	piserial_take_news(p, event);
}

static uint64_t
piserial_deadline(const struct driver *d)
{
	const struct piserial	*p = piserial_const(d);
	uint64_t		 at = p->state == PISERIAL_ASK ?
				    piserial_ask_deadline(p) : p->deadline;

	if (p->n_news > 0)
		return 0;
	at = p->flush_at < at ? p->flush_at : at;
	return p->settle_at < at ? p->settle_at : at;
}

static size_t
piserial_output(const struct driver *d, const uint8_t **bytes)
{
	const struct piserial	*p = piserial_const(d);

	if (p->state == PISERIAL_ASK)
		return piserial_ask_output(p, bytes);
	if (p->state != PISERIAL_SEND)
		return 0;
	*bytes = p->say + p->say_off;
	return p->say_len - p->say_off;
}

static void
piserial_sent(struct driver *d, size_t n, uint64_t now)
{
	struct piserial	*p = piserial_of(d);

	if (p->state == PISERIAL_ASK) {
		piserial_ask_sent(p, n, now);
		return;
	}
	p->say_off += n;
	p->deadline = now + PISERIAL_SEND_MS;
	if (p->say_off < p->say_len)
		return;
	piserial_tell(p, (struct driver_event){ .type = DRIVER_STARTED });
	p->state = PISERIAL_WAIT;
	p->deadline = DRIVER_NEVER;
}

static unsigned
piserial_baud(const struct driver *d)
{
	return piserial_const(d)->baud;
}

static void
piserial_set_baud(struct driver *d, unsigned baud)
{
	struct piserial	*p = piserial_of(d);

	p->baud = p->first_baud = p->given_baud = baud;
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

	return p->state != PISERIAL_CLOSED && p->heard && !p->deaf &&
	    p->due_until == 0;
}

/* A command is all that a sketch reads. */
static bool
piserial_hears(const struct driver *d)
{
	(void)d;
	return false;
}

static void
piserial_fed(struct driver *d)
{
	(void)d;
}

static enum driver_program
piserial_program(const struct driver *d)
{
	(void)d;
	return DRIVER_PROGRAM_UNKNOWN;
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
	.fed		= piserial_fed,
	.program	= piserial_program,
	.language	= piserial_language,
	.baud		= piserial_baud,
	.set_baud	= piserial_set_baud,
};
