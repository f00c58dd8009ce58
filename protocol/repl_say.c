/* SPDX-License-Identifier: MIT */
/*
 * The texts that go to a REPL, and the way each of them takes.
 *
 * A statement is a literal for the helper; a program goes as it is.  What is
 * longer than the board is sure to buffer goes by raw-paste, and where there
 * is none, in pieces.
 */
#include <stdio.h>
#include <string.h>

#include "protocol/repl.h"
#include "protocol/repl_text.h"

/*
 * The helper: called with a value to show, or with a statement in a literal to
 * carry out and show.  It writes the mark at its end, whatever comes before.  Its
 * print() is the real one even if a program has its own by that name.
 */
#define HELPER_HEAD \
    "def " REPL_HELPER "(v,t=0,b=__import__('builtins')):\n" \
    " try:\n"
#define HELPER_TAIL \
    "  b.__repl_print__(v)\n" \
    " finally:b.print('\\x1e',end='')\n"

static const char helper_text[] =
    "compile\n" HELPER_HEAD
    "  if t:v=exec(compile(t,'<stdin>','single'),globals())\n" HELPER_TAIL;

/*
 * For boards without compile(): a lambda compiles an expression without
 * running it, so that nothing runs twice when it is none.
 */
static const char helper_without_compile[] =
    HELPER_HEAD
    "  if t:\n"
    "   try:v=eval('lambda:('+t+'\\n)')\n"
    "   except SyntaxError:v=0\n"
    "   v=v()if v else exec(t,globals())\n" HELPER_TAIL;

/* splitmix64: any spread of bits will do, nothing here is a secret. */
static uint32_t
say_random(struct repl *r, uint64_t now)
{
	uint64_t	z = r->seed += 0x9e3779b97f4a7c15 + now;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (uint32_t)(z >> 32);
}

/* A short text and its Ctrl-D go in one piece, which is one write less. */
static void
say_plain(struct repl *r, uint64_t now)
{
	if (r->say != r->wire && r->say_len < r->wire_size) {
		memcpy(r->wire, r->say, r->say_len);
		r->say = r->wire;
	}
	if (r->say == r->wire) {
		r->wire[r->say_len++] = '\x04';
		r->say_eof = false;
	}
	r->budget = r->paste ? SIZE_MAX : REPL_BURST;
	repl_enter(r, REPL_SEND, now);
}

/* Chooses the way: raw-paste for more than the board is sure to buffer. */
static void
say_text(struct repl *r, enum repl_purpose purpose, const void *text,
    size_t len, bool marked, uint64_t now)
{
	r->purpose = purpose;
	r->say = text;
	r->say_len = len;
	r->say_off = 0;
	r->say_eof = true;
	r->marked = marked;
	r->unmarked = false;
	r->runs_at = DRIVER_NEVER;
	r->trace_len = 0;
	if (purpose != REPL_FOR_PROBE && (!r->paste_known ||
	    (r->paste && len > r->window_step))) {
		repl_order(r, "\x05" "A\x01", 3);
		repl_enter(r, REPL_ASK, now);
	} else {
		say_plain(r, now);
	}
}

void
repl_say_paste(struct repl *r, uint64_t now)
{
	r->budget = r->window_step;
	repl_enter(r, REPL_PASTE, now);
}

/* Nine digits, so that it is a small integer on every board. */
static unsigned
say_nonce(struct repl *r, uint64_t now)
{
	uint32_t	nonce = 100000000 + say_random(r, now) % 900000000;

	if (nonce == r->nonce)
		nonce--;
	r->nonce = nonce;
	return (unsigned)nonce;
}

void
repl_say_probe(struct repl *r, uint64_t now)
{
	unsigned	nonce = say_nonce(r, now);
	int		len;

	snprintf(r->want, sizeof r->want, "(%u, ", nonce);
	len = snprintf((char *)r->wire, r->wire_size,
	    "{}[%u,'" REPL_HELPER "'in globals()]", nonce);
	say_text(r, REPL_FOR_PROBE, r->wire, (size_t)len, false, now);
}

/*
 * A helper that lost half of itself on a noisy line may well compile, and
 * would spoil all that follows.
 */
void
repl_say_check(struct repl *r, uint64_t now)
{
	int	len;

	r->answer = false;
	snprintf(r->want, sizeof r->want, "%u", say_nonce(r, now));
	len = snprintf((char *)r->wire, r->wire_size, REPL_HELPER "(0,'%s')",
	    r->want);
	say_text(r, REPL_FOR_CHECK, r->wire, (size_t)len, true, now);
}

/*
 * Without raw-paste a board may lose what it cannot buffer, silently, and one
 * that runs out of memory while it reads a long text is dead until it is
 * reset.  So a longer text goes in pieces, each a statement of its own, which
 * are joined on the board: none is sent before the last was carried out.
 */
