/* SPDX-License-Identifier: MIT */
/*
 * After the writing.  Firmware that came with picod has to answer; MicroPython
 * gets its main.py, and has to know what that defines; any other image is
 * listened to for a moment.  What is sent then are the jobs of one request, which
 * goes ahead of those that waited.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/memory.h"
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
		text = xhave(text_from_bytes(f->heard, f->heard_len, &len,
		    &lossy));
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
	(void)b;
	flashing_tell_heard(flashing_of(w));
}

static void
flashing_listen(struct flashing *f, struct board *b)
{
	f->timer = evtimer_new(f->base, flashing_timer_cb, f);
	f->watcher = (struct watcher){
		.board = b, .notice = flashing_heard,
		.removed = flashing_removed,
	};
	boards_watch(f->boards, &f->watcher);
	flashing_set_timer(f, BACK_MS);
	unit_return(b);
}

/* ------------------------------------------- what our own firmware answers */

/* What the program says where another main.py is there. */
#define KEPT	"\6kept"

/*
 * A program that writes another, as main.py, and reads it again; but what is there
 * already is somebody's work, which new firmware need not cost him.
 */
static char *
script_program(const char *script)
{
	static const char	rest[] = "'\n"
	    "try:\n"
	    " _f = open('main.py', 'rb')\n"
	    "except OSError:\n"
	    " _f = open('main.py', 'wb')\n"
	    " _f.write(_s)\n"
	    " _f.close()\n"
	    " _f = open('main.py', 'rb')\n"
	    " assert _f.read() == _s\n"
	    "else:\n"
	    " if _f.read(len(_s) + 1) != _s:\n"
	    "  print('\\6kept')\n"
	    "_f.close()\n"
	    "del _f, _s\n";
	size_t			 len = strlen(script), i;
	char			*program = xmalloc(4 * len + sizeof rest + 10);
	char			*p = program;

	p += sprintf(p, "_s = b'");
	for (i = 0; i < len; i++)
		p += sprintf(p, "\\x%02x", (unsigned char)script[i]);
	strcpy(p, rest);
	return program;
}

/* Whether it has said so; what it has printed is no answer to anything else. */
static bool
script_was_kept(struct evbuffer *output)
{
	struct evbuffer_ptr	found = evbuffer_search(output, KEPT,
				    sizeof KEPT - 1, NULL);

	evbuffer_drain(output, evbuffer_get_length(output));
	return found.pos >= 0;
}

/*
 * What comes after a step; false: nothing.  A main.py that was kept may never end,
 * and is not waited for.
 */
static bool
flashing_step(struct flashing *f, struct request *r)
{
	static const char	 check[] = "on, off\nimport sys\nprint("
	    "sys.implementation.name, '.'.join([str(n) for n in "
	    "sys.implementation.version[:3]]))\n";
	const char		*asks = check;
	char			*program;

	if (f->script == NULL)
		return false;
	if (f->kept && f->step == 1) {
		f->step++;
		asks = strchr(check, '\n');
	}
	switch (f->step++) {
	case 0:
		program = script_program(f->script);
		request_renew(r, REQUEST_RUN, program, strlen(program),
		    ANSWER_MS);
		free(program);
		return true;
	case 1:
		request_renew(r, REQUEST_SOFT_RESET, "", 0, ANSWER_MS);
		return true;
	case 2:
		request_renew(r, REQUEST_RUN, asks, strlen(asks), ANSWER_MS);
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
flashing_prove(struct flashing *f, struct request *r)
{
	const struct firmware_proof	*proof = flashing_proof(f);

	if (proof == NULL || f->tries++ == PROOF_TRIES)
		return false;
	request_renew(r, REQUEST_RUN, proof->command, strlen(proof->command),
	    PROOF_MS);
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
		trace = xhave(text_from_bytes(result->traceback,
		    result->traceback_len, &len, &lossy));
	snprintf(message, sizeof message, "its new firmware does not answer as "
	    "it should: %s", result->message);
	flashing_fail(f, FLASH_STARTING, trace == NULL ? "" : trace, message);
	free(trace);
}

/* The next job, in the same turn. */
static bool
follow_next(struct asker *a, const struct request_result *result)
{
	struct flashing	*f = a->arg;

	switch (result->error) {
	case ERROR_NONE:
		if (f->script != NULL && f->step == 1)
			f->kept = script_was_kept(a->output);
		return flashing_step(f, a->request);
	case ERROR_TIMED_OUT:
	case ERROR_BOARD_SILENT:
		return flashing_prove(f, a->request);
	default:
		return false;
	}
}

static void
follow_finish(struct asker *a, const struct request_result *result)
{
	struct flashing		*f = a->arg;
	struct pins_board	 pins;
	size_t			 len = evbuffer_get_length(a->output);
	char			*text, message[512];
	const char		*answer = result->status;
	bool			 lossy;

	f->asker = NULL;
	if (result->error != ERROR_NONE) {
		flashing_disappoint(f, result);
		return;
	}
	text = xhave(text_from_bytes((char *)evbuffer_pullup(a->output, -1),
	    len, &len, &lossy));
	if (pins_identify(&pins, text) == 0)
		answer = pins.name;
	else if (f->script != NULL) {
		text[strcspn(text, "\n")] = '\0';
		answer = text;
	}
	if (f->kept)
		snprintf(message, sizeof message, "its own main.py is as it was "
		    "(\"picoctl reset\" starts it), and MicroPython answers");
	else
		snprintf(message, sizeof message, "%s answers", f->script !=
		    NULL ? "main.py" : f->image.firmware.name);
	flashing_succeed(f, answer, message);
	free(text);
}

static const struct request_sink follow_sink = {
	.next = follow_next, .finish = follow_finish,
};

void
flashing_follow(struct flashing *f, struct board *b)
{
	const struct firmware_proof	*proof = flashing_proof(f);
	struct request			*r = request_create(REQUEST_RUN,
					    &follow_sink, f, &f->client, "", 0);

	r->rank = REQUEST_FIRST;
	r->wait_given = true;
	r->wait_ms = BACK_MS;
	strcpy(r->token, f->token);
	if (proof != NULL)
		boards_set_baud(f->boards, b, proof->baud);
	if (!flashing_prove(f, r) && !flashing_step(f, r)) {
		request_destroy(r);
		flashing_listen(f, b);
		return;
	}
	f->asker = request_maker(r);
	unit_submit(b, r);
	unit_return(b);
}
