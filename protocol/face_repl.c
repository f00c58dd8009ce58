/* SPDX-License-Identifier: MIT */
/*
 * The face of a REPL: friendly prompt, raw REPL, raw-paste, as MicroPython's
 * pyexec.c has them, so that Thonny, mpremote and their kind work beside everybody
 * else.
 *
 * Ctrl-D at the prompt is a person's, and is done.  Ctrl-C touches the tool's own job
 * only.
 */
#include "face_repl.h"

#include <stdlib.h>
#include <string.h>

#define PROMPT		">>> "

static struct repl_face *
repl_of_face(struct face *f)
{
	return (struct repl_face *)f;
}

static struct face *
face_repl_create(void)
{
	struct repl_face	*r = calloc(1, sizeof *r);

	if (r != NULL)
		r->base.ops = &face_repl;
	return r == NULL ? NULL : &r->base;
}

static void
face_repl_destroy(struct face *f)
{
	struct repl_face	*r = repl_of_face(f);

	face_edit_finish(r);
	face_text_finish(&r->text);
	face_text_finish(&r->ahead);
	face_text_finish(&r->found);
	face_mount_finish(r);
	free(r);
}

/* ------------------------------------------------------------------ modes */

static void
enter_friendly(struct repl_face *r)
{
	r->mode = FACE_FRIENDLY;
	r->text.len = 0;
	face_say(&r->base, "\r\n");
	face_greet(r);
}

static void
feed_shown_paste(struct repl_face *r, uint8_t c, struct face_event *event)
{
	if (c == 0x03) {
		r->mode = FACE_FRIENDLY;
		face_say(&r->base, "\r\n" PROMPT);
	} else if (c == 0x04) {
		r->mode = FACE_FRIENDLY;
		face_say(&r->base, "\r\n");
		if (r->text.len > 0 && !r->too_long)
			face_job_begin(r, FACE_STATEMENT, &r->text, event);
		else
			face_say(&r->base, PROMPT);
		r->too_long = false;
	} else if (c == '\r') {
		face_text_typed(r, '\n');
		face_say(&r->base, "\r\n=== ");
	} else {
		face_text_typed(r, c);
		face_say_bytes(&r->base, &c, 1);
	}
}

/* Orders, where nothing is typed; false: it is something that is typed. */
static bool
feed_order(struct repl_face *r, uint8_t c, struct face_event *event)
{
	switch (c) {
	case 0x01:
		face_raw_enter(r);
		return true;
	case 0x02:
		enter_friendly(r);
		return true;
	case 0x04:
		r->busy = r->resetting = r->started = true;
		event->type = FACE_RESET;
		return true;
	case 0x05:
		r->mode = FACE_SHOWN_PASTE;
		r->text.len = 0;
		face_say(&r->base, "\r\npaste mode; Ctrl-C to cancel, Ctrl-D to "
		    "finish\r\n=== ");
		return true;
	default:
		return false;
	}
}

/* A Tab behind a name, which a person typed; in what is pasted it is blanks. */
static bool
feed_tab(struct repl_face *r, struct face_event *event)
{
	if (r->escape > 0 || !face_complete_ask(r))
		return false;
	face_job_begin(r, FACE_COMPLETE, &r->text, event);
	r->completing = true;
	return true;
}

static void
feed_friendly(struct repl_face *r, uint8_t c, bool last,
    struct face_event *event)
{
	bool	same_enter = c == '\n' && r->after_cr;

	r->after_cr = c == '\r';
	if (same_enter)
		return;
	if (c == 0x03) {
		face_edit_drop(r);
		face_say(&r->base, "\r\n" PROMPT);
		return;
	}
	if (face_edit_is_empty(r) && r->escape == 0 && feed_order(r, c, event))
		return;
	if (c == '\t' && last && feed_tab(r, event))
		return;
	if (face_edit(r, c))
		face_job_begin(r, FACE_STATEMENT, &r->block, event);
}

/* Who types on does not want to know any more; it is for later. */
static size_t
feed_completing(struct repl_face *r, struct face_event *event)
{
	if (!r->stopped)
		event->type = FACE_STOP;
	r->stopped = true;
	return 0;
}

static size_t
face_repl_feed(struct face *f, const uint8_t *bytes, size_t len,
    struct face_event *event)
{
	struct repl_face	*r = repl_of_face(f);
	size_t			 i;

