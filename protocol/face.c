/* SPDX-License-Identifier: MIT */
/*
 * What faces of all languages have: what is to be told to the tool.
 */
#include "face_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
face_text_add(struct face_text *t, const void *bytes, size_t len)
{
	if (t->size - t->len < len) {
		t->size = t->len + len + t->size / 2 + 64;
		t->bytes = realloc(t->bytes, t->size);
		if (t->bytes == NULL)
			abort();	/* without it there is no right answer */
	}
	if (len > 0)
		memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
}

void
face_text_finish(struct face_text *t)
{
	free(t->bytes);
	*t = (struct face_text){ 0 };
}

void
face_say_bytes(struct face *f, const void *bytes, size_t len)
{
	if (f->sent == f->out.len)
		f->sent = f->out.len = 0;
	face_text_add(&f->out, bytes, len);
}

void
face_say(struct face *f, const char *text)
{
	face_say_bytes(f, text, strlen(text));
}

struct face *
face_create(const char *language)
{
	struct face	*f = strcmp(language, "piserial") == 0 ?
			    face_lines.create() : face_repl.create();

	if (f != NULL)
		face_set_about(f, "MicroPython");
	return f;
}

void
face_destroy(struct face *f)
{
	if (f == NULL)
		return;
	face_text_finish(&f->out);
	f->ops->destroy(f);
}

void
face_set_about(struct face *f, const char *about)
{
	snprintf(f->about, sizeof f->about, "%s", about);
}

size_t
face_feed(struct face *f, const uint8_t *bytes, size_t len,
    struct face_event *event)
{
	*event = (struct face_event){ 0 };
	return f->ops->feed(f, bytes, len, event);
}

void
face_started(struct face *f, struct face_event *event)
{
	*event = (struct face_event){ 0 };
	f->ops->started(f, event);
}

void
face_print(struct face *f, const void *bytes, size_t len)
{
	f->ops->print(f, bytes, len);
}

void
face_ended(struct face *f, enum face_end end, const char *text, size_t len)
{
	f->ops->ended(f, end, text, len);
}

void
face_heard(struct face *f, const void *bytes, size_t len)
{
	f->ops->heard(f, bytes, len);
}

void
face_restarted(struct face *f)
{
	f->ops->restarted(f);
}

size_t
face_output(const struct face *f, const uint8_t **bytes)
{
	size_t	len = f->out.len - f->sent;

	*bytes = len > 0 ? (const uint8_t *)f->out.bytes + f->sent : NULL;
	return len;
}

void
face_sent(struct face *f, size_t len)
{
	f->sent += len;
}
