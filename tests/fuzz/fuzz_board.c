/* SPDX-License-Identifier: MIT */
/*
 * The queue and the policy of a board, under a random sequence of submissions,
 * bytes, ticks, unplugs, interrupts, holds and clients that leave.  Whatever
 * happens, every request is answered exactly once, by the end at the latest, and
 * never after its client left.
 *
 * The input is a program: an operation a byte, its argument the next one.  One
 * operation lets a small model of a REPL board answer what it was sent, so that
 * the deeper states are reached as well.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/board/board.h"

#define SLOTS	16

enum slot_state { SLOT_FREE, SLOT_LIVE };

struct fuzz {
	struct board	*board;
	uint64_t	 now;
	bool		 open;
	char		 wire[512];	/* what the board was sent, to answer */
	size_t		 wire_len;
	bool		 paused;
	bool		 resubmit;	/* finished clients come again */
	struct slot {
		enum slot_state	 state;
		struct request	*request;
		struct fuzz	*fuzz;
		char		 token[REQUEST_TOKEN_SIZE];
		bool		 holds;
	} slots[SLOTS];
};

static void fuzz_submit(struct fuzz *, unsigned);

static bool
slot_output(struct request *r)
{
	struct slot	*slot = r->asker;
	size_t		 len = evbuffer_get_length(r->output);

	assert(slot->state == SLOT_LIVE && slot->request == r);
	evbuffer_drain(r->output, len);
	return len % 7 != 3;
}

static void
slot_finish(struct request *r, const struct request_result *result)
{
	struct slot	*slot = r->asker;

	assert(slot->state == SLOT_LIVE && slot->request == r);
	assert(result->error == ERROR_NONE || result->message[0] != '\0');
	slot->state = SLOT_FREE;
	slot->request = NULL;
	if (r->kind == REQUEST_HOLD && result->error == ERROR_NONE) {
		slot->holds = true;
		memcpy(slot->token, r->token, sizeof slot->token);
	}
	if (slot->fuzz->resubmit) {
		slot->fuzz->resubmit = false;
		fuzz_submit(slot->fuzz, 0x21);
	}
}

static const struct request_sink sink = { NULL, slot_finish };
static const struct request_sink stream_sink = { slot_output, slot_finish };

static struct slot *
slot_free(struct fuzz *f)
{
	size_t	i;

	for (i = 0; i < SLOTS; i++)
		if (f->slots[i].state == SLOT_FREE && !f->slots[i].holds)
			return &f->slots[i];
	return NULL;
}

static void
fuzz_submit(struct fuzz *f, unsigned how)
{
	static const char *const texts[] = { "1", "f(", "x=1\ny=2", "c1" };
	static const enum request_kind kinds[] = {
		REQUEST_RUN, REQUEST_RUN, REQUEST_RUN, REQUEST_RUN, REQUEST_HOLD,
		REQUEST_SOFT_RESET, REQUEST_HARD_RESET, REQUEST_BOOTLOADER,
	};
	static const struct client	client = { .pid = 1, .user = "u" };
	struct slot			*slot = slot_free(f), *holder;
	const char			*text = texts[how >> 3 & 3];

	if (slot == NULL)
		return;
	slot->fuzz = f;
	slot->state = SLOT_LIVE;
	slot->request = request_create(kinds[how & 7],
	    how & 0x20 ? &stream_sink : &sink, slot, &client, text, strlen(text));
	assert(slot->request != NULL);
	if (how & 0x40) {
		slot->request->wait_ms = how;
		slot->request->wait_given = true;
	}
	if (how & 0x80)
		slot->request->timeout_ms = 50;
	holder = &f->slots[how % SLOTS];
	if (holder->holds)
		memcpy(slot->request->token, holder->token, sizeof holder->token);
	board_submit(f->board, slot->request, f->now);
}

static void
fuzz_withdraw(struct fuzz *f, unsigned which)
{
	struct slot	*slot = &f->slots[which % SLOTS];
	struct request	*r = slot->request;

	if (slot->state == SLOT_LIVE) {
		slot->state = SLOT_FREE;
		slot->request = NULL;
		board_withdraw(f->board, r, f->now);
	}
}

static void
fuzz_release(struct fuzz *f, unsigned which)
{
	struct slot	*slot = &f->slots[which % SLOTS];

	if (!slot->holds)
		return;
	slot->holds = false;
	board_release(f->board, slot->token, which & 0x80, f->now);
}

static void
fuzz_say(struct fuzz *f, const char *text)
{
	if (f->open && text[0] != '\0')
		board_feed(f->board, (const uint8_t *)text, strlen(text), f->now);
}