	if (r->busy && (i = face_mount_answer(r, bytes, len, event)) > 0)
		return i;
	if (r->completing)
		return feed_completing(r, event);
	if (r->busy)
		return r->resetting ? 0 : face_input(r, bytes, len, event);
	r->greeting.owed = false;	/* who says something waits for another */
	for (i = 0; i < len && event->type == FACE_NONE; i++)
		switch (r->mode) {
		case FACE_FRIENDLY:
			feed_friendly(r, bytes[i], i + 1 == len, event);
			break;
		case FACE_SHOWN_PASTE: feed_shown_paste(r, bytes[i], event); break;
		case FACE_RAW:
			if (bytes[i] == 0x02)
				enter_friendly(r);
			else
				face_raw(r, bytes[i], event);
			break;
		default: face_raw_paste(r, bytes[i], event); break;
		}
	return i;
}

static void
face_repl_started(struct face *f, struct face_event *event)
{
	face_input_started(repl_of_face(f), event);
}

static void
face_repl_print(struct face *f, const void *bytes, size_t len)
{
	struct repl_face	*r = repl_of_face(f);

	if (r->mount.on && !r->completing)
		face_mount_print(r, bytes, len);
	else if (!r->completing)
		face_say_bytes(f, bytes, len);
	else if (len <= FACE_FOUND - r->found.len)
		face_text_add(&r->found, bytes, len);
	else
		r->too_long = true;	/* nobody reads so many */
}

static void
say_end(struct repl_face *r, enum face_end end, const char *text, size_t len)
{
	if (end == FACE_FAILED) {
		face_say(&r->base, FACE_TRACEBACK "OSError: picod: ");
		face_say_bytes(&r->base, text, len);
		face_say(&r->base, "\r\n");
	} else if (end == FACE_INTERRUPTED && len == 0) {
		face_say(&r->base, FACE_TRACEBACK "KeyboardInterrupt: \r\n");
	} else
		face_say_bytes(&r->base, text, len);
}

static void
end_completing(struct repl_face *r, enum face_end end)
{
	r->busy = r->completing = false;
	r->text.len = 0;
	if (end == FACE_DONE && !r->stopped && !r->too_long)
		face_complete_answer(r);
	r->too_long = false;
}

static void
face_repl_ended(struct face *f, enum face_end end, const char *text, size_t len)
{
	struct repl_face	*r = repl_of_face(f);
	bool			 raw = r->mode == FACE_RAW;

	if (r->completing) {
		end_completing(r, end);
		return;
	}
	if (!r->stopped && (end != FACE_RAISED ||
	    memmem(text, len, "KeyboardInterrupt", 17) == NULL))
		f->late_len = 0;
	face_input_ended(r);
	face_mount_ended(r, end);
	r->busy = false;
	r->text.len = 0;
	face_edit_drop(r);
	if (r->resetting && end == FACE_DONE) {
		r->resetting = false;
		face_greet_reset(r);
		return;
	}
	r->resetting = false;
	if (raw)
		face_say(f, "\x04");
	say_end(r, end, text, len);
	face_say(f, raw ? "\x04>" : PROMPT);
}

/*
 * A person at the prompt sees it; within an order of a tool it would do harm.  What
 * is said before a reset is done is of the way there.
 */
static void
face_repl_heard(struct face *f, const void *bytes, size_t len)
{
	struct repl_face	*r = repl_of_face(f);

	if (r->mode != FACE_FRIENDLY || r->busy)
		return;
	face_greet_heard(r, bytes, len);
	if (face_edit_is_empty(r))
		face_say_bytes(f, bytes, len);
}

static void
face_repl_restarted(struct face *f)
{
	struct repl_face	*r = repl_of_face(f);

	if (r->busy || r->mode != FACE_FRIENDLY)
		return;
	face_edit_drop(r);
	face_greet_restarted(r);
}

static void
face_repl_taken(struct face *f)
{
	struct repl_face	*r = repl_of_face(f);

	if (!r->busy && r->mode == FACE_FRIENDLY && face_edit_is_empty(r))
		face_greet_taken(r);
}

static bool
face_repl_waits(const struct face *f)
{
	return face_input_waits((const struct repl_face *)f);
}

static void
face_repl_waited(struct face *f)
{
	repl_of_face(f)->waited = true;
}

static const char *
face_repl_will(const struct face *f)
{
	return face_mount_will((const struct repl_face *)f);
}

static size_t
face_repl_kept(const struct face *f)
{
	const struct repl_face	*r = (const struct repl_face *)f;

	return face_edit_kept(r) + r->text.size + r->ahead.size + r->found.size +
	    r->mount.answer.size;
}

const struct face_ops	face_repl = {
	.language = "repl",
	.create = face_repl_create,
	.destroy = face_repl_destroy,
	.feed = face_repl_feed,
	.started = face_repl_started,
	.print = face_repl_print,
	.ended = face_repl_ended,
	.heard = face_repl_heard,
	.restarted = face_repl_restarted,
	.taken = face_repl_taken,
	.waits = face_repl_waits,
	.waited = face_repl_waited,
	.will = face_repl_will,
	.kept = face_repl_kept,
};
