/* SPDX-License-Identifier: MIT */
/*
 * The texts that go to a REPL, and the way each of them takes: raw-paste for what
 * is longer than the board is sure to buffer, and where there is none, small
 * bursts, or pieces (repl_store.c).
 *
 * The user's names are not ours: all that picod says there begins at builtins.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/repl_state.h"

/* splitmix64: any spread of bits will do, nothing here is a secret. */
static uint32_t
say_random(struct repl *r, uint64_t now)
{
	uint64_t	z = r->seed += 0x9e3779b97f4a7c15 + now;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (uint32_t)(z >> 32);
}

/* A short text is one piece, and its Ctrl-D with it: one write less. */
static void
say_join(struct repl *r)
{
	size_t	i, n = 0;

	if (r->say_left >= r->wire_size)
		return;
	for (i = 0; i < REPL_PIECES; n += r->say[i++].len)
		if (r->say[i].len > 0)
			memmove(r->wire + n, r->say[i].bytes, r->say[i].len);
	repl_say_pieces(r, (char *)r->wire, n, NULL, NULL);
}

static void
say_plain(struct repl *r, uint64_t now)
{
	if (r->say[1].bytes == (char *)r->wire) {
		r->wire[r->say[1].len++] = '\x04';
		r->say_left++;
		r->say_eof = false;
	}
	r->budget = r->paste ? SIZE_MAX : REPL_BURST;
	repl_enter(r, REPL_SEND, now);
}

static void
say_piece(struct repl *r, size_t i, const char *bytes, size_t len)
{
	r->say[i].bytes = bytes;
	r->say[i].len = len;
	r->say_left += len;
}

void
repl_say_pieces(struct repl *r, const char *text, size_t len, const char *head,
    const char *tail)
{
	r->say_left = r->say_at = r->say_off = 0;
	say_piece(r, 0, head, head == NULL ? 0 : strlen(head));
	say_piece(r, 1, text, len);
	say_piece(r, 2, tail, tail == NULL ? 0 : strlen(tail));
	repl_say_past(r, 0);
}

/* How a friendly prompt would echo it: without line ends. */
static void
say_note_echo(struct repl *r)
{
	size_t	i, k, n = 0;

	for (i = 0; i < REPL_PIECES; i++)
		for (k = 0; k < r->say[i].len && n < sizeof r->echo - 1; k++)
			if ((r->say[i].bytes[k] & 0xe0) != 0)
				r->echo[n++] = r->say[i].bytes[k];
	r->echo[n] = '\0';
}

void
repl_say_text(struct repl *r, enum repl_purpose purpose, bool marked,
    uint64_t now)
{
	r->purpose = purpose;
	r->say_eof = true;
	r->marked = marked;
	r->unmarked = false;
	r->runs_at = DRIVER_NEVER;
	r->trace_len = 0;
	r->said_len = r->say_left;
	say_note_echo(r);
	say_join(r);
	if (purpose != REPL_FOR_PROBE && (!r->paste_known ||
	    (r->paste && r->say_left > r->window_step))) {
		repl_order(r, "\x05" "A\x01", 3);
		repl_enter(r, REPL_ASK, now);
	} else {
		say_plain(r, now);
	}
}

void
repl_say_short(struct repl *r, enum repl_purpose purpose, const char *text,
    bool marked, uint64_t now)
{
	repl_say_pieces(r, text, strlen(text), NULL, NULL);
	repl_say_text(r, purpose, marked, now);
}

void
repl_say_paste(struct repl *r, uint64_t now)
{
	r->budget = r->window_step;
	repl_enter(r, REPL_PASTE, now);
}

/* Nine digits, so that it is a small integer on every board. */
unsigned
repl_say_nonce(struct repl *r, uint64_t now)
{
	uint32_t	nonce = 100000000 + say_random(r, now) % 900000000;

	if (nonce == r->nonce)
		nonce--;
	r->nonce = nonce;
	snprintf(r->want, sizeof r->want, "%u", (unsigned)nonce);
	return (unsigned)nonce;
}

/*
 * The helper shows it, if there is one: then the variables are there as well.
 * Where there is none it is a key that an empty dictionary has not.
 */
void
repl_say_probe(struct repl *r, uint64_t now)
{
	char	text[32];

	r->asked_helper = r->helper && !r->probe_plain;
	r->hold_len = 0;
	r->probes++;
	snprintf(text, sizeof text, r->asked_helper ? REPL_HELPER "(%u)" :
	    "{}[%u]", repl_say_nonce(r, now));
	repl_say_short(r, REPL_FOR_PROBE, text, false, now);
}
