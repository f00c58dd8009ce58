/* SPDX-License-Identifier: MIT */
/*
 * What is to be told, one event a call.
 *
 * A byte may bring more than one event, and a call may tell only one, so the
 * events wait here.  While any wait, each call hears one byte and tells one
 * event, so that few ever wait: a byte that brings several ends a job, and
 * the caller learns of that end before there is another job.
 */
#include <assert.h>
#include <string.h>

#include "protocol/repl_state.h"

/* Text is told in pieces of at least this size while more of it is there. */
#define TEXT_PIECE	512

static struct repl_news *
news_add(struct repl *r, enum driver_event_type type)
{
	struct repl_news	*news = &r->news[r->n_news++];

	assert(r->n_news <= sizeof r->news / sizeof *r->news);
	*news = (struct repl_news){ .event.type = type };
	return news;
}

void
repl_tell(struct repl *r, enum driver_event_type type, const void *data,
    size_t len)
{
	struct repl_news	*news = news_add(r, type);

	news->event.data = data;
	news->event.len = len;
}

void
repl_tell_done(struct repl *r, enum driver_outcome outcome)
{
	struct driver_event	*event = &news_add(r, DRIVER_DONE)->event;

	event->outcome = outcome;
	event->data = r->trace;
	if (outcome == DRIVER_RAISED || outcome == DRIVER_INTERRUPTED ||
	    outcome == DRIVER_FULL)
		event->len = r->trace_len;
}

void
repl_tell_text(struct repl *r, enum driver_event_type type,
    const uint8_t *bytes, size_t len)
{
	struct repl_news	*last = NULL;

	if (len == 0)
		return;
	if (r->n_news > 0)
		last = &r->news[r->n_news - 1];
	if (last == NULL || !last->is_text || last->event.type != type) {
		last = news_add(r, type);
		last->is_text = true;
	}
	assert(r->text_len + len <= sizeof r->text);
	memcpy(r->text + r->text_len, bytes, len);
	r->text_len += len;
	last->event.len += len;
}

void
repl_take_news(struct repl *r, struct driver_event *event)
{
	struct repl_news	news;

	if (r->n_news == 0)
		return;
	news = r->news[0];
	memmove(r->news, r->news + 1, --r->n_news * sizeof *r->news);
	*event = news.event;
	if (news.is_text) {
		event->data = r->text + r->text_told;
		r->text_told += event->len;
	}
}

void
repl_forget_told(struct repl *r)
{
	memmove(r->text, r->text + r->text_told, r->text_len - r->text_told);
	r->text_len -= r->text_told;
	r->text_told = 0;
}

void
repl_tell_started(struct repl *r)
{
	if (r->purpose != REPL_FOR_JOB || r->started)
		return;
	r->started = true;
	repl_tell(r, DRIVER_STARTED, NULL, 0);
}

bool
repl_may_hear_more(const struct repl *r)
{
	return r->text_len < TEXT_PIECE && (r->n_news == 0 ||
	    (r->n_news == 1 && r->news[0].is_text));
}

/* A job is over for the caller only when it was told. */
bool
repl_end_is_news(const struct repl *r)
{
	size_t	i;

	for (i = 0; i < r->n_news; i++)
		if (r->news[i].event.type == DRIVER_DONE ||
		    r->news[i].event.type == DRIVER_LOST)
			return true;
	return false;
}

/* Says what the board said by itself, without its titles. */
void
repl_tell_unasked(struct repl *r)
{
	const uint8_t	*bytes;
	size_t		 n = repl_title_shown(&r->title, &bytes);

	repl_tell_text(r, DRIVER_UNASKED, bytes, n);
}

void
repl_tell_noise(struct repl *r)
{
	if (!r->quiet)
		repl_tell_unasked(r);
}
