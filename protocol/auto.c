/* SPDX-License-Identifier: MIT */
/*
 * A board whose language is not known.  It listens with the ears of both: a
 * prompt or a banner is a REPL, a whole command is PiSerial.  Only where the
 * board said nothing, and only at the first job, it asks: a REPL answers at
 * once, and PiSerial takes what a REPL is asked by for noise.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/auto_state.h"
#include "protocol/repl_state.h"

/* A REPL answers within the first rungs of its ladder, or it is none; where it may
 * be a sketch that prints, its client is to hear that within 3 s. */
#define PROBE_MS	2000
#define PROBE_PRINTS_MS	1200

/* Asked only once a boot loader must have left, it has that long at least; with
 * the 2 s of the boot loader, a sketch is to answer within 3 s. */
#define PROBE_SETTLED_MS 500

static struct automatic *
auto_of(struct driver *d)
{
	return (struct automatic *)d;
}

/* Who speaks: the language found, or the REPL, which listens and asks. */
static struct driver *
auto_active(const struct automatic *a)
{
	return a->found != NULL ? a->found : a->repl;
}

static void
auto_destroy(struct driver *d)
{
	struct automatic	*a = auto_of(d);

	driver_destroy(a->repl);
	driver_destroy(a->piserial);
	free(a);
}

static struct driver *
auto_create(const struct driver_options *options)
{
	struct automatic	*a = calloc(1, sizeof *a);

	if (a == NULL)
		return NULL;
	a->repl = driver_create(&driver_repl, options);
	a->piserial = driver_create(&driver_piserial, options);
	a->baud = options->baud;
	a->probe_until = DRIVER_NEVER;
	if (a->repl == NULL || a->piserial == NULL) {
		auto_destroy(&a->base);
		return NULL;
	}
	return &a->base;
}

static int
auto_check(const char *text, size_t len, const char **why)
{
	return driver_check(&driver_repl, text, len, why);
}

static void
auto_close(struct driver *d)
{
	struct automatic	*a = auto_of(d);

	driver_close(a->repl);
	driver_close(a->piserial);
	a->found = NULL;
	a->guessed = a->doubted = a->busy = a->probing = false;
	a->probe_until = DRIVER_NEVER;
	a->overheard.type = DRIVER_NONE;
	a->lost = NULL;
}

/* Nobody is asked before the first job has the REPL asked. */
static void
auto_open(struct driver *d, uint64_t settle_ms, bool ask, uint64_t now)
{
	struct automatic	*a = auto_of(d);

	(void)ask;
	auto_close(d);
	a->settled_at = now + settle_ms;
	driver_open(a->repl, settle_ms, false, now);
	driver_open(a->piserial, settle_ms, false, now);
}

static bool
auto_is_command(const struct driver_job *job)
{
	const char	*why;

	return job->task == DRIVER_RUN &&
	    driver_check(&driver_piserial, job->text, job->len, &why) == 0;
}

/* What the board said by itself is worth more than any question. */
static void
auto_conclude(struct automatic *a)
{
	if (a->found != NULL || a->doubted)
		return;
	if (auto_is_at_repl(a))
		a->found = a->repl;
	else if (auto_ears(a)->spoke)
		a->found = a->piserial;
}

static uint64_t
auto_probe_end(const struct automatic *a, const struct driver_job *job,
    uint64_t now)
{
	uint64_t	least = a->settled_at + PROBE_SETTLED_MS;

	if (auto_ears(a)->prints && auto_is_command(job))
		return now + PROBE_PRINTS_MS;
	return now + PROBE_MS > least ? now + PROBE_MS : least;
}

static int
auto_run(struct driver *d, const struct driver_job *job, uint64_t now)
{
	static const struct driver_job	 sync = { .task = DRIVER_SYNC };
	struct automatic		*a = auto_of(d);
	bool				 probe;
	int				 error;

	if (a->busy)
		return -EBUSY;
	auto_conclude(a);
	if (a->found == NULL && auto_is_sketch(a)) {
		a->found = a->piserial;
		a->guessed = true;
	}
	probe = a->found == NULL && job->task != DRIVER_LEAVE;
	error = driver_run(auto_active(a), probe ? &sync : job, now);
	if (error < 0)
		return error;
	a->busy = true;
	if (probe) {
		a->probing = true;
		a->job = *job;
		a->probe_until = auto_probe_end(a, job, now);
	}
	return 0;
}

static void
auto_interrupt(struct driver *d, uint64_t now)
{
	struct automatic	*a = auto_of(d);

	if (a->lost == NULL)
		driver_interrupt(auto_active(a), now);
}

/* It is a REPL, or if not, perhaps PiSerial: there the job is the question. */
static void
auto_probed(struct automatic *a, bool is_repl, uint64_t now)
{
	a->probing = false;
	a->probe_until = DRIVER_NEVER;
	if (is_repl) {
		a->found = a->repl;
	} else {
		driver_close(a->repl);
		driver_open(a->repl, 0, false, now);
		if (a->doubted || auto_is_command(&a->job)) {
			a->found = a->piserial;
			a->guessed = true;
		}
	}
	a->doubted = false;
	if (a->found == NULL || driver_run(a->found, &a->job, now) < 0)
		a->lost = "no REPL answers, and this is no PiSerial command";
}

/*
 * What a program on a REPL prints may look like commands.  A sketch that does not
 * answer is asked once more whether it is a REPL.
 */
