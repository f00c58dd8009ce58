/* SPDX-License-Identifier: MIT */
/*
 * After the writing.  Firmware that came with picod has to answer; MicroPython
 * gets its main.py, and has to know what that defines; any other image is
 * listened to for a moment.  What is sent then are requests like any other, but
 * ahead of those that waited.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flashing.h"
#include "protocol/pins.h"
#include "protocol/text.h"

/* For a board to come back, and to answer: USB, boot loader, start, retries. */
#define BACK_MS		20000
#define ANSWER_MS	15000

/* A boot loader that is slow to leave swallows what should prove its firmware. */
#define PROOF_MS	5000
#define PROOF_TRIES	3

/* How long a foreign image is listened to. */
#define LISTEN_MS	3000

/* -------------------------------------------------- what a foreign image says */

static void
flashing_tell_heard(struct flashing *f)
{
	size_t	 len;
	bool	 lossy;
	char	*text = NULL, message[160];

	if (f->heard_len > 0)
		text = text_from_bytes(f->heard, f->heard_len, &len, &lossy);
	snprintf(message, sizeof message, "%s%s", f->copied ?
	    "it was copied to the board's drive" : "it was written and verified",
	    text != NULL ? ", the board came back and speaks" : f->back ?
	    ", and the board came back; it has said nothing so far" :
	    "; the board's port has not come back, which may be as its new "
	    "firmware wants it");
	flashing_succeed(f, text, message);
	free(text);
}

static void
flashing_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	flashing_tell_heard(arg);
}

static void
flashing_set_timer(struct flashing *f, int ms)
{
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(f->timer, &tv);
}

static struct flashing *
flashing_of(struct watcher *w)
{
	return (struct flashing *)((char *)w - offsetof(struct flashing,
	    watcher));
}

static void
flashing_heard(struct watcher *w, struct board *b,
    const struct board_notice *notice)
{
	struct flashing	*f = flashing_of(w);
	size_t		 room = sizeof f->heard - f->heard_len;

	if (board_is_open(b) && !f->back) {
		f->back = true;
		flashing_set_timer(f, LISTEN_MS);
	}
	if (notice->kind != NOTICE_OUTPUT)
		return;
	if (room > notice->len)
		room = notice->len;
	memcpy(f->heard + f->heard_len, notice->bytes, room);
	f->heard_len += room;
}

static void
flashing_removed(struct watcher *w, struct board *b)
{
	if (w->board == b)
		flashing_tell_heard(flashing_of(w));
}

static void
flashing_listen(struct flashing *f, struct board *b)
{
	f->timer = evtimer_new(f->base, flashing_timer_cb, f);
	if (f->timer == NULL)
		abort();	/* a few bytes */
	f->watcher = (struct watcher){
		.board = b, .notice = flashing_heard,
		.removed = flashing_removed,
	};
	boards_watch(f->boards, &f->watcher);
	flashing_set_timer(f, BACK_MS);
	board_return(b, boards_now());
}

/* ------------------------------------------- what our own firmware answers */

static void follow_finish(struct request *, const struct request_result *);

static const struct request_sink follow_sink = { NULL, follow_finish };

/* Has the board do something before all others. */
static void
flashing_ask(struct flashing *f, struct board *b, enum request_kind kind,
    const char *text, uint64_t timeout_ms)
{
	struct request	*r = request_create(kind, &follow_sink, f, &f->client,
			    text, strlen(text));

	if (r == NULL)
		abort();	/* a few bytes */
	r->first = true;
	r->wait_given = true;
	r->wait_ms = BACK_MS;
	r->timeout_ms = timeout_ms;
	strcpy(r->token, f->token);
	board_submit(b, r, boards_now());
}

