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
#include <string.h>

#include "tests/fuzz/host.h"
#include "tests/fuzz/script.h"
#include "tests/fuzz/slots.h"

/* More than any ladder, probe and limit of time has steps. */
#define ROUNDS	3000
/* A board that was lost is asked so often until it serves again. */
#define TRIES	4

struct fuzz {
	struct script	 script;
	struct host	 host;
	struct slots	 slots;
	bool		 served;	/* whoever comes in the end */
};

/* ------------------------------------------------------- the operations */

static void
op_submit(struct fuzz *f, uint8_t op)
{
	(void)op;
	slots_submit(&f->slots);
}

static void
op_join(struct fuzz *f, uint8_t op)
{
	(void)op;
	slots_join(&f->slots);
}

/* Who is answered comes again. */
static void
op_resubmit(struct fuzz *f, uint8_t op)
{
	(void)op;
	f->slots.resubmit = true;
}

static void
op_go(struct fuzz *f, uint8_t op)
{
	slot_go(slots_pick(&f->slots), op < 128 ? board_withdraw :
	    board_abandon);
}

static void
op_release(struct fuzz *f, uint8_t op)
{
	slot_release(slots_pick(&f->slots), op >= 128);
}

static void
op_return(struct fuzz *f, uint8_t op)
{
	(void)op;
	slot_return(slots_pick(&f->slots));
}

static void
op_type(struct fuzz *f, uint8_t op)
{
	(void)op;
	slot_type(slots_pick(&f->slots));
}

static void
op_answer(struct fuzz *f, uint8_t op)
{
	(void)op;
	host_answer(&f->host);
}

static void
op_say_word(struct fuzz *f, uint8_t op)
{
	static const char *const words[] = {
		"OK", ">>> ", "\4", "\4>", "R\1\x80", "OK\r\n\4\4>",
		"raw REPL; CTRL-B to exit\r\n>", "RR", "v00\r\n",
		"MicroPython v1\r\nType \"help()\" for more information.\r\n>>> ",
	};
	const char	*word = SCRIPT_PICK(&f->script, words);

	(void)op;
	host_say(&f->host, word, strlen(word));
}

static void
op_say_byte(struct fuzz *f, uint8_t op)
{
	char	byte = (char)script_byte(&f->script);

	(void)op;
	host_say(&f->host, &byte, 1);
}

static void
op_tick(struct fuzz *f, uint8_t op)
{
	unsigned	arg = script_byte(&f->script);

	(void)op;
	host_tick(&f->host, arg * arg / 8);
}

static void
op_open(struct fuzz *f, uint8_t op)
{
	(void)op;
	host_open(&f->host);
}

static void
op_close(struct fuzz *f, uint8_t op)
{
	(void)op;
	host_close(&f->host);
}

static void
op_reopen(struct fuzz *f, uint8_t op)
{
	(void)op;
	host_reopen(&f->host);
}

static void
op_reset(struct fuzz *f, uint8_t op)
{
	host_reset(&f->host, op < 128);
}

static void
op_jam(struct fuzz *f, uint8_t op)
{
	host_jam(&f->host, op < 128);
}

static void
op_interrupt(struct fuzz *f, uint8_t op)
{
	(void)op;
	board_interrupt(f->host.board, f->host.now);
	host_pump(&f->host);
}

static void
op_cancel(struct fuzz *f, uint8_t op)
{
	(void)op;
	board_cancel(f->host.board, script_byte(&f->script), f->host.now);
	host_pump(&f->host);
}

static void
op_overflow(struct fuzz *f, uint8_t op)
{
	(void)op;
	board_overflow(f->host.board, f->host.now);
	host_pump(&f->host);
}

/* As after a flash: whoever has the board then makes it another one. */
static void
fuzz_change(struct fuzz *f, unsigned how)
{
	struct driver_options	 options = { .may_interrupt = f->served,
				    .baud = HOST_BAUD };
	const struct slot	*slot;

	for (slot = f->slots.all; slot < f->slots.all + SLOTS; slot++)
		if (slot->has && slot->kind == REQUEST_FLASH) {
			f->host.model.is_repl = how & 1;
			f->host.garbled = false;
			board_set_driver(f->host.board, how & 1 ? &driver_repl :
			    &driver_piserial, &options);
		}
}

