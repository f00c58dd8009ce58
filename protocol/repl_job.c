/* SPDX-License-Identifier: MIT */
/*
 * A job's own text, in the form that does what its board's prompt would do:
 *
 *	TEXT \n __p()		a program, or a line without values to show
 *	__p(TEXT)		an expression
 *	__p(0,'TEXT')		a line with more in it; the board compiles it
 *	A;__p(B,0);__p()	the same where the board has no compile()
 *
 * All end by the helper's mark.  A text that is not whole goes without it, so
 * that the board's compiler finds fault with that text and no other.
 */
#include <string.h>

#include "protocol/repl_state.h"
#include "protocol/repl_trace.h"

/* Literals of up to ten bytes are kept by the board for ever. */
#define LITERAL_MIN	11

/* Bytes that are added to a statement, and to all of a text, at most. */
#define PART_MORE	8
#define TEXT_MORE	64

size_t
repl_wire_size(const struct repl_text *text, const char *bytes, size_t len)
{
	size_t	least = 4 * 256;

	if (text->kind == REPL_TEXT_LINE)
		len = 4 * len + len / 2 * PART_MORE;
	else if (repl_text_has_orders(bytes, len))
		len = 4 * len;
	else
		len = 0;
	return TEXT_MORE + (len > least ? len : least);
}

bool
repl_names_helper(const struct repl *r)
{
	return r->job.len > 0 && memmem(r->job.text, r->job.len, REPL_HELPER,
	    strlen(REPL_HELPER)) != NULL;
}

static enum repl_form
job_form(const struct repl *r)
{
	bool	orders = repl_text_has_orders(r->job.text, r->job.len);

	switch (r->text_seen.kind) {
	case REPL_TEXT_EXPRESSION:
		return orders ? REPL_AS_EVAL : REPL_AS_ARGUMENT;
	case REPL_TEXT_LINE:
		if (!r->no_compile)
			return REPL_AS_LINE;
		if (r->text_seen.simple && !orders && !repl_names_helper(r))
			return REPL_AS_PARTS;
		/* FALLTHROUGH */
	default:
		return orders ? REPL_AS_EXEC : REPL_AS_IS;
	}
}

static size_t
job_put(uint8_t *to, const char *text)
{
	memcpy(to, text, strlen(text));
	return strlen(text);
}

/* The text as a literal, whose end is still to come, in the wire. */
static size_t
job_literal(struct repl *r, const char *head)
{
	size_t	n = job_put(r->wire, head), len;

	n += repl_text_escape(r->wire + n, r->job.text, r->job.len);
	for (len = r->job.len; len < LITERAL_MIN; len++)
		r->wire[n++] = ' ';
	return n;
}

/* Each expression shown by itself. */
static size_t
job_parts(struct repl *r)
{
	/* Pieces of it go through the beginning of the wire. */
	uint8_t			*p = r->wire + TEXT_MORE;
	struct repl_text	 part;
	const char		*s;
	size_t			 off = 0, n;

	while ((s = repl_text_part(r->job.text, r->job.len, &off, &n)) != NULL) {
		repl_text_look(&part, s, n);
		if (part.kind != REPL_TEXT_EXPRESSION)
			part.len = n;
		p += job_put(p, part.kind != REPL_TEXT_EXPRESSION ? "" :
		    part.pair ? REPL_HELPER "((" : REPL_HELPER "(");
		memcpy(p, s, part.len);
		p += part.len;
		p += job_put(p, part.kind != REPL_TEXT_EXPRESSION ? ";" :
		    part.pair ? "),0);" : ",0);");
	}
	p += job_put(p, REPL_HELPER "()");
	return (size_t)(p - r->wire) - TEXT_MORE;
}

