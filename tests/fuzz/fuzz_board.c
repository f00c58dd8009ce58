/* SPDX-License-Identifier: MIT */
/*
 * The queue and the policy of a board, under a random sequence of requests of
 * every kind, bytes, ticks, unplugs, interrupts, holds, loans, consoles, flashes
 * and clients that leave.  Whatever happens:
 *
 * - every request is answered exactly once, and never after its client left;
 * - what is typed at a console goes to the board while that console lasts, and
 *   never later;
 * - once everybody has left, a board that answers serves the next client: nobody
 *   can leave behind one that serves nobody.
 *
 * The input is a program.  One operation lets a model of a board answer what it
 * was sent, so that the deeper states are reached as well.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/board/board.h"
#include "tests/fuzz/model.h"
#include "tests/fuzz/script.h"

#define BAUD	115200		/* of every board */
#define SLOTS	16
/* What a console types is told from all that drivers send. */
#define TYPED	0xc0
/* More than any ladder, probe and limit of time has steps. */
#define ROUNDS	3000
/* A board that was lost is asked so often until it serves again. */
#define TRIES	4

struct fuzz;

/* A client, with at most one request, and what it got by it. */
struct slot {
	struct fuzz	*fuzz;
	struct asker	*asker;		/* of what waits or runs; or NULL */
	unsigned	 jobs;		/* that it still has for its request */
	bool		 holds;
	char		 token[REQUEST_TOKEN_SIZE];
	bool		 typing;	/* the port has not taken all of it */
	bool		 has;		/* the board itself: lent and so on */
	enum request_kind kind;		/* of what it has */
};

struct fuzz {
	struct script	 script;
	struct board	*board;
	uint64_t	 now;
	bool		 open;
	bool		 released;	/* the port is to stay closed */
	bool		 resetting;
	bool		 pumping;
	bool		 jammed;	/* the port takes no bytes */
	bool		 resubmit;	/* who is answered comes again */
	enum error_code	 last_error;	/* of the last answer */
	bool		 left;		/* picod ends */
	bool		 gone;		/* the board is about to */
	bool		 served;	/* whoever comes in the end */
	bool		 garbled;	/* its port has another speed than it */
	struct model	 model;
	struct slot	 slots[SLOTS];
};

static void fuzz_submit(struct fuzz *);
static void fuzz_pump(struct fuzz *);

/* ----------------------------------------------------------- the clients */

static unsigned
slot_number(const struct slot *slot)
{
	return (unsigned)(slot - slot->fuzz->slots);
}

static bool
slot_output(struct asker *a)
{
	struct slot	*slot = a->arg;
	size_t		 len = evbuffer_get_length(a->output);

	assert(slot->asker == a && len > 0);
	evbuffer_drain(a->output, len);
	return len % 7 != 3;	/* he keeps no more */
}

static void
console_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	struct slot	*slot = arg;

	assert(slot->has && slot->kind == REQUEST_CONSOLE);
	(void)bytes, (void)len;
}

/*
 * As a connection does that is closed: it gives the board back right there,
 * unless the board is about to go.
 */
static void
console_ended(void *arg)
{
	struct slot	*slot = arg;

	assert(slot->has && slot->kind == REQUEST_CONSOLE);
	slot->has = slot->typing = false;
	if (!slot->fuzz->gone) {
		board_return(slot->fuzz->board, slot->fuzz->now);
		fuzz_pump(slot->fuzz);
	}
}

static void
console_room(void *arg)
{
	struct slot	*slot = arg;

	assert(slot->has && slot->kind == REQUEST_CONSOLE);
	slot->typing = false;
}

static const struct board_console console = {
	console_bytes, console_room, console_ended
};

static bool
slot_is_taking(enum request_kind kind)
{
	return kind == REQUEST_LEND || kind == REQUEST_CONSOLE ||
	    kind == REQUEST_FLASH;
}

/* One job more, as often as it has one. */
static bool
slot_next(struct asker *a, const struct request_result *result)
{
	struct slot	*slot = a->arg;

	assert(slot->asker == a && a->request->place == REQUEST_RUNNING);
	if (slot->jobs == 0 || result->error == ERROR_DISCONNECTED)
		return false;
	slot->jobs--;
	request_renew(a->request, slot->jobs % 3 == 1 ? REQUEST_SOFT_RESET :
	    REQUEST_RUN, "c2", 2, 50);
	return true;
}

