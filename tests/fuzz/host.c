/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/host.h"

#include <assert.h>
#include <string.h>

#include "tests/fuzz/script.h"

static void
host_send(struct host *h)
{
	const uint8_t	*bytes;
	size_t		 len;

	while (h->open && !h->jammed &&
	    (len = board_output(h->board, &bytes)) > 0) {
		h->check_sent(h->check_arg, bytes, len);
		script_tell("%6llu < %.*s", (unsigned long long)h->now,
		    (int)len, (const char *)bytes);
		model_hear(&h->model, bytes, len);
		board_sent(h->board, len, h->now);
	}
}

static void
host_notice(struct host *h, const struct board_notice *notice)
{
	script_tell("%6llu %s: %s %.*s", (unsigned long long)h->now,
	    notice->kind == NOTICE_STATE ? board_state_name(notice->state) :
	    board_notice_name(notice->kind), notice->reason == NULL ? "" :
	    notice->reason, (int)notice->len, (const char *)notice->bytes);
}

static void
host_reset_port(struct host *h)
{
	h->resetting = h->now % 3 == 0;
	board_resetting(h->board, h->resetting, h->now);
}

static void
host_output(struct host *h, struct request *r)
{
	struct asker	*a;

	TAILQ_FOREACH(a, &r->askers, entry)
		if (a->sink->output != NULL && !a->sink->output(a))
			board_overflow(h->board, h->now);
}

static void
host_act(struct host *h, const struct board_event *event)
{
	switch (event->type) {
	case BOARD_CLOSE_PORT:
		h->released = true;
		h->open = h->resetting = false;
		break;
	case BOARD_OPEN_PORT:
		h->released = false;
		if (h->now % 4 == 0)
			board_failed(h->board, "it is unplugged");
		break;
	case BOARD_RESET_PORT: host_reset_port(h); break;
	case BOARD_CHANGE_SPEED:
		assert(event->baud != 0);
		h->garbled = event->baud != HOST_BAUD;
		break;
	case BOARD_DROP_UNSENT: break;	/* what is written was heard */
	case BOARD_NOTICE: host_notice(h, &event->notice); break;
	case BOARD_OUTPUT: host_output(h, event->request); break;
	case BOARD_FED: request_fed(event->request); break;
	case BOARD_ENDED:
		if (request_next(event->request))
			board_proceed(h->board, h->now);
		else
			board_dismiss(h->board, h->now);
		break;
	case BOARD_FINISHED: request_finish(event->request); break;
	case BOARD_HEARD:
		event->console->bytes(event->console_arg, event->bytes,
		    event->len);
		break;
	case BOARD_ROOM: event->console->room(event->console_arg); break;
	case BOARD_HUNG_UP: event->console->ended(event->console_arg); break;
	case BOARD_LEFT: assert(h->left); break;
	}
}

void
host_pump(struct host *h)
{
	struct board_event	event;

	if (h->pumping)
		return;
	h->pumping = true;
	host_send(h);
	while (board_event_next(h->board, &event)) {
		host_act(h, &event);
		host_send(h);
	}
	h->pumping = false;
}

/* -------------------------------------------------------------- the port */

void
host_tick(struct host *h, uint64_t ms)
{
	bool	more = true;

	h->now += ms;
	while (more) {
		more = board_tick(h->board, h->now);
		host_pump(h);
	}
}

void
host_open(struct host *h)
{
	if (h->open || h->released)
		return;
	board_set_loader(h->board, NULL, h->now);	/* it goes first */
	host_pump(h);
	h->open = true;
	h->resetting = false;
	model_restart(&h->model);
	board_opened(h->board, h->now % 5 == 0 ? 2000 : 0, h->now % 2 == 0,
	    h->now);
	host_pump(h);
}

void
host_close(struct host *h)
{
	if (!h->open) {
		board_failed(h->board, "nothing listens at its port");
		host_pump(h);
		return;
	}
	host_tick(h, 0);
	if (!h->open)
		return;		/* it was taken that very moment */
	h->open = h->resetting = false;
	board_closed(h->board, "unplugged", h->now);
	host_pump(h);
}

void
host_reopen(struct host *h)
{
	host_tick(h, 0);
	if (!h->open)
		return;
	h->open = h->resetting = false;
	board_reopens(h->board, "its configuration was changed", h->now);
	host_pump(h);
}

void
host_reset(struct host *h, bool well)
{
	if (!h->resetting)
		return;
	h->resetting = false;
	if (!well) {
		host_close(h);
		return;
	}
	model_restart(&h->model);
	board_opened(h->board, 0, false, h->now);
	host_pump(h);
}

static void
host_say_bytes(struct host *h, const char *text, size_t len)
{
	bool	garbled = h->garbled;
	size_t	n;

	/* What came at another speed is dropped by whoever has the port. */
	for (; h->open && h->garbled == garbled && len > 0;
	    text += n, len -= n) {
		n = board_feed(h->board, (const uint8_t *)text, len, h->now);
		assert(n > 0 && n <= len);
		host_pump(h);
	}
}

/* At another speed nothing is text. */
void
host_say(struct host *h, const char *text, size_t len)
{
	char	noise[MODEL_SAYS_MAX];

	assert(len <= sizeof noise);
	memset(noise, 0xff, len);
	host_say_bytes(h, h->garbled ? noise : text, len);
}

bool
host_answer(struct host *h)
{
	char	says[MODEL_SAYS_MAX];
	size_t	len = model_answer(&h->model, says);

	if (h->garbled) {		/* neither heard the other */
		h->model.len = 0;
		return false;
	}
	if (len > 0)
		script_tell("%6llu > %.*s", (unsigned long long)h->now,
		    (int)len, says);
	host_say(h, says, len);
	return len > 0;
}

void
host_jam(struct host *h, bool jammed)
{
	h->jammed = jammed;
	host_pump(h);
}
