/* SPDX-License-Identifier: MIT */
/*
 * What the bytes of a PiSerial board mean: commands of its own, OK and RR, and
 * text, which is all that fits nowhere.  It ends what it breaks off, no more, and
 * is told as it comes to those who watch.
 */
#include <string.h>

#include "protocol/piserial_state.h"

/* A line is told when it ends, or after so long. */
#define LINE_MS		50

/* The end of a line after a status belongs to it, where that is usual. */
static bool
piserial_ends_status(struct piserial *p, uint8_t c)
{
	if (!p->after_status || (c != '\r' && c != '\n'))
		return false;
	p->line_ends |= p->state == PISERIAL_ASK;
	return p->line_ends;
}

static void
piserial_hear_text(struct piserial *p, uint8_t c, uint64_t now)
{
	if (piserial_ends_status(p, c))
		return;
	p->doubt |= piserial_is_under_way(p);
	if (p->text_len == sizeof p->text) {
		piserial_flush(p);
		p->text_len = 0;
	}
	if (p->flush_at == DRIVER_NEVER)
		p->flush_at = now + LINE_MS;
	p->text[p->text_len++] = c;
	if (c == '\n')
		piserial_flush(p);
}

/*
 * A board says RR twice if noise has made two commands of one, and a status after
 * noise may be a part of a word that its sketch prints: then another one may come.
 * Nobody waits for one that comes unasked, nor for one within a word.
 */
static void
piserial_hear_status(struct piserial *p, uint8_t first, uint8_t second,
    uint64_t now)
{
	bool	rejected = second == 'R';

	if (piserial_is_under_way(p)) {
		piserial_flush(p);
		p->doubt |= rejected;
		p->chews += rejected ? (unsigned)p->say_off : 0;
		piserial_finish(p, rejected ? DRIVER_REJECTED : DRIVER_OK);
	} else {
		if (p->in_word || p->due == 0) {
			piserial_hear_text(p, first, now);
			piserial_hear_text(p, second, now);
		}
		if (p->in_word)
			return;
		piserial_ask_status(p, rejected, now);
		if (p->state == PISERIAL_SEND)
			piserial_advance(p, now);
	}
	p->after_status = true;
}

/* It has begun anew, and what it was told before is forgotten. */
static void
piserial_hear_greeting(struct piserial *p, uint64_t now)
{
	bool	broken = piserial_is_under_way(p);

	if (!p->greeting)
		piserial_tell(p, (struct driver_event){
		    .type = DRIVER_RESTARTED });
	p->greeting = false;
	piserial_ask_void(p, now);
	if (broken)
		piserial_finish(p, DRIVER_BOARD_RESTARTED);
}

static void
piserial_hear_command(struct piserial *p, uint64_t now)
{
	bool	answer = p->state == PISERIAL_WAIT &&
	    !p->reports[p->command[0] - 'a'];
	bool	greets = p->pin_server && p->command[0] == 'h' &&
	    p->command_len == 3;

	piserial_flush(p);
	p->spoke |= p->own_line;
	p->command[p->command_len++] = '\n';
	piserial_tell_bytes(p, answer ? DRIVER_OUTPUT : DRIVER_UNASKED,
	    p->command, p->command_len);
	p->command_len = 0;
	if (greets)
		piserial_hear_greeting(p, now);
}

/* What seemed to be a command or a status was none. */
static void
piserial_break_off(struct piserial *p, uint8_t last, uint64_t now)
{
	size_t	i;

	for (i = 0; i < p->command_len; i++)
		piserial_hear_text(p, p->command[i], now);
	if (p->command_len > 0 && last == '\r')
		piserial_hear_text(p, last, now);
	if (p->half != 0)
		piserial_hear_text(p, p->half, now);
	p->command_len = 0;
	p->half = 0;
}

void
piserial_flush_all(struct piserial *p, uint64_t now)
{
	piserial_break_off(p, p->last, now);
	piserial_flush(p);
}

/* Neither a command nor a part of one. */
static void
piserial_hear_other(struct piserial *p, uint8_t last, uint8_t c, uint64_t now)
{
	uint8_t	half = p->half;

	if ((half == 'O' && c == 'K') || (half == 'R' && c == 'R')) {
		p->half = 0;
		p->last = 0;
		piserial_hear_status(p, half, c, now);
		return;
	}
	piserial_break_off(p, last, now);
	if (c != 'O' && c != 'R') {
		piserial_hear_text(p, c, now);
		return;
	}
	p->half = c;
	p->in_word = last >= 'A' && last <= 'Z';
}

/* False: it is not what the board says, at this speed. */
static bool
piserial_hear_speed(struct piserial *p, uint8_t c, uint64_t now)
{
	enum piserial_said	said = piserial_speed_hear(p, c);

	if (said == PISERIAL_PRINTS)
		piserial_ask_prints(p, now);
	else if (said == PISERIAL_MOVED)
		piserial_ask_moved(p, now);
	return said == PISERIAL_SAID || said == PISERIAL_PRINTS;
}

void
piserial_hear(struct piserial *p, uint8_t c, uint64_t now)
{
	uint8_t	last = p->last;

	if (!piserial_hear_speed(p, c, now))
		return;
	p->last = c;
	if (c != '\r' && c != '\n')
		p->after_status = false;
	if (piserial_is_letter(c)) {
		piserial_break_off(p, last, now);
		p->command[0] = c;
		p->command_len = 1;
		p->own_line = last == '\n' || last == 0;
	} else if (p->command_len > 0 && piserial_is_digit(c) &&
	    p->command_len < LIMIT_COMMAND && last != '\r') {
		p->command[p->command_len++] = c;
	} else if (p->command_len > 0 && c == '\n') {
		piserial_hear_command(p, now);
	} else if (p->command_len == 0 || c != '\r' || last == '\r') {
		piserial_hear_other(p, last, c, now);
	}
}