static void
slot_finish(struct asker *a, const struct request_result *result)
{
	struct request	*r = a->request;
	struct slot	*slot = a->arg;
	struct fuzz	*f = slot->fuzz;

	assert(slot->asker == a);
	assert(result->error == ERROR_NONE || result->message[0] != '\0');
	script_tell("%6llu client %u, kind %d: %s %s",
	    (unsigned long long)f->now, slot_number(slot), r->kind,
	    error_name(result->error), result->message);
	slot->asker = NULL;
	f->last_error = result->error;
	if (r->kind == REQUEST_HOLD && result->error == ERROR_NONE) {
		slot->holds = true;
		memcpy(slot->token, r->token, sizeof slot->token);
	} else if (slot_is_taking(r->kind) && result->error == ERROR_NONE) {
		slot->has = true;
		slot->kind = r->kind;
		if (r->kind == REQUEST_CONSOLE)
			board_set_console(f->board, &console, slot);
	}
	if (f->resubmit) {
		f->resubmit = false;
		fuzz_submit(f);
	}
}

static const struct request_sink sink = { NULL, NULL, slot_finish };
static const struct request_sink stream_sink = {
	slot_output, NULL, slot_finish
};
static const struct request_sink job_sink = { NULL, slot_next, slot_finish };

static struct slot *
slot_free(struct fuzz *f)
{
	size_t	i;

	for (i = 0; i < SLOTS; i++)
		if (f->slots[i].asker == NULL && !f->slots[i].holds &&
		    !f->slots[i].has)
			return &f->slots[i];
	return NULL;
}

static struct slot *
slot_pick(struct fuzz *f)
{
	return &f->slots[script_byte(&f->script) % SLOTS];
}

static void
fuzz_submit(struct fuzz *f)
{
	static const char *const texts[] = { "1", "never()", "x=1\ny=2", "c1", "" };
	static const enum request_kind kinds[] = {
		REQUEST_RUN, REQUEST_RUN, REQUEST_RUN, REQUEST_HOLD,
		REQUEST_SOFT_RESET, REQUEST_HARD_RESET, REQUEST_BOOTLOADER,
		REQUEST_LEND, REQUEST_CONSOLE, REQUEST_FLASH,
	};
	static const struct client	client = { .pid = 1, .user = "u" };
	struct slot			*slot = slot_free(f), *holder;
	enum request_kind		 kind = SCRIPT_PICK(&f->script, kinds);
	unsigned			 how = script_byte(&f->script);
	const char			*text = texts[how % 5];
	struct request			*r;

	if (slot == NULL)
		return;
	slot->jobs = kind <= REQUEST_BOOTLOADER && (how & 0xf) == 9 ? 3 : 0;
	r = request_create(kind, slot->jobs > 0 ? &job_sink : how & 0x10 ?
	    &stream_sink : &sink, slot, &client, text, strlen(text));
	assert(r != NULL);
	slot->asker = request_maker(r);
	if (how & 0x20) {
		r->wait_ms = how;
		r->wait_given = true;
	}
	if (how & 0x40)
		r->timeout_ms = 50;
	if (how & 0x80)
		r->rank = REQUEST_FIRST;
	if (kind == REQUEST_HOLD && how & 0x40)
		r->lasting_ms = how * 10;
	holder = slot_pick(f);
	if (holder->holds)
		memcpy(r->token, holder->token, sizeof holder->token);
	board_submit(f->board, r, f->now);
	fuzz_pump(f);
}

/* One more is told of what another asked for, if it is not too late. */
static void
fuzz_join(struct fuzz *f)
{
	struct slot	*slot = slot_free(f), *other = slot_pick(f);

	if (slot == NULL || other->asker == NULL ||
	    slot_is_taking(other->asker->request->kind) ||
	    other->asker->request->kind == REQUEST_HOLD)
		return;
	slot->jobs = 0;
	slot->asker = request_join(other->asker->request, &sink, slot);
}

static void
slot_go(struct slot *slot, void (*go)(struct board *, struct asker *, uint64_t))
{
	struct asker	*a = slot->asker;

	if (a == NULL)
		return;
	slot->asker = NULL;
	go(slot->fuzz->board, a, slot->fuzz->now);
	fuzz_pump(slot->fuzz);
}

static void
slot_withdraw(struct slot *slot)
{
	slot_go(slot, board_withdraw);
}

static void
slot_release(struct slot *slot, bool lost)
{
	if (!slot->holds)
		return;
	slot->holds = false;
	board_release(slot->fuzz->board, slot->token, lost, slot->fuzz->now);
	fuzz_pump(slot->fuzz);
}

