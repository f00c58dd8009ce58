/* SPDX-License-Identifier: MIT */
/*
 * What faces of all languages have: what is to be told to the tool.
 */
#include "face_private.h"

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
