/* SPDX-License-Identifier: MIT */
/*
 * An order about files with a board that says and does anything: it ends, in any
 * case, and what is said to the board has no byte that a REPL would act on.
 *
 * The first byte chooses the order and what is known of the board.  Then each byte
 * is a step: a job ends in some way, time passes, bytes are taken; or, with the top
 * bit, so many of the following bytes are what the board prints.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/files.h"

#define JOBS	400		/* more than any order needs */

struct play {
	struct files	*files;
	uint64_t	 now;
	bool		 running;
	bool		 binary;	/* a micro:bit: any byte may go */
	unsigned	 jobs;
};

static void
play_start(struct play *p)
{
	size_t		 len;
	const char	*text = files_job(p->files, &len);

	p->running = text != NULL;
	if (!p->running) {
		assert(files_over(p->files));
		assert(files_result(p->files)->kind == FILES_OK ||
		    files_result(p->files)->message[0] != '\0');
		return;
	}
	assert(strlen(text) == len && len > 0);
	assert(memchr(text, '\x04', len) == NULL);
	assert(p->jobs++ < JOBS);
	files_started(p->files, p->now);
}

static void
play_take(struct play *p)
{
	const uint8_t	*bytes;
	size_t		 n = files_say(p->files, &bytes), i;

	for (i = 0; !p->binary && i < n; i++)
		assert(bytes[i] != 2 && bytes[i] != 3 && bytes[i] != 4 &&
		    bytes[i] != 13);
	if (n > 0)
		files_said(p->files, n, p->now);
}

static void
play_end(struct play *p, enum files_end end)
{
	static const char	trace[] = "Traceback\r\nNameError: '__fm'\r\n";

	files_ended(p->files, end, trace, end == FILES_ENDED_RAISED ?
	    sizeof trace - 1 : 0);
	play_start(p);
}

static void
play_hear(struct play *p, const uint8_t *bytes, size_t len)
{
	struct files_event	event;
	size_t			n;

	for (; p->running && len > 0; bytes += n, len -= n) {
		n = files_hear(p->files, bytes, len, p->now, &event);
		assert(n > 0 && n <= len);
		if (event.type == FILES_STOP) {
			play_end(p, FILES_ENDED_INTERRUPTED);
			return;
		}
	}
}

static void
play_tick(struct play *p)
{
	struct files_event	event;

	if (files_deadline(p->files) == FILES_NEVER)
		return;
	p->now = files_deadline(p->files);
	files_tick(p->files, p->now, &event);
	assert(event.type == FILES_STOP);
	play_end(p, FILES_ENDED_INTERRUPTED);
}

static void
play_step(struct play *p, uint8_t step)
{
	switch (step % 6) {
	case 0: case 1: case 2: case 3:
		play_end(p, (enum files_end)(step % 4));
		break;
	case 4:
		play_take(p);
		break;
	default:
		play_tick(p);
	}
}

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t		content[9000];
	struct files_board	board = { 0 };
	struct files_order	order = { .path = "dir/it's", .to = "b",
	    .content = content, .len = sizeof content };
	struct play		p = { .now = 1 };
	size_t			i, n;

	if (size < 3)
		return 0;
	for (i = 0; i < sizeof content; i++)
		content[i] = (uint8_t)(i * i);
	order.op = (enum files_op)(data[0] % 7);
	order.lossless = data[0] & 0x10;
	order.recursive = data[0] & 0x20;
	order.hash = data[0] & 0x40;
	board.known = data[0] & 0x80;
	board.has = data[1] | (data[2] & 0x1fu) << 8;
	board.memory = 1000 * (unsigned long)data[2];
	p.binary = board.known && (board.has & 1 << 7) != 0;
	p.files = files_create(&order, &board);
	play_start(&p);
	for (i = 3; p.running && i < size; i += n) {
		n = 1;
		if (data[i] < 0x80) {
			play_step(&p, data[i]);
			continue;
		}
		n += data[i] & 0x7f;
		if (n > size - i)
			n = size - i;
		if (n > 1)
			play_hear(&p, data + i + 1, n - 1);
		if (board.has & 1 << 7)
			p.binary = true;
	}
	/* From here on it never answers: that, too, comes to an end. */
	for (p.jobs = 0; p.running; )
		if (files_deadline(p.files) == FILES_NEVER)
			play_end(&p, FILES_ENDED);
		else
			play_tick(&p);
	files_destroy(p.files);
	return 0;
}
