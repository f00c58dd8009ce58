/* SPDX-License-Identifier: MIT */
/*
 * Drives a driver as the daemon does, but at random, and holds it to its
 * contract: each feed eats, each job that was accepted ends once, its events
 * come in order and only while it runs, and it ends in bounded time.
 *
 * The input is a list of orders.  Most of a real conversation would never be
 * guessed by chance (nonces, marks), so one order has the board say what the
 * driver waits for, which each fuzzer supplies.
 */
#ifndef FUZZ_DRIVE_H
#define FUZZ_DRIVE_H

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "protocol/driver.h"

struct drive {
	struct driver	*d;
	const uint8_t	*data;
	size_t		 size;
	uint64_t	 now;
	bool		 open;
	bool		 busy;
	bool		 started;
	char		 text[512];
	/* What a good board would say now; 0 bytes where it would be silent. */
	size_t		(*answer)(struct drive *, uint8_t *);
	/* Called for each byte fed and for all that is sent, before. */
	void		(*fed)(struct drive *, uint8_t);
	void		(*sent)(struct drive *, const uint8_t *, size_t);
	size_t		 window, used;		/* for these */
};

static uint8_t
drive_byte(struct drive *v)
{
	if (v->size == 0)
		return 0;
	v->size--;
	return *v->data++;
}

static void
drive_event(struct drive *v, const struct driver_event *e)
{
	static volatile uint8_t	sum;
	size_t			i;

	for (i = 0; i < e->len; i++)	/* all of it can be read */
		sum = sum ^ e->data[i];
	switch (e->type) {
	case DRIVER_NONE:
	case DRIVER_STEP:
	case DRIVER_RESTARTED:
	case DRIVER_PROGRAM:
		break;
	case DRIVER_SPEED:
		assert(e->baud != 0);
		break;
	case DRIVER_UNASKED:
		assert(e->len > 0);
		break;
	case DRIVER_STARTED:
		assert(v->busy && !v->started);
		v->started = true;
		break;
	case DRIVER_OUTPUT:
		assert(v->busy && v->started && e->len > 0);
		break;
	case DRIVER_DONE:
	case DRIVER_LOST:
		assert(v->busy);
		v->busy = false;
		break;
	}
	if (e->type == DRIVER_LOST)
		assert(e->len > 0);
}

static void
drive_feed(struct drive *v, const uint8_t *bytes, size_t len, size_t piece)
{
	struct driver_event	event;
	size_t			n, i;

	for (; len > 0; bytes += n, len -= n) {
		n = len < piece ? len : piece;
		if (v->fed != NULL)
			n = 1;
		for (i = 0; v->fed != NULL && i < n; i++)
			v->fed(v, bytes[i]);
		n = driver_feed(v->d, bytes, n, v->now, &event);
		drive_event(v, &event);
	}
}

static void
drive_take(struct drive *v, size_t most)
{
	const uint8_t	*bytes;
	size_t		 n = driver_output(v->d, &bytes);

	if (n > most)
		n = most;
	if (n == 0)
		return;
	if (v->sent != NULL)
		v->sent(v, bytes, n);
	driver_sent(v->d, n, v->now);
}

static void
drive_tick(struct drive *v)
{
	struct driver_event	event;

	driver_tick(v->d, v->now, &event);
	drive_event(v, &event);
}

static void
drive_run(struct drive *v)
{
	static const char *const	texts[] = { "1", "c1", "a\nb", "f()",
	    "print('\x04')\n\x01", "w0F" };
	uint8_t				kind = drive_byte(v);
	const char			*text = texts[kind % 6];
	size_t				len = strlen(text);
	struct driver_job		job = { .task = kind >> 6 };
	int				result;

	/* The text is the driver's until the job is over. */
	if (!v->busy) {
		memset(v->text, 'x', sizeof v->text);
		memcpy(v->text, text, len);
		v->text[len] = kind & 8 ? '\n' : '\0';
	}
	job.text = v->text;
	job.len = kind & 16 ? sizeof v->text : len;
	if (v->busy)
		job.text = "never looked at", job.len = 15;
	result = driver_run(v->d, &job, v->now);
	assert(result != 0 || (v->open && !v->busy));
	assert(result != -EBUSY || v->busy);
	assert(result != -ENOTCONN || !v->open);
	if (result == 0) {
		v->busy = true;
		v->started = false;
	}
}

static void
drive_order(struct drive *v)
{
	uint8_t	order = drive_byte(v), answer[64];
	size_t	n;

	switch (order % 10) {
	case 0:
	case 1:		/* the board says something */
		n = drive_byte(v) % 32;
		n = n < v->size ? n : v->size;
		if (v->open)
			drive_feed(v, v->data, n, 1 + order / 10);
		v->data += n;
		v->size -= n;
		break;
	case 2:
	case 3:		/* it says the right thing */
		n = v->open ? v->answer(v, answer) : 0;
		drive_feed(v, answer, n, 1 + order / 10);
		break;
	case 4:
	case 5:
		drive_take(v, order < 128 ? 64 : 1 + order / 10);
		break;
	case 6:		/* time passes */
		v->now += order;
		drive_tick(v);
		break;
	case 7:		/* as much as the driver waits for */
		if (driver_deadline(v->d) != DRIVER_NEVER &&
		    driver_deadline(v->d) > v->now)
			v->now = driver_deadline(v->d);
		drive_tick(v);
		break;
	case 8:
		drive_run(v);
		break;
	default:
		if (order < 128) {
			driver_interrupt(v->d, v->now);
		} else if (order < 192) {
			driver_close(v->d);
			v->open = v->busy = false;
		} else {
			driver_open(v->d, order % 3 * 100, order & 4, v->now);
			v->open = true;
			v->busy = false;
		}
	}
}

/* A silent board ends every job, if its program is interrupted. */
static void
drive_to_the_end(struct drive *v)
{
	int	rounds;

	for (rounds = 0; v->busy && rounds < 10000; rounds++) {
		drive_take(v, 64);
		if (rounds % 1000 == 999)
			driver_interrupt(v->d, v->now);
		if (driver_deadline(v->d) == DRIVER_NEVER)
			driver_interrupt(v->d, v->now);
		if (driver_deadline(v->d) != DRIVER_NEVER &&
		    driver_deadline(v->d) > v->now)
			v->now = driver_deadline(v->d);
		drive_tick(v);
	}
	assert(!v->busy);
}

static void
drive(struct drive *v, const struct driver_ops *ops, const uint8_t *data,
    size_t size)
{
	struct driver_options	options = { .reports = "vw" };

	v->data = data;
	v->size = size;
	options.may_interrupt = drive_byte(v) % 4 != 0;
	options.find_baud = size % 2 == 0;
	options.baud = 115200;
	v->d = driver_create(ops, &options);
	assert(v->d != NULL);
	driver_open(v->d, 0, false, v->now);
	v->open = true;
	while (v->size > 0)
		drive_order(v);
	drive_to_the_end(v);
	driver_destroy(v->d);
}

#endif