/* What has the helper write the mark when all else was carried out. */
static const char *
job_tail(const struct repl *r)
{
	char	last = r->job.text[r->job.len - 1];

	if (r->job.marked || !r->helper || !r->text_seen.whole)
		return NULL;
	if (r->form == REPL_AS_EXEC)
		return ";" REPL_HELPER "()";
	return last == '\n' || last == '\r' ? REPL_HELPER "()" :
	    "\n" REPL_HELPER "()";
}

/* What is said, in its pieces, and whether it ends by a mark. */
static bool
job_render(struct repl *r)
{
	const char	*text = r->job.text, *head = NULL, *tail = r->tail;
	size_t		 len = r->job.len;
	bool		 pair = r->text_seen.pair;

	switch (r->form) {
	case REPL_AS_IS:
		repl_say_pieces(r, text, len, NULL, tail);
		return tail != NULL || r->job.marked;
	case REPL_AS_ARGUMENT:
		head = pair ? REPL_HELPER "((" : REPL_HELPER "(";
		tail = pair ? "))" : ")";
		break;
	case REPL_AS_PARTS:
		len = job_parts(r);
		text = (char *)r->wire + TEXT_MORE;
		tail = NULL;
		break;
	case REPL_AS_LINE:
		len = job_literal(r, REPL_HELPER "(0,'");
		text = (char *)r->wire;
		tail = "')";
		break;
	case REPL_AS_EVAL:
		len = job_literal(r, REPL_HELPER "(" REPL_BUILTINS ".eval('");
		text = (char *)r->wire;
		tail = "'))";
		break;
	case REPL_AS_EXEC:
		len = job_literal(r, REPL_BUILTINS ".exec('");
		text = (char *)r->wire;
		tail = tail != NULL ? "');" REPL_HELPER "()" : "')";
		repl_say_pieces(r, text, len, NULL, tail);
		return r->tail != NULL || r->job.marked;
	}
	repl_say_pieces(r, text, len, head, tail);
	return true;
}

/* In pieces that are joined on the board; in what the pieces are made of. */
static void
job_store(struct repl *r, uint64_t now)
{
	if (r->form == REPL_AS_PARTS)
		repl_say_store(r, REPL_FOR_JOB, (char *)r->wire + TEXT_MORE,
		    r->say[1].len, now);
	else
		repl_say_store(r, REPL_FOR_JOB, r->job.text, r->job.len, now);
}

void
repl_say_job(struct repl *r, uint64_t now)
{
	bool	marked;

	r->form = r->job.marked ? REPL_AS_IS : job_form(r);
	r->tail = r->form == REPL_AS_IS || r->form == REPL_AS_EXEC ?
	    job_tail(r) : NULL;
	r->wrapped = r->form >= REPL_AS_LINE;
	r->renamed = r->form >= REPL_AS_EVAL;
	marked = job_render(r);
	if (!repl_must_store(r, r->say_left))
		repl_say_text(r, REPL_FOR_JOB, marked, now);
	else if (repl_must_ask_room(r))
		repl_say_room(r, now);
	else if (r->room == REPL_ROOM_WHOLE) {
		r->swollen = true;
		repl_say_text(r, REPL_FOR_JOB, marked, now);
	} else
		job_store(r, now);
}

/* The line of the text that is sent in which the tail stands. */
static size_t
job_tail_line(const struct repl *r)
{
	const char	*p = r->job.text, *end = p + r->job.len;
	size_t		 line = 1;

	if (r->wrapped)
		return line;
	for (; p < end; p++)
		line += *p == '\n' || (*p == '\r' &&
		    (p + 1 == end || p[1] != '\n'));
	return line + (*r->tail == '\n');
}

/*
 * The text itself was carried out, and then there was no helper: it has taken it
 * away, or the board had restarted before.
 */
bool
repl_job_lost_helper(const struct repl *r)
{
	return r->tail != NULL && r->unmarked &&
	    (repl_trace_is(r->trace, r->trace_len, "NameError") ||
	    repl_trace_is(r->trace, r->trace_len, "TypeError")) &&
	    repl_trace_is_line(r->trace, r->trace_len, job_tail_line(r));
}
