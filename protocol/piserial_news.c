/* SPDX-License-Identifier: MIT */
/*
 * What the driver has to tell: one of the news a call, in the order in which they
 * came, and text by the line.
 */
#include <assert.h>
#include <string.h>

#include "protocol/piserial_state.h"

void
piserial_tell(struct piserial *p, struct driver_event event)
{
	assert(p->n_news < sizeof p->news / sizeof *p->news);
	p->news[p->n_news++] = event;
}

void
piserial_tell_bytes(struct piserial *p, enum driver_event_type type,
    const uint8_t *bytes, size_t len)
{
	uint8_t	*told = p->told[p->told_next++ % (sizeof p->told /
		    sizeof *p->told)];

	memcpy(told, bytes, len);
	piserial_tell(p, (struct driver_event){ .type = type, .data = told,
	    .len = len });
}

void
piserial_flush(struct piserial *p)
{
	p->flush_at = DRIVER_NEVER;
	if (p->text_len == 0 || !piserial_speed_is_known(p))
		return;
	piserial_tell_bytes(p, DRIVER_UNASKED, p->text, p->text_len);
	p->text_len = 0;
}

/* The job is over; what it leaves open makes the next one wait. */
static void
piserial_end(struct piserial *p, struct driver_event event)
{
	p->busy = false;
	p->say_len = p->say_off = 0;
	p->state = PISERIAL_IDLE;
	p->deadline = DRIVER_NEVER;
	piserial_tell(p, event);
}

void
piserial_finish(struct piserial *p, enum driver_outcome outcome)
{
	piserial_end(p, (struct driver_event){ .type = DRIVER_DONE,
	    .outcome = outcome });
}

void
piserial_lose(struct piserial *p, const char *why, bool foreign)
{
	p->doubt = true;
	piserial_end(p, (struct driver_event){ .type = DRIVER_LOST,
	    .outcome = foreign ? DRIVER_FOREIGN : DRIVER_OK,
	    .data = (const uint8_t *)why, .len = strlen(why) });
}

static bool
piserial_waits(const struct piserial *p, enum driver_event_type type)
{
	size_t	i;

	for (i = 0; i < p->n_news; i++)
		if (p->news[i].type == type)
			return true;
	return false;
}

/* A job is over for the caller only when it was told. */
bool
piserial_end_waits(const struct piserial *p)
{
	return piserial_waits(p, DRIVER_DONE) || piserial_waits(p, DRIVER_LOST);
}

/* So is a change of speed: what comes before that is of the speed before. */
bool
piserial_speed_waits(const struct piserial *p)
{
	return piserial_waits(p, DRIVER_SPEED);
}

void
piserial_take_news(struct piserial *p, struct driver_event *event)
{
	if (p->n_news == 0)
		return;
	*event = p->news[0];
	memmove(p->news, p->news + 1, --p->n_news * sizeof *p->news);
}