static bool
say_must_store(const struct repl *r, size_t len)
{
	return r->paste_known && !r->paste && len > REPL_BLIND_MAX;
}

static void
say_store(struct repl *r, enum repl_purpose purpose, const char *text,
    size_t len, uint64_t now)
{
	static const char	begin[] = REPL_STORE "=bytearray()";

	r->store_for = purpose;
	r->store = text;
	r->store_len = len;
	r->store_off = 0;
	r->litter = true;
	r->wrapped = false;
	say_text(r, REPL_FOR_STORE, begin, sizeof begin - 1, false, now);
}

static void
say_store_piece(struct repl *r, uint64_t now)
{
	static const char	add[] = REPL_STORE "+=b'";
	uint8_t			*p = r->wire;
	uint8_t			*end = r->wire + REPL_BLIND_MAX - sizeof "\\x00";

	memcpy(p, add, sizeof add - 1);
	p += sizeof add - 1;
	while (p < end && r->store_off < r->store_len)
		p += repl_text_escape(p, r->store + r->store_off++, 1);
	*p++ = '\'';
	say_text(r, REPL_FOR_STORE, r->wire, (size_t)(p - r->wire), false, now);
}

/* It is all there: taken out of the store, it is what it is for. */
static void
say_store_use(struct repl *r, uint64_t now)
{
	static const char	use[] = "exec(bytes(globals().pop('" REPL_STORE
	    "')))";
	static const char	show[] = REPL_HELPER
	    "(0,str(globals().pop('" REPL_STORE "'),'utf8'))";

	r->wrapped = true;
	r->litter = false;
	if (r->store_for == REPL_FOR_JOB && r->form != REPL_PROGRAM)
		say_text(r, REPL_FOR_JOB, show, sizeof show - 1, true, now);
	else
		say_text(r, r->store_for, use, sizeof use - 1,
		    r->store_for == REPL_FOR_JOB && r->job.marked, now);
}

void
repl_say_more(struct repl *r, uint64_t now)
{
	if (r->store_off < r->store_len)
		say_store_piece(r, now);
	else
		say_store_use(r, now);
}

/* What an earlier job left in the store, when it was given up. */
void
repl_say_clean(struct repl *r, uint64_t now)
{
	static const char	clean[] = "globals().pop('" REPL_STORE "',0)";

	say_text(r, REPL_FOR_CLEAN, clean, sizeof clean - 1, false, now);
}

/* What is not known of an old board is asked first, which is shorter. */
void
repl_say_helper(struct repl *r, uint64_t now)
{
	const char	*text = r->no_compile ? helper_without_compile :
	    helper_text;

	if (!r->paste && r->paste_known && !r->compile_known)
		say_text(r, REPL_FOR_COMPILE, "compile", 7, false, now);
	else if (say_must_store(r, strlen(text)))
		say_store(r, REPL_FOR_HELPER, text, strlen(text), now);
	else
		say_text(r, REPL_FOR_HELPER, text, strlen(text), false, now);
}

size_t
repl_wire_size(const struct driver_job *job)
{
	size_t	len = REPL_LITERAL_MAX;

	if (job->task == DRIVER_RUN && job->len > len &&
	    repl_text_has_orders(job->text, job->len))
		len = job->len;
	return 4 * len + sizeof REPL_HELPER "(0,'')\x04";
}

static size_t
say_put(uint8_t *to, const char *text)
{
	memcpy(to, text, strlen(text));
	return strlen(text);
}

/* The job's text as the literal that a call ends with. */
static size_t
say_literal(struct repl *r, const char *call)
{
	size_t	n = say_put(r->wire, call);

	n += repl_text_escape(r->wire + n, r->job.text, r->job.len);
	return n + say_put(r->wire + n, "')");
}

static size_t
say_argument(struct repl *r)
{
	size_t	n = say_put(r->wire, REPL_HELPER "(");

	memcpy(r->wire + n, r->job.text, r->job.len);
	n += r->job.len;
	return n + say_put(r->wire + n, ")");
}

void
repl_say_job(struct repl *r, uint64_t now)
{
	const void	*text = r->wire;
	size_t		 len;

	r->wrapped = r->form != REPL_EXPRESSION;
	if (r->form == REPL_EXPRESSION) {
		len = say_argument(r);
	} else if (r->form == REPL_STATEMENT) {
		len = say_literal(r, REPL_HELPER "(0,'");
	} else if (repl_text_has_orders(r->job.text, r->job.len)) {
		len = say_literal(r, "exec('");
	} else {
		r->wrapped = false;
		text = r->job.text;
		len = r->job.len;
	}
	if (say_must_store(r, len))
		say_store(r, REPL_FOR_JOB, r->job.text, r->job.len, now);
	else
		say_text(r, REPL_FOR_JOB, text, len, r->job.marked ||
		    r->form != REPL_PROGRAM, now);
}