/* A program that writes another, as main.py, and reads it again. */
static char *
script_program(const char *script)
{
	size_t	 len = strlen(script), i;
	char	*program = malloc(4 * len + 200), *p = program;

	if (program == NULL)
		abort();	/* a few kilobytes */
	p += sprintf(p, "_f = open('main.py', 'wb')\n_s = b'");
	for (i = 0; i < len; i++)
		p += sprintf(p, "\\x%02x", (unsigned char)script[i]);
	strcpy(p, "'\n_f.write(_s)\n_f.close()\n"
	    "_f = open('main.py', 'rb')\nassert _f.read() == _s\n"
	    "_f.close()\ndel _f, _s\n");
	return program;
}

/* What comes after a step; false: nothing. */
static bool
flashing_step(struct flashing *f, struct board *b)
{
	char	*program;

	if (f->script == NULL || b == NULL)
		return false;
	switch (f->step++) {
	case 0:
		program = script_program(f->script);
		flashing_ask(f, b, REQUEST_RUN, program, ANSWER_MS);
		free(program);
		return true;
	case 1:
		flashing_ask(f, b, REQUEST_SOFT_RESET, "", ANSWER_MS);
		return true;
	case 2:
		flashing_ask(f, b, REQUEST_RUN, "on, off\nimport sys\nprint("
		    "sys.implementation.name, '.'.join([str(n) for n in "
		    "sys.implementation.version[:3]]))\n", ANSWER_MS);
		return true;
	default:
		return false;
	}
}

static const struct firmware_proof *
flashing_proof(const struct flashing *f)
{
	return f->image.bundled ? firmware_proof_find(f->image.firmware.name) :
	    NULL;
}

/* Has its firmware answer; false: that cannot be tried, or not any more. */
static bool
flashing_prove(struct flashing *f, struct board *b)
{
	const struct firmware_proof	*proof = flashing_proof(f);

	if (proof == NULL || b == NULL || f->tries++ == PROOF_TRIES)
		return false;
	flashing_ask(f, b, REQUEST_RUN, proof->command, PROOF_MS);
	return true;
}

/* It did not answer, or with a traceback. */
static void
flashing_disappoint(struct flashing *f, const struct request_result *result)
{
	char	 message[512], *trace = NULL;
	size_t	 len;
	bool	 lossy;

	if (result->traceback_len > 0)
		trace = text_from_bytes(result->traceback,
		    result->traceback_len, &len, &lossy);
	snprintf(message, sizeof message, "its new firmware does not answer as "
	    "it should: %s", result->message);
	flashing_fail(f, FLASH_STARTING, trace == NULL ? "" : trace, message);
	free(trace);
}

static void
follow_finish(struct request *r, const struct request_result *result)
{
	struct flashing		*f = r->asker;
	struct pins_board	 pins;
	size_t			 len = evbuffer_get_length(r->output);
	char			*text, message[512];
	const char		*answer = result->status;
	bool			 lossy;

	if ((result->error == ERROR_TIMED_OUT ||
	    result->error == ERROR_BOARD_SILENT) &&
	    flashing_prove(f, flashing_board(f)))
		return;
	if (result->error != ERROR_NONE) {
		flashing_disappoint(f, result);
		return;
	}
	if (flashing_step(f, flashing_board(f)))
		return;
	text = text_from_bytes((char *)evbuffer_pullup(r->output, -1), len,
	    &len, &lossy);
	if (text != NULL && pins_identify(&pins, text) == 0)
		answer = pins.name;
	else if (text != NULL && f->script != NULL) {
		text[strcspn(text, "\n")] = '\0';
		answer = text;
	}
	snprintf(message, sizeof message, "%s answers", f->script != NULL ?
	    "main.py" : f->image.firmware.name);
	flashing_succeed(f, answer, message);
	free(text);
}

void
flashing_follow(struct flashing *f, struct board *b)
{
	const struct firmware_proof	*proof = flashing_proof(f);

	if (proof != NULL)
		boards_set_baud(f->boards, b, proof->baud);
	if (!flashing_prove(f, b) && !flashing_step(f, b)) {
		flashing_listen(f, b);
		return;
	}
	board_return(b, boards_now());
}