/* It gives back what it has of the board. */
static void
slot_return(struct slot *slot)
{
	if (!slot->has)
		return;
	slot->has = slot->typing = false;
	board_return(slot->fuzz->board, slot->fuzz->now);
	fuzz_pump(slot->fuzz);
}

static void
slot_type(struct slot *slot)
{
	uint8_t	bytes[300];
	size_t	len = slot->fuzz->script.size % sizeof bytes + 1;

	if (!slot->has || slot->kind != REQUEST_CONSOLE)
		return;
	memset(bytes, TYPED + (int)slot_number(slot), sizeof bytes);
	slot->typing = true;
	assert(board_type(slot->fuzz->board, bytes, len) <= len);
	fuzz_pump(slot->fuzz);
}

/* A client leaves, and leaves behind nothing. */
static void
slot_leave(struct slot *slot)
{
	slot_withdraw(slot);
	slot_return(slot);
	slot_release(slot, true);
}

/* -------------------------------------------------------------- the host */

static void
fuzz_check_sent(const struct fuzz *f, const uint8_t *bytes, size_t len)
{
	const struct slot	*slot;
	size_t			 i;

	for (i = 0; i < len; i++) {
		if (bytes[i] < TYPED || bytes[i] >= TYPED + SLOTS)
			continue;
		slot = &f->slots[bytes[i] - TYPED];
		assert(slot->has && slot->kind == REQUEST_CONSOLE);
	}
}

static void
fuzz_send(struct fuzz *f)
{
	const uint8_t	*bytes;
	size_t		 len;

	while (f->open && !f->jammed &&
	    (len = board_output(f->board, &bytes)) > 0) {
		fuzz_check_sent(f, bytes, len);
		script_tell("%6llu < %.*s", (unsigned long long)f->now,
		    (int)len, (const char *)bytes);
		model_hear(&f->model, bytes, len);
		board_sent(f->board, len, f->now);
	}
}

static void
fuzz_notice(struct fuzz *f, const struct board_notice *notice)
{
	script_tell("%6llu %s: %s %.*s", (unsigned long long)f->now,
	    notice->kind == NOTICE_STATE ? board_state_name(notice->state) :
	    board_notice_name(notice->kind), notice->reason == NULL ? "" :
	    notice->reason, (int)notice->len, (const char *)notice->bytes);
}

static void
fuzz_reset_port(struct fuzz *f)
{
	f->resetting = f->now % 3 == 0;
	board_resetting(f->board, f->resetting, f->now);
}

static void
fuzz_output(struct fuzz *f, struct request *r)
{
	struct asker	*a;

	TAILQ_FOREACH(a, &r->askers, entry)
		if (a->sink->output != NULL && !a->sink->output(a))
			board_overflow(f->board, f->now);
}

static void
fuzz_act(struct fuzz *f, const struct board_event *event)
{
	switch (event->type) {
	case BOARD_CLOSE_PORT:
		f->released = true;
		f->open = f->resetting = false;
		break;
	case BOARD_OPEN_PORT:
		f->released = false;
		if (f->now % 4 == 0)
			board_failed(f->board, "it is unplugged");
		break;
	case BOARD_RESET_PORT: fuzz_reset_port(f); break;
	case BOARD_CHANGE_SPEED:
		assert(event->baud != 0);
		f->garbled = event->baud != BAUD;
		break;
	case BOARD_DROP_UNSENT: break;	/* what is written was heard */
	case BOARD_NOTICE: fuzz_notice(f, &event->notice); break;
	case BOARD_OUTPUT: fuzz_output(f, event->request); break;
	case BOARD_ENDED:
		if (request_next(event->request))
			board_proceed(f->board, f->now);
		else
			board_dismiss(f->board, f->now);
		break;
	case BOARD_FINISHED: request_finish(event->request); break;
	case BOARD_HEARD:
		event->console->bytes(event->console_arg, event->bytes,
		    event->len);
		break;
	case BOARD_ROOM: event->console->room(event->console_arg); break;
	case BOARD_HUNG_UP: event->console->ended(event->console_arg); break;
	case BOARD_LEFT: assert(f->left); break;
	}
}

/* Takes what the board wants, until it wants nothing. */
static void
fuzz_pump(struct fuzz *f)
{
	struct board_event	event;

	if (f->pumping)
		return;
	f->pumping = true;
	fuzz_send(f);
	while (board_event_next(f->board, &event)) {
		fuzz_act(f, &event);
		fuzz_send(f);
	}
	f->pumping = false;
}

/* -------------------------------------------------------------- the port */

static void
fuzz_tick(struct fuzz *f, uint64_t ms)
{
	bool	more = true;

	f->now += ms;
	while (more) {
		more = board_tick(f->board, f->now);
		fuzz_pump(f);
	}
}

