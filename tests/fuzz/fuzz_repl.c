/* SPDX-License-Identifier: MIT */
/* The REPL driver; besides its contract, raw-paste's window is kept. */
#include <stdio.h>

#include "protocol/repl_state.h"
#include "tests/fuzz/drive.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static size_t
answer(struct drive *v, uint8_t *to)
{
	const struct repl	*r = (const struct repl *)v->d;
	char			*s = (char *)to;

	switch (r->state) {
	case REPL_LISTEN:
		return (size_t)sprintf(s, ">>> ");
	case REPL_ASK_FREE:
		return (size_t)sprintf(s, "MicroPython v1 on 2; x\r\n>>> ");
	case REPL_AGAIN:
	case REPL_KNOCK:
		return (size_t)sprintf(s, v->now % 5 ? REPL_HELLO : ">>> ");
	case REPL_PROBE:
		return (size_t)sprintf(s, "%s%s\r\n%s\x04>", v->now % 7 ? "" :
		    v->now % 2 ? "NameError: " : "MemoryError: ", r->want,
		    r->asked_helper ? "\x1e\x04" : "");
	case REPL_ASK:
		return (size_t)sprintf(s, v->now % 5 ? "R\x01" :
		    "raw REPL; CTRL-B to exit\r\n>");
	case REPL_WINDOW:
		memcpy(s, "\x09", 2);
		return 2;
	case REPL_PASTE:
		return (size_t)sprintf(s, r->say_left > 0 ? "\x01" : "\x04");
	case REPL_OK:
		return (size_t)sprintf(s, "OK");
	case REPL_OUTPUT:
		if (!r->marked || v->now % 7 == 0)
			return (size_t)sprintf(s, "\x04");
		return (size_t)sprintf(s, "%s\r\n\x1e\x04", r->purpose ==
		    REPL_FOR_CHECK ? r->want : "1");
	case REPL_MARKED:
		return (size_t)sprintf(s, v->now % 5 ? "\x04" : "tick");
	case REPL_TRACE:
		return (size_t)sprintf(s, v->now % 3 ? "\x04" : v->now % 2 ?
		    "MemoryError: \r\n\x04" :
		    " \"<stdin>\"\r\nNameError: '__p'\r\n\x04");
	case REPL_END:
		return (size_t)sprintf(s, v->now % 7 ? ">" : "soft reboot\r\n");
	case REPL_EXIT:
		return (size_t)sprintf(s, "raw REPL; CTRL-B to exit\r\n>");
	case REPL_LEAVE:
		return (size_t)sprintf(s, "MicroPython v1 on 2; x\r\n>>> ");
	case REPL_REBOOT:
		return (size_t)sprintf(s, "soft reboot\r\n");
	default:
		return 0;
	}
}

/* The window, as a board would reckon it. */
static void
fed(struct drive *v, uint8_t c)
{
	const struct repl	*r = (const struct repl *)v->d;

	if (r->state == REPL_WINDOW && r->matched == 1) {
		v->window = r->window_step | (size_t)c << 8;
		v->used = 0;
	} else if (r->state == REPL_PASTE && c == 0x01) {
		v->window += r->window_step;
	}
}

static void
sent(struct drive *v, const uint8_t *bytes, size_t len)
{
	const struct repl	*r = (const struct repl *)v->d;

	/* What a board cannot refuse must fit into what it can buffer. */
	if (r->state == REPL_SEND && bytes != r->ctl)
		assert(r->said_len <= (r->paste ? r->window_step :
		    REPL_BLIND_MAX) || r->purpose == REPL_FOR_PROBE ||
		    r->room == REPL_ROOM_WHOLE);
	/* Orders are no text: the Ctrl-D at the end, or a Ctrl-C. */
	if (r->state != REPL_PASTE || bytes == r->ctl)
		return;
	v->used += len;
	assert(v->used <= v->window);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct drive	v = { .answer = answer, .fed = fed, .sent = sent };

	drive(&v, &driver_repl, data, size);
	return 0;
}
