/* SPDX-License-Identifier: MIT */
/*
 * What a tool says while its job runs, or waits to: input of that job, a Ctrl-C that
 * is to stop it, and what is for the raw REPL once that is there again.
 */
#include "face_repl.h"

#include <string.h>

/* What may be typed before a job has begun: all of it may be for later. */
#define AHEAD_MAX	FACE_LATE

/* What may be said behind a Ctrl-C; more is data. */
#define BEHIND_MAX	256

void
face_job_begin(struct repl_face *r, enum face_event_type type,
    const struct face_text *text, struct face_event *event)
{
	r->busy = true;
	r->started = r->fed = r->stopped = r->cut = r->waited = false;
	r->resetting = r->completing = false;
	face_greet_begin(r);
	r->base.late_len = 0;
	r->ahead.len = 0;
	event->type = type;
	event->data = (const uint8_t *)text->bytes;
	event->len = text->len;
}

/* As many as there is room for. */
static size_t
late_add(struct repl_face *r, const uint8_t *bytes, size_t len)
{
	size_t	room = BEHIND_MAX - r->base.late_len;

	if (len > room)
		len = room;
	memcpy(r->base.late + r->base.late_len, bytes, len);
	r->base.late_len += len;
	return len;
}

/*
 * Remembers what is behind the last Ctrl-C of a job's input: if it was that which
 * ended the job, it did not read the rest.
 */
static void
late_follow(struct repl_face *r, const uint8_t *bytes, size_t len)
{
	const uint8_t	*stop = memrchr(bytes, 0x03, len);

	if (stop != NULL) {
		r->cut = true;
		r->waited = false;
		r->base.late_len = 0;
		len -= (size_t)(stop + 1 - bytes);
		bytes = stop + 1;
	}
	if (r->cut && late_add(r, bytes, len) < len) {
		r->cut = false;		/* so much is data */
		r->base.late_len = 0;
	}
}

bool
face_input_waits(const struct repl_face *r)
{
	return r->busy && !r->resetting && r->cut && !r->waited;
}

/*
 * How much of a job's input may go to the board: at its raw REPL, which may be there
 * again behind a Ctrl-C, a Ctrl-D takes everybody's variables.
 */
static size_t
input_safe(const struct repl_face *r, const uint8_t *bytes, size_t len)
{
	const uint8_t	*stop = memchr(bytes, 0x03, len), *reset;

	if (stop != NULL)
		len = (size_t)(stop + 1 - bytes);
	reset = face_input_waits(r) ? memchr(bytes, 0x04, len) : NULL;
	return reset != NULL ? (size_t)(reset - bytes) : len;
}

/* An Enter before a Ctrl-C, as tools begin with, makes nobody a reader of bytes. */
static bool
is_enter(const uint8_t *bytes, size_t len)
{
	return len == 1 && (bytes[0] == '\r' || bytes[0] == '\n');
}

/*
 * While a job runs, all is its standard input, but for a Ctrl-C, and that too once
 * it was given some: it may want every byte, and stops at this one if it does not.
 * What a tool says after its Ctrl-C is for the raw REPL, once that is there again.
 *
 * The tool may be another by now: one that opens the port as soon as the last has
 * left it finds what that has left, as it would at a real port, and stops it.
 */
size_t
face_input(struct repl_face *r, const uint8_t *bytes, size_t len,
    struct face_event *event)
{
	const uint8_t	*stop = r->fed && r->started ? NULL :
			    memchr(bytes, 0x03, len);
	size_t		 n = stop == NULL ? len : (size_t)(stop - bytes);

	if (stop == bytes) {
		r->ahead.len = r->base.late_len = 0;
		r->stopped = true;
		event->type = FACE_STOP;
		return 1;
	}
	if (r->stopped && r->mode == FACE_RAW)
		return late_add(r, bytes, n);
	if (!r->started) {
		if (n > AHEAD_MAX - r->ahead.len)
			n = AHEAD_MAX - r->ahead.len;
		face_text_add(&r->ahead, bytes, n);
		return n;
	}
	n = input_safe(r, bytes, n);
	if (n == 0)
		return 0;
	if (!is_enter(bytes, n))
		r->fed = true;
	late_follow(r, bytes, n);
	event->type = FACE_INPUT;
	event->data = bytes;
	event->len = n;
	return n;
}

void
face_input_started(struct repl_face *r, struct face_event *event)
{
	if (!r->busy || r->started)
		return;
	r->started = true;
	if (r->ahead.len == 0)
		return;
	r->fed = !is_enter((const uint8_t *)r->ahead.bytes, r->ahead.len);
	event->type = FACE_INPUT;
	event->data = (const uint8_t *)r->ahead.bytes;
	event->len = r->ahead.len;
	r->ahead.len = 0;
}

void
face_input_ended(struct repl_face *r)
{
	if (r->mode == FACE_FRIENDLY && !r->started && !r->stopped) {
		if (r->ahead.len > 0)
			memcpy(r->base.late, r->ahead.bytes, r->ahead.len);
		r->base.late_len = r->ahead.len;
	}
	r->ahead.len = 0;
}