static void
fuzz_open(struct fuzz *f)
{
	if (f->open || f->released)
		return;
	board_set_loader(f->board, NULL, f->now);	/* it goes first */
	fuzz_pump(f);
	f->open = true;
	f->resetting = false;
	model_restart(&f->model);
	board_opened(f->board, f->now % 5 == 0 ? 2000 : 0, f->now % 2 == 0,
	    f->now);
	fuzz_pump(f);
}

static void
fuzz_close(struct fuzz *f)
{
	if (!f->open) {
		board_failed(f->board, "nothing listens at its port");
		fuzz_pump(f);
		return;
	}
	fuzz_tick(f, 0);
	if (!f->open)
		return;		/* it was taken that very moment */
	f->open = f->resetting = false;
	board_closed(f->board, "unplugged", f->now);
	fuzz_pump(f);
}

/* Its configuration was changed. */
static void
fuzz_reopen(struct fuzz *f)
{
	fuzz_tick(f, 0);
	if (!f->open)
		return;
	f->open = f->resetting = false;
	board_reopens(f->board, "its configuration was changed", f->now);
	fuzz_pump(f);
}

/* The pull at the reset line is over, or has broken the port. */
static void
fuzz_reset(struct fuzz *f, bool well)
{
	if (!f->resetting)
		return;
	f->resetting = false;
	if (!well) {
		fuzz_close(f);
		return;
	}
	model_restart(&f->model);
	board_opened(f->board, 0, false, f->now);
	fuzz_pump(f);
}

static void
fuzz_say_bytes(struct fuzz *f, const char *text, size_t len)
{
	bool	garbled = f->garbled;
	size_t	n;

	/* What came at another speed is dropped by whoever has the port. */
	for (; f->open && f->garbled == garbled && len > 0;
	    text += n, len -= n) {
		n = board_feed(f->board, (const uint8_t *)text, len, f->now);
		assert(n > 0 && n <= len);
		fuzz_pump(f);
	}
}

/* At another speed nothing is text. */
static void
fuzz_say(struct fuzz *f, const char *text, size_t len)
{
	char	noise[MODEL_SAYS_MAX];

	assert(len <= sizeof noise);
	memset(noise, 0xff, len);
	fuzz_say_bytes(f, f->garbled ? noise : text, len);
}

/* Whether it had an answer. */
static bool
fuzz_answer(struct fuzz *f)
{
	char	says[MODEL_SAYS_MAX];
	size_t	len = model_answer(&f->model, says);

	if (f->garbled) {		/* neither heard the other */
		f->model.len = 0;
		return false;
	}
	if (len > 0)
		script_tell("%6llu > %.*s", (unsigned long long)f->now,
		    (int)len, says);
	fuzz_say(f, says, len);
	return len > 0;
}

static void
fuzz_say_word(struct fuzz *f)
{
	static const char *const words[] = {
		"OK", ">>> ", "\4", "\4>", "R\1\x80", "OK\r\n\4\4>",
		"raw REPL; CTRL-B to exit\r\n>", "RR", "v00\r\n",
		"MicroPython v1\r\nType \"help()\" for more information.\r\n>>> ",
	};
	const char	*word = SCRIPT_PICK(&f->script, words);

	fuzz_say(f, word, strlen(word));
}

static void
fuzz_jam(struct fuzz *f, bool jammed)
{
	f->jammed = jammed;
	fuzz_pump(f);
}

/* As after a flash: whoever has the board then makes it another one. */
static void
fuzz_change(struct fuzz *f, unsigned how)
{
	struct driver_options	options = { .may_interrupt = f->served,
				    .baud = BAUD };
	size_t			i;

	for (i = 0; i < SLOTS; i++)
		if (f->slots[i].has && f->slots[i].kind == REQUEST_FLASH) {
			f->model.is_repl = how & 1;
			f->garbled = false;
			board_set_driver(f->board, how & 1 ? &driver_repl :
			    &driver_piserial, &options);
		}
}

