/* SPDX-License-Identifier: MIT */
/*
 * The face of a PiSerial board: a line in is a command, and its status comes out
 * as the board itself would say it, "OK" or "RR" without an end of line.  What the
 * board sends by itself comes in between.  Control characters are nothing to a
 * sketch, and nothing here; but avrdude's first words are known by them.
 *
 * A board that only prints has the same face without statuses: what it prints
 * comes out, and who types a line is told why nobody answers.
 */
#include "face_private.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"

struct lines_face {
	struct face	 base;
	char		 line[LIMIT_COMMAND + 1];
	size_t		 len;
	bool		 statuses;	/* a command has one */
	bool		 too_long;	/* the rest of the line is dropped */
	uint8_t		 last[5];	/* bytes, whatever they were */
	bool		 busy;
};

static struct lines_face *
lines_of(struct face *f)
{
	return (struct lines_face *)f;
}

static struct face *
lines_create(void)
{
	struct lines_face	*l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->base.ops = &face_lines;
	l->statuses = true;
	return &l->base;
}

static struct face *
text_create(void)
{
	struct face	*f = lines_create();

	if (f != NULL) {
		f->ops = &face_prints;
		lines_of(f)->statuses = false;
	}
	return f;
}

static void
lines_destroy(struct face *f)
{
	free(lines_of(f));
}

/* An empty line is what a terminal sends when its user wonders. */
static void
lines_end(struct lines_face *l, struct face_event *event)
{
	if (l->too_long) {
		face_say(&l->base, l->statuses ? "RR" :
		    "\r\npicod: the line is too long\r\n");
	} else if (l->len > 0) {
		l->busy = true;
		event->type = FACE_STATEMENT;
		event->data = (const uint8_t *)l->line;
		event->len = l->len;
	}
	l->len = 0;
	l->too_long = false;
}

/*
 * avrdude asks a boot loader to get into step: "0 " of an Uno's, as long as it is
 * not answered, and of a Mega's a message with the number 1, or any other.
 */
static bool
lines_is_sync(struct lines_face *l, uint8_t c)
{
	memmove(l->last, l->last + 1, sizeof l->last - 1);
	l->last[4] = c;
	return memcmp(l->last + 1, "0 0 ", 4) == 0 ||
	    (l->last[0] == 0x1b && memcmp(l->last + 2, "\0\1\x0e", 3) == 0);
}

static size_t
lines_feed(struct face *f, const uint8_t *bytes, size_t len,
    struct face_event *event)
{
	struct lines_face	*l = lines_of(f);
	size_t			 i;

	if (l->busy)
		return 0;
	for (i = 0; i < len && event->type == FACE_NONE && !l->busy; i++) {
		if (lines_is_sync(l, bytes[i])) {
			l->len = 0;
			event->type = FACE_FLASH;
		} else if (bytes[i] == '\n' || bytes[i] == '\r')
			lines_end(l, event);
		else if (bytes[i] < 0x20 || bytes[i] == 0x7f)
			continue;
		else if (l->len == LIMIT_COMMAND)
			l->too_long = true;
		else
			l->line[l->len++] = (char)bytes[i];
	}
	return i;
}

static void
lines_started(struct face *f, struct face_event *event)
{
	(void)f, (void)event;
}

static void
lines_print(struct face *f, const void *bytes, size_t len)
{
	face_say_bytes(f, bytes, len);
}

static void
lines_ended(struct face *f, enum face_end end, const char *text, size_t len)
{
	struct lines_face	*l = lines_of(f);

	l->busy = false;
	if (end == FACE_FAILED) {
		face_say(f, "\r\npicod: ");
		face_say_bytes(f, text, len);
		face_say(f, "\r\n");
	} else if (l->statuses)
		face_say(f, end == FACE_DONE ? "OK" : "RR");
	else
		face_say_bytes(f, text, len);
}

static void
lines_restarted(struct face *f)
{
	(void)f;
}

const struct face_ops	face_lines = {
	.language = "piserial",
	.create = lines_create,
	.destroy = lines_destroy,
	.feed = lines_feed,
	.started = lines_started,
	.print = lines_print,
	.ended = lines_ended,
	.heard = lines_print,
	.restarted = lines_restarted,
};

const struct face_ops	face_prints = {
	.language = "text",
	.create = text_create,
	.destroy = lines_destroy,
	.feed = lines_feed,
	.started = lines_started,
	.print = lines_print,
	.ended = lines_ended,
	.heard = lines_print,
	.restarted = lines_restarted,
};
