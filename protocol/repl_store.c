/* SPDX-License-Identifier: MIT */
/*
 * Long texts for boards without raw-paste.  Such a board may lose what it cannot
 * buffer, silently, and one that runs out of memory while it reads a long text
 * is dead until it is reset.  So the text goes in pieces, each a statement of its
 * own, which are joined on the board: none is sent before the last was carried
 * out.  That takes up to three times the room of the text in one place.  Where the
 * board has less, but enough to read it, it goes as it is, as slowly as it takes.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/repl_state.h"
#include "protocol/repl_text.h"

/* Texts up to that length are not worth a question for room. */
#define SMALL	1000

/* The whole text, which the store has no more then. */
#define REPL_TAKEN	REPL_STORE ".pop()"

bool
repl_must_store(const struct repl *r, size_t len)
{
	return r->paste_known && !r->paste && len > REPL_BLIND_MAX;
}

static void
store_say(struct repl *r, enum repl_purpose purpose, const char *text,
    size_t len, bool marked, uint64_t now)
{
	repl_say_pieces(r, text, len, NULL, NULL);
	repl_say_text(r, purpose, marked, now);
}

void
repl_say_store(struct repl *r, enum repl_purpose purpose, const char *text,
    size_t len, uint64_t now)
{
	static const char	begin[] = REPL_STORE "=" REPL_BUILTINS
	    ".bytearray()";

	r->store_for = purpose;
	r->store = text;
	r->store_len = len;
	r->store_off = 0;
	r->store_whole = false;
	r->litter = true;
	store_say(r, REPL_FOR_STORE, begin, sizeof begin - 1, false, now);
}

static void
store_say_piece(struct repl *r, uint64_t now)
{
	static const char	add[] = REPL_STORE "+=b'";
	uint8_t			*p = r->wire;
	uint8_t			*end = r->wire + REPL_BLIND_MAX - sizeof "\\x00";

	memcpy(p, add, sizeof add - 1);
	p += sizeof add - 1;
	while (p < end && r->store_off < r->store_len)
		p += repl_text_escape(p, r->store + r->store_off++, 1);
	*p++ = '\'';
	store_say(r, REPL_FOR_STORE, (char *)r->wire, (size_t)(p - r->wire),
	    false, now);
}

/*
 * It is all there, and goes away as it is used: a board that has no room to read it
 * has none for another statement, which would have to remove it, either.
 */
static void
store_say_use(struct repl *r, uint64_t now)
{
	static const char	run[] = REPL_STORE "=" REPL_BUILTINS ".exec("
	    REPL_TAKEN ")";
	static const char	run_marked[] = REPL_STORE "=" REPL_BUILTINS ".exec("
	    REPL_TAKEN ");" REPL_HELPER "()";
	static const char	show[] = REPL_STORE "=" REPL_HELPER "(" REPL_BUILTINS
	    ".eval(" REPL_TAKEN "))";
	static const char	line[] = REPL_STORE "=" REPL_HELPER "(0,"
	    REPL_TAKEN ")";
	bool			job = r->store_for == REPL_FOR_JOB;

	r->wrapped = true;
	r->renamed = r->form != REPL_AS_LINE;
	if (job && (r->form == REPL_AS_ARGUMENT || r->form == REPL_AS_EVAL))
		store_say(r, REPL_FOR_JOB, show, sizeof show - 1, true, now);
	else if (job && r->form == REPL_AS_LINE)
		store_say(r, REPL_FOR_JOB, line, sizeof line - 1, true, now);
	else if (job && r->tail != NULL)
		store_say(r, REPL_FOR_JOB, run_marked, sizeof run_marked - 1,
		    true, now);
	else
		store_say(r, r->store_for, run, sizeof run - 1, job &&
		    (r->job.marked || r->form == REPL_AS_PARTS), now);
}

/* What grows in its place is a bytearray; what can be carried out is none. */
static void
store_say_whole(struct repl *r, uint64_t now)
{
	static const char	whole[] = REPL_STORE "=[" REPL_BUILTINS ".bytes("
	    REPL_STORE ")]";

	r->store_whole = true;
	store_say(r, REPL_FOR_STORE, whole, sizeof whole - 1, false, now);
}

void
repl_say_more(struct repl *r, uint64_t now)
{
	if (r->store_off < r->store_len)
		store_say_piece(r, now);
	else if (!r->store_whole)
		store_say_whole(r, now);
	else
		store_say_use(r, now);
}

/* What an earlier job left in the store, when it was given up or raised. */
void
repl_say_clean(struct repl *r, uint64_t now)
{
	static const char	clean[] = REPL_STORE "=0";

	store_say(r, REPL_FOR_CLEAN, clean, sizeof clean - 1, false, now);
}

/* Has the board try to find that much, without any name of the user's. */
void
repl_say_room(struct repl *r, uint64_t now)
{
	size_t	need = r->room == REPL_ROOM_UNKNOWN ? 3 * r->job.len + 512 :
	    r->job.len + 256;
	char	ask[64];
	int	len = snprintf(ask, sizeof ask, "__import__('gc').collect();"
	    REPL_HELPER "((b'0'*%zu)[0])", need);

	store_say(r, REPL_FOR_ROOM, ask, (size_t)len, true, now);
}

/*
 * Before the second question the board enters its raw REPL anew, which until
 * then keeps the room of the longest text it has read.
 */
bool
repl_room_heard(struct repl *r, bool found, uint64_t now)
{
	if (r->room == REPL_ROOM_UNKNOWN && !found) {
		r->room = REPL_ROOM_WHOLE_ASKED;
		repl_order(r, "\x02\x01", 2);
		repl_enter(r, REPL_AGAIN, now);
		return false;
	}
	r->room = r->room == REPL_ROOM_UNKNOWN || !found ? REPL_ROOM_PIECES :
	    REPL_ROOM_WHOLE;
	return true;
}

bool
repl_must_ask_room(const struct repl *r)
{
	return r->form == REPL_AS_IS && r->helper && r->job.len > SMALL &&
	    (r->room == REPL_ROOM_UNKNOWN || r->room == REPL_ROOM_WHOLE_ASKED);
}