/* What changes for good: picod ends; another firmware; a loader, or none. */
static void
op_turn(struct fuzz *f, uint8_t op)
{
	struct host	*h = &f->host;

	if (op == 19) {
		h->left = true;
		board_leave(h->board, h->now);
	} else if (op < 128)
		fuzz_change(f, op / 20);
	else if (!h->open)
		board_set_loader(h->board, op < 200 ? "asleep" : NULL, h->now);
	host_pump(h);
}

/* Likely ones are there more than once; the corpus goes by these numbers. */
static void (*const operations[])(struct fuzz *, uint8_t op) = {
	op_submit, op_submit,
	op_answer, op_answer, op_answer,
	op_say_word, op_say_byte, op_tick, op_open, op_close,
	op_go, op_interrupt, op_cancel, op_release, op_resubmit,
	op_overflow, op_return, op_type, op_reset, op_turn,
	op_jam, op_join, op_reopen,
};

static void
fuzz_operate(struct fuzz *f)
{
	uint8_t	op = script_byte(&f->script);

	operations[op % (sizeof operations / sizeof *operations)](f, op);
}

/* ---------------------------------------------------------------- the end */

/* What the board waits for comes about, or its time is up. */
static void
fuzz_go_on(struct fuzz *f)
{
	uint64_t	at;
	size_t		heard;
	bool		answered;

	host_reset(&f->host, true);
	host_open(&f->host);
	do {		/* some commands have no answer */
		heard = f->host.model.len;
		answered = host_answer(&f->host);
	} while (!answered && f->host.model.len < heard);
	at = board_deadline(f->host.board);
	host_tick(&f->host, answered || at == DRIVER_NEVER ? 1 :
	    at <= f->host.now ? 0 : at - f->host.now);
}

/* One more client: how it is answered; in bounded time. */
static enum error_code
fuzz_ask(struct fuzz *f)
{
	/* c1, which is a statement too, with a timeout. */
	static const uint8_t	 plain[] = { 0, 0x44 };
	unsigned		 rounds;

	f->script = (struct script){ plain, sizeof plain };
	slots_submit(&f->slots);
	for (rounds = 0; rounds < ROUNDS && !slots_are_idle(&f->slots); rounds++)
		fuzz_go_on(f);
	assert(slots_are_idle(&f->slots));
	return f->slots.last_error;
}

/*
 * Everybody leaves.  The board may have to find its way back, but then it
 * serves whoever comes.
 */
static void
fuzz_to_the_end(struct fuzz *f)
{
	size_t	i;

	f->slots.resubmit = false;
	host_jam(&f->host, false);
	for (i = 0; i < SLOTS; i++)
		assert(!f->slots.all[i].has || !f->slots.all[i].typing ||
		    !f->host.open);
	for (i = 0; i < SLOTS; i++)
		slot_leave(&f->slots.all[i]);
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
	struct fuzz		f = { .host.now = 1000, .script = { data, size } };
	struct board_options	options = { .name = "b", .port = "p" };
	uint8_t			how = script_byte(&f.script);

	options.driver = drivers[how & 3];
	options.driver_options.may_interrupt = (how & 4) == 0;
	options.driver_options.find_baud = (how & 8) == 0;
	options.driver_options.baud = HOST_BAUD;
	f.host.model.is_repl = (how & 3) != 1;
	f.served = options.driver_options.may_interrupt;
	slots_init(&f.slots, &f.host, &f.script);
	f.host.board = board_create(&options, 1);
	assert(f.host.board != NULL);
	host_open(&f.host);
	while (f.script.size > 0)
		fuzz_operate(&f);
	if (!f.host.left)
		fuzz_to_the_end(&f);
	f.slots.resubmit = false;
	f.slots.gone = true;		/* nobody finds it any more */
	board_end(f.host.board);
	host_pump(&f.host);
	board_destroy(f.host.board);
	assert(slots_are_idle(&f.slots));
	return 0;
}
