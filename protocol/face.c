/* SPDX-License-Identifier: MIT */
/*
 * The face of a language, for whoever talks to it.
 */
#include "face_private.h"

#include <stdio.h>
#include <string.h>

struct face *
face_create(const char *language)
{
	static const struct face_ops *const	of_lines[] = {
		&face_lines, &face_prints
	};
	const struct face_ops	*ops = &face_repl;
	struct face		*f;
	size_t			 i;

	for (i = 0; i < sizeof of_lines / sizeof *of_lines; i++)
		if (strcmp(of_lines[i]->language, language) == 0)
			ops = of_lines[i];
	f = ops->create();
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
	if (strcmp(f->about, about) != 0)
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

size_t
face_late(struct face *f, uint8_t *bytes)
{
	size_t	len = f->late_len;

	memcpy(bytes, f->late, len);
	f->late_len = 0;
	return len;
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

void
face_taken(struct face *f)
{
	if (f->ops->taken != NULL)
		f->ops->taken(f);
}

bool
face_waits(const struct face *f)
{
	return f->ops->waits != NULL && f->ops->waits(f);
}

void
face_waited(struct face *f)
{
	if (f->ops->waited != NULL)
		f->ops->waited(f);
}

const char *
face_will(const struct face *f)
{
	return f->ops->will != NULL ? f->ops->will(f) : NULL;
}

size_t
face_kept(const struct face *f)
{
	return f->out.size + (f->ops->kept != NULL ? f->ops->kept(f) : 0);
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