static void
auto_doubt(struct automatic *a, uint64_t now)
{
	driver_close(a->repl);
	driver_open(a->repl, 0, false, now);
	a->found = NULL;
	a->doubted = true;
}

/* An event of the language that speaks, on its way to the caller. */
static void
auto_pass(struct automatic *a, struct driver_event *event, uint64_t now)
{
	bool	over = event->type == DRIVER_DONE ||
	    event->type == DRIVER_LOST;

	if (a->probing && over) {
		if (event->type == DRIVER_DONE &&
		    (event->outcome == DRIVER_INTERRUPTED ||
		    event->outcome == DRIVER_FORBIDDEN)) {
			a->probing = a->busy = false;
			a->probe_until = DRIVER_NEVER;
			return;
		}
		auto_probed(a, event->type == DRIVER_DONE, now);
		event->type = DRIVER_NONE;
	} else if (a->guessed && over) {
		if (event->type == DRIVER_LOST)
			a->found = NULL;
		if (event->type == DRIVER_LOST ||
		    event->outcome != DRIVER_INTERRUPTED)
			a->guessed = false;
	} else if (a->found == a->piserial && event->type == DRIVER_LOST) {
		auto_doubt(a, now);
	}
	if (event->type == DRIVER_DONE || event->type == DRIVER_LOST)
		a->busy = false;
}

static size_t
auto_feed(struct driver *d, const uint8_t *buf, size_t len, uint64_t now,
    struct driver_event *event)
{
	struct automatic	*a = auto_of(d);
	size_t			 n;

	if (auto_speed_waits(a)) {
		auto_ears_tell(a, event);
		return len;
	}
	if (a->found != NULL) {
		n = driver_feed(a->found, buf, len, now, event);
		auto_pass(a, event, now);
		return n;
	}
	n = driver_feed(a->repl, buf, piserial_speed_is_known(auto_ears(a)) ?
	    len : 1, now, event);
	auto_ears_hear(a, buf, n, now, event);
	auto_pass(a, event, now);
	auto_ears_tell(a, event);
	return n;
}

static void
auto_tick(struct driver *d, uint64_t now, struct driver_event *event)
{
	struct automatic	*a = auto_of(d);

	if (auto_speed_waits(a)) {
		auto_ears_tell(a, event);	/* before another that is newer */
		return;
	}
	if (a->lost != NULL) {
		event->type = DRIVER_LOST;
		event->data = (const uint8_t *)a->lost;
		event->len = strlen(a->lost);
		a->lost = NULL;
		a->busy = false;
		return;
	}
	driver_tick(auto_active(a), now, event);
	if (a->found == NULL && event->type == DRIVER_NONE)
		auto_ears_tick(a, now, event);
	auto_pass(a, event, now);
	auto_ears_tell(a, event);
	if (event->type == DRIVER_NONE && now >= a->probe_until)
		auto_probed(a, false, now);
}

static uint64_t
auto_deadline(const struct driver *d)
{
	const struct automatic	*a = (const struct automatic *)d;
	uint64_t		 least = driver_deadline(auto_active(a));

	if (a->lost != NULL || a->overheard.type != DRIVER_NONE)
		return 0;
	if (a->found == NULL && driver_deadline(a->piserial) < least)
		least = driver_deadline(a->piserial);
	return a->probe_until < least ? a->probe_until : least;
}

static size_t
auto_output(const struct driver *d, const uint8_t **bytes)
{
	const struct automatic	*a = (const struct automatic *)d;

	return auto_speed_waits(a) ? 0 : driver_output(auto_active(a), bytes);
}

static void
auto_sent(struct driver *d, size_t n, uint64_t now)
{
	driver_sent(auto_active(auto_of(d)), n, now);
}

static const char *
auto_about(const struct driver *d)
{
	return driver_about(auto_active((const struct automatic *)d));
}

static bool
auto_in_step(const struct driver *d)
{
	return driver_in_step(auto_active((const struct automatic *)d));
}

static bool
auto_hears(const struct driver *d)
{
	return driver_hears(auto_active((const struct automatic *)d));
}

static void
auto_fed(struct driver *d)
{
	driver_fed(auto_active(auto_of(d)));
}

static enum driver_program
auto_program(const struct driver *d)
{
	return driver_program(auto_active((const struct automatic *)d));
}

static const char *
auto_language(const struct driver *d)
{
	const struct automatic	*a = (const struct automatic *)d;

	return a->found != NULL ? a->found->ops->name : d->ops->name;
}

static unsigned
auto_baud(const struct driver *d)
{
	return auto_ears((const struct automatic *)d)->baud;
}

static void
auto_set_baud(struct driver *d, unsigned baud)
{
	struct automatic	*a = auto_of(d);

	a->baud = baud;
	driver_set_baud(a->repl, baud);
	driver_set_baud(a->piserial, baud);
}

const struct driver_ops driver_auto = {
	.name		= "auto",
	.create		= auto_create,
	.destroy	= auto_destroy,
	.check		= auto_check,
	.open		= auto_open,
	.close		= auto_close,
	.run		= auto_run,
	.interrupt	= auto_interrupt,
	.feed		= auto_feed,
	.tick		= auto_tick,
	.deadline	= auto_deadline,
	.output		= auto_output,
	.sent		= auto_sent,
	.about		= auto_about,
	.in_step	= auto_in_step,
	.hears		= auto_hears,
	.fed		= auto_fed,
	.program	= auto_program,
	.language	= auto_language,
	.baud		= auto_baud,
	.set_baud	= auto_set_baud,
};
