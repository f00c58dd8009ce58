/* SPDX-License-Identifier: MIT */
/*
 * The languages a board may speak, by name, and the way into each of them.
 * What the caller owes a driver is asserted here, once for all languages.
 */
#include "protocol/driver.h"

#include <assert.h>
#include <string.h>

static const struct driver_ops *const languages[] = {
	&driver_repl, &driver_piserial, &driver_auto,
};

const struct driver_ops *
driver_find(const char *name)
{
	size_t	i;

	for (i = 0; i < sizeof languages / sizeof *languages; i++)
		if (strcmp(languages[i]->name, name) == 0)
			return languages[i];
	return NULL;
}

struct driver *
driver_create(const struct driver_ops *ops, const struct driver_options *o)
{
	struct driver	*d = ops->create(o);

	if (d != NULL)
		d->ops = ops;
	return d;
}

void
driver_destroy(struct driver *d)
{
	if (d != NULL)
		d->ops->destroy(d);
}

int
driver_check(const struct driver_ops *ops, const char *text, size_t len,
    const char **why)
{
	return ops->check(text, len, why);
}

void
driver_open(struct driver *d, uint64_t settle_ms, bool ask, uint64_t now)
{
	d->ops->open(d, settle_ms, ask, now);
}

void
driver_close(struct driver *d)
{
	d->ops->close(d);
}

int
driver_run(struct driver *d, const struct driver_job *job, uint64_t now)
{
	return d->ops->run(d, job, now);
}

void
driver_interrupt(struct driver *d, uint64_t now)
{
	d->ops->interrupt(d, now);
}

size_t
driver_feed(struct driver *d, const uint8_t *buf, size_t len, uint64_t now,
    struct driver_event *event)
{
	size_t	eaten;

	assert(len > 0);
	*event = (struct driver_event){ .type = DRIVER_NONE };
	eaten = d->ops->feed(d, buf, len, now, event);
	assert(eaten > 0 && eaten <= len);
	return eaten;
}

void
driver_tick(struct driver *d, uint64_t now, struct driver_event *event)
{
	*event = (struct driver_event){ .type = DRIVER_NONE };
	d->ops->tick(d, now, event);
}

uint64_t
driver_deadline(const struct driver *d)
{
	return d->ops->deadline(d);
}

size_t
driver_output(const struct driver *d, const uint8_t **bytes)
{
	return d->ops->output(d, bytes);
}

void
driver_sent(struct driver *d, size_t n, uint64_t now)
{
	if (n > 0)
		d->ops->sent(d, n, now);
}

const char *
driver_about(const struct driver *d)
{
	return d->ops->about(d);
}

bool
driver_hears(const struct driver *d)
{
	return d->ops->hears(d);
}

void
driver_fed(struct driver *d)
{
	d->ops->fed(d);
}

enum driver_program
driver_program(const struct driver *d)
{
	return d->ops->program(d);
}

bool
driver_in_step(const struct driver *d)
{
	return d->ops->in_step(d);
}

const char *
driver_name(const struct driver *d)
{
	return d->ops->language(d);
}

unsigned
driver_baud(const struct driver *d)
{
	return d->ops->baud != NULL ? d->ops->baud(d) : 0;
}

void
driver_set_baud(struct driver *d, unsigned baud)
{
	if (d->ops->set_baud != NULL)
		d->ops->set_baud(d, baud);
}