/* The model: one command of what was sent, and its answer. */
static void
fuzz_answer(struct fuzz *f)
{
	char	*end = memchr(f->wire, 4, f->wire_len), *p, reply[256] = "";
	size_t	 used = end == NULL ? f->wire_len : (size_t)(end + 1 - f->wire);
	char	 line[sizeof f->wire + 1];

	memcpy(line, f->wire, used);
	line[used] = '\0';
	memmove(f->wire, f->wire + used, f->wire_len - used);
	f->wire_len -= used;
	if ((p = strstr(line, "{}[")) != NULL)
		snprintf(reply, sizeof reply, "OK\4KeyError: (%.*s, True)\r\n\4>",
		    (int)strspn(p + 3, "0123456789"), p + 3);
	else if ((p = strstr(line, "__p(0,'")) != NULL)
		snprintf(reply, sizeof reply, "OK%.9s\r\n\x1e\4\4>", p + 7);
	else if (strstr(line, "__p(") != NULL)
		strcpy(reply, "OK42\r\n\x1e\4\4>");
	else if (strchr(line, 1) != NULL)
		strcpy(reply, "\r\nraw REPL; CTRL-B to exit\r\n>");
	else if (end != NULL)
		strcpy(reply, "OK\4\4>");
	fuzz_say(f, reply);
}

static void
host_wake(struct board *b, void *arg)
{
	struct fuzz	*f = arg;
	const uint8_t	*bytes;
	size_t		 len, room;

	while ((len = board_output(b, &bytes)) > 0) {
		room = sizeof f->wire - f->wire_len;
		if (len > room) {
			f->wire_len = 0;
			room = sizeof f->wire;
		}
		if (len > room)
			len = room;
		memcpy(f->wire + f->wire_len, bytes, len);
		f->wire_len += len;
		board_sent(b, len, f->now);
	}
}

static void
host_notice(struct board *b, const struct board_notice *notice, void *arg)
{
	(void)b, (void)notice, (void)arg;
}

static int
host_restart(struct board *b, void *arg)
{
	struct fuzz	*f = arg;

	(void)b;
	return f->now % 3 == 0 ? 0 : -ENOTSUP;
}

static void
host_pause(struct board *b, bool pause, void *arg)
{
	struct fuzz	*f = arg;

	(void)b;
	f->paused = pause;
}

static void
host_release(struct board *b, bool release, void *arg)
{
	(void)b, (void)release, (void)arg;
}

static void
host_change_speed(struct board *b, void *arg)
{
	(void)b, (void)arg;
}

static const struct board_host host = {
	.wake = host_wake, .notice = host_notice, .restart = host_restart,
	.change_speed = host_change_speed, .pause = host_pause,
	.release = host_release,
};

static void
fuzz_open(struct fuzz *f, bool open)
{
	if (open) {
		f->open = true;
		f->wire_len = 0;
		board_opened(f->board, f->now % 5 == 0 ? 2000 : 0,
		    f->now % 2 == 0, f->now);
	} else if (f->open) {
		f->open = false;
		board_closed(f->board, "unplugged", f->now);
	}
}

static void
fuzz_operate(struct fuzz *f, unsigned op, unsigned arg)
{
	static const char *const words[] = {
		"OK", ">>> ", "\4", "\4>", "R\1\x80", "OK\r\n\4\4>",
		"raw REPL; CTRL-B to exit\r\n>", "RR",
		"MicroPython v1\r\nType \"help()\" for more information.\r\n>>> ",
	};

	switch (op % 12) {
	case 0: fuzz_submit(f, arg); break;
	case 1: case 2: case 3: fuzz_answer(f); break;
	case 4: fuzz_say(f, words[arg % (sizeof words / sizeof *words)]); break;
	case 5: fuzz_say(f, (char[]){ (char)arg, 0 }); break;
	case 6:
		f->now += arg * arg / 8;
		board_tick(f->board, f->now);
		break;
	case 7: fuzz_open(f, arg & 1); break;
	case 8: fuzz_withdraw(f, arg); break;
	case 9:
		if (arg & 1)
			board_interrupt(f->board, f->now);
		else
			board_cancel(f->board, arg, f->now);
		break;
	case 10: fuzz_release(f, arg); break;
	case 11:
		f->resubmit = arg & 1;
		if (f->paused && arg & 2)
			board_resume(f->board);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct driver_ops *const drivers[] = {
		&driver_repl, &driver_piserial, &driver_auto, &driver_repl
	};
	struct fuzz		f = { .now = 1000 };
	struct board_options	options = { .name = "b", .port = "p" };
	size_t			i;

	if (size == 0)
		return 0;
	options.driver = drivers[data[0] & 3];
	options.driver_options.may_interrupt = (data[0] & 4) == 0;
	options.driver_options.two_speeds = (data[0] & 8) == 0;
	f.board = board_create(&options, &host, &f, 1);
	assert(f.board != NULL);
	fuzz_open(&f, true);
	for (i = 1; i + 1 < size; i += 2)
		fuzz_operate(&f, data[i], data[i + 1]);
	f.resubmit = false;
	board_destroy(f.board, f.now);
	for (i = 0; i < SLOTS; i++)
		assert(f.slots[i].state == SLOT_FREE);
	return 0;
}
