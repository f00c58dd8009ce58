/* SPDX-License-Identifier: MIT */
/*
 * A file goes to a board: the frames that its job is given on its standard input,
 * and what that job says of them.
 *
 * A frame that arrives damaged is sent again, then shorter ones.  A byte that is
 * lost makes the board wait for ever: so each frame has its time, after which the
 * job is stopped, and files_next.c goes on from what is there.
 */
#include "files_private.h"
#include "files_sum.h"

/* For a frame to arrive, beyond its time on the wire; and to be written. */
#define TAKEN_MS	2000
#define WRITTEN_MS	8000
#define BYTES_PER_MS	5	/* the slowest REPL there is: 57600 baud */

#define REFUSALS	3	/* of one frame, before it is made shorter */

static void
write_frame(struct files *f, uint64_t now)
{
	if (files_has(f, FILES_HAS_UART)) {
		f->covers = f->len - f->written;
		if (f->covers > FILES_UART_WINDOW)
			f->covers = FILES_UART_WINDOW;
		f->say_len = files_seal(f->content + f->written, f->covers,
		    f->sender.frame);
	} else
		f->say_len = f->sender.frame_len;
	f->say = f->sender.frame;
	f->phase = FILES_TAKING;
	f->deadline = now + TAKEN_MS + f->say_len / BYTES_PER_MS;
}

static void
write_next(struct files *f, uint64_t now, struct files_event *event)
{
	bool	fits = true;

	if (files_has(f, FILES_HAS_UART) ? f->written < f->len :
	    files_sender_next(&f->sender, &fits)) {
		if (!fits) {
			f->plain = true;
			files_stop(f, event);
			return;
		}
		f->covers = f->sender.covers;
		f->refused = 0;
		write_frame(f, now);
		return;
	}
	f->phase = FILES_ALL_SENT;
	f->deadline = now + FILES_SILENT_MS;
}

void
files_write_begin(struct files *f, uint64_t now, struct files_event *event)
{
	if (f->phase != FILES_OPENING)
		return;
	f->opened = true;
	f->written = f->start;
	if (!files_has(f, FILES_HAS_UART) && files_sender_begin(&f->sender,
	    &f->way, f->content, f->len, f->start) < 0)
		files_stop(f, event);
	else
		write_next(f, now, event);
}

static void
write_progress(struct files *f, struct files_event *event)
{
	f->attempts = 0;
	if (event->type != FILES_NONE)
		return;
	event->type = FILES_PROGRESS;
	event->done = f->written;
	event->total = f->len;
}

void
files_write_arrived(struct files *f, uint64_t now, struct files_event *event)
{
	if (f->phase != FILES_TAKING || f->say_len > 0)
		return;
	if (files_has(f, FILES_HAS_UART)) {
		f->written += f->covers;
		write_next(f, now, event);
		write_progress(f, event);
	} else if (f->lossless) {
		write_next(f, now, event);
		if (f->deadline != FILES_NEVER)
			f->deadline += WRITTEN_MS;
	} else {
		f->phase = FILES_WRITING;
		f->deadline = now + WRITTEN_MS;
	}
}

void
files_write_written(struct files *f, uint64_t now, struct files_event *event)
{
	/* A board with a UART tells only what it took. */
	if (files_has(f, FILES_HAS_UART))
		return;
	/* Of a lossless port, the next frame is under way already. */
	f->written = f->phase == FILES_TAKING ? f->sender.off - f->covers :
	    f->sender.off;
	if (f->phase == FILES_WRITING)
		write_next(f, now, event);
	write_progress(f, event);
}

void
files_write_refused(struct files *f, uint64_t now, struct files_event *event)
{
	if (f->phase != FILES_TAKING)
		return;
	if (++f->refused < REFUSALS || files_has(f, FILES_HAS_UART)) {
		if (f->refused > FILES_ATTEMPTS)
			files_stop(f, event);
		else
			write_frame(f, now);
		return;
	}
	files_take_less(f);
	files_stop(f, event);
}

size_t
files_say(const struct files *f, const uint8_t **bytes)
{
	*bytes = f->say;
	return f->say_len;
}

void
files_said(struct files *f, size_t len, uint64_t now)
{
	f->say += len;
	f->say_len -= len;
	if (f->say_len == 0 && f->phase == FILES_TAKING)
		f->deadline = f->deadline > now + TAKEN_MS ? f->deadline :
		    now + TAKEN_MS;
}