static void
fuzz_operate(struct fuzz *f)
{
	uint8_t	op = script_byte(&f->script), arg;
	char	byte;

	switch (op % 23) {
	case 0: case 1: fuzz_submit(f); break;
	case 2: case 3: case 4: fuzz_answer(f); break;
	case 5: fuzz_say_word(f); break;
	case 6:
		byte = (char)script_byte(&f->script);
		fuzz_say(f, &byte, 1);
		break;
	case 7:
		arg = script_byte(&f->script);
		fuzz_tick(f, arg * arg / 8);
		break;
	case 8: fuzz_open(f); break;
	case 9: fuzz_close(f); break;
	case 10:
		slot_go(slot_pick(f), op < 128 ? board_withdraw : board_abandon);
		break;
	case 11:
		board_interrupt(f->board, f->now);
		fuzz_pump(f);
		break;
	case 12:
		board_cancel(f->board, script_byte(&f->script), f->now);
		fuzz_pump(f);
		break;
	case 13: slot_release(slot_pick(f), op >= 128); break;
	case 14: f->resubmit = true; break;
	case 15:
		board_overflow(f->board, f->now);
		fuzz_pump(f);
		break;
	case 16: slot_return(slot_pick(f)); break;
	case 17: slot_type(slot_pick(f)); break;
	case 18: fuzz_reset(f, op < 128); break;
	case 19:
		if (op == 19) {
			f->left = true;
			board_leave(f->board, f->now);
			fuzz_pump(f);
		} else if (op < 128)
			fuzz_change(f, op / 20);
		else if (!f->open)
			board_set_loader(f->board, op < 200 ? "asleep" : NULL, f->now);
		fuzz_pump(f);
		break;
	case 20: fuzz_jam(f, op < 128); break;
	case 21: fuzz_join(f); break;
	case 22: fuzz_reopen(f); break;
	}
}

/* ---------------------------------------------------------------- the end */

static bool
fuzz_is_idle(const struct fuzz *f)
{
	size_t	i;

	for (i = 0; i < SLOTS; i++)
		if (f->slots[i].asker != NULL)
			return false;
	return true;
}

/* What the board waits for comes about, or its time is up. */
static void
fuzz_go_on(struct fuzz *f)
{
	uint64_t	at;
	size_t		heard;
	bool		answered;

	fuzz_reset(f, true);
	fuzz_open(f);
	do {		/* some commands have no answer */
		heard = f->model.len;
		answered = fuzz_answer(f);
	} while (!answered && f->model.len < heard);
	at = board_deadline(f->board);
	fuzz_tick(f, answered || at == DRIVER_NEVER ? 1 :
	    at <= f->now ? 0 : at - f->now);
}

/* One more client: how it is answered; in bounded time. */
static enum error_code
fuzz_ask(struct fuzz *f)
{
	/* c1, which is a statement too, with a timeout. */
	static const uint8_t	 plain[] = { 0, 0x44 };
	unsigned		 rounds;

	f->script = (struct script){ plain, sizeof plain };
	fuzz_submit(f);
	for (rounds = 0; rounds < ROUNDS && !fuzz_is_idle(f); rounds++)
		fuzz_go_on(f);
	assert(fuzz_is_idle(f));
	return f->last_error;
}

/*
 * Everybody leaves.  The board may have to find its way back, but then it
 * serves whoever comes.
 */
static void
fuzz_to_the_end(struct fuzz *f)
{
	size_t	i;

	f->resubmit = false;
	fuzz_jam(f, false);
	for (i = 0; i < SLOTS; i++)
		assert(!f->slots[i].has || !f->slots[i].typing || !f->open);
	for (i = 0; i < SLOTS; i++)
		slot_leave(&f->slots[i]);
	for (i = 0; i < TRIES; i++) {
		fuzz_go_on(f);
		if (fuzz_ask(f) == ERROR_NONE)
			return;
	}
	assert(!f->served);
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct driver_ops *const drivers[] = {
		&driver_repl, &driver_piserial, &driver_auto, &driver_repl
	};
	struct fuzz		f = { .now = 1000, .script = { data, size } };
	struct board_options	options = { .name = "b", .port = "p" };
	uint8_t			how = script_byte(&f.script);
	size_t			i;

	options.driver = drivers[how & 3];
	options.driver_options.may_interrupt = (how & 4) == 0;
	options.driver_options.find_baud = (how & 8) == 0;
	options.driver_options.baud = BAUD;
	f.model.is_repl = (how & 3) != 1;
	f.served = options.driver_options.may_interrupt;
	for (i = 0; i < SLOTS; i++)
		f.slots[i].fuzz = &f;
	f.board = board_create(&options, 1);
	assert(f.board != NULL);
	fuzz_open(&f);
	while (f.script.size > 0)
		fuzz_operate(&f);
	if (!f.left)
		fuzz_to_the_end(&f);
	f.resubmit = false;
	f.gone = true;		/* nobody finds it any more */
	board_end(f.board);
	fuzz_pump(&f);
	board_destroy(f.board);
	assert(fuzz_is_idle(&f));
	return 0;
}
