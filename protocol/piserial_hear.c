/* SPDX-License-Identifier: MIT */
/*
 * What the bytes of a PiSerial board mean: commands of its own, OK and RR, and
 * noise.  What fits nowhere is noise: it ends what it breaks off, no more.
 */
#include <string.h>

#include "protocol/piserial.h"

/*
 * A board says RR twice if noise has made two commands of one, and a status after
 * noise may be a part of a word that its sketch prints: then another one may come.
 */
static void
piserial_hear_status(struct piserial *p, bool rejected, uint64_t now)
{
	if (!piserial_is_under_way(p)) {
		piserial_ask_status(p, rejected, p->in_word, now);
		if (p->state == PISERIAL_SEND)
			piserial_advance(p, now);
	} else {
		p->doubt |= rejected;
		piserial_finish(p, rejected ? DRIVER_REJECTED : DRIVER_OK);
	}
	p->in_word = false;
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
	uint8_t	*told = p->told[p->told_next++ % (sizeof p->told /
		    sizeof *p->told)];

	memcpy(told, p->command, p->command_len);
	told[p->command_len] = '\n';
	piserial_tell(p, (struct driver_event){
		.type = answer ? DRIVER_OUTPUT : DRIVER_UNASKED,
		.data = told,
		.len = p->command_len + 1,
	});
	if (p->pin_server && p->command[0] == 'h' && p->command_len == 3)
		piserial_hear_greeting(p, now);
	p->command_len = 0;
}

static bool
piserial_is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

/* Neither a command nor a part of one. */
static void
piserial_hear_other(struct piserial *p, uint8_t last, uint8_t c, uint64_t now)
{
	p->command_len = 0;
	if ((last == 'O' && c == 'K') || (last == 'R' && c == 'R')) {
		p->last = 0;
		piserial_hear_status(p, c == 'R', now);
		return;
	}
	p->in_word = piserial_is_upper(last);
	if ((c == '\r' || c == '\n') && p->after_status) {
		p->line_ends |= p->state == PISERIAL_ASK;
		if (p->line_ends)
			return;
	}
	if (p->state == PISERIAL_WAIT && ((c != 'O' && c != 'R') || p->in_word))
		p->doubt = true;
}

void
piserial_hear(struct piserial *p, uint8_t c, uint64_t now)
{
	uint8_t	last = p->last;

	p->last = c;
	if (c != '\r' && c != '\n')
		p->after_status = false;
	if (piserial_is_letter(c)) {
		p->command[0] = c;
		p->command_len = 1;
	} else if (p->command_len > 0 && piserial_is_digit(c) &&
	    p->command_len < LIMIT_COMMAND && last != '\r') {
		p->command[p->command_len++] = c;
	} else if (p->command_len > 0 && c == '\n') {
		piserial_hear_command(p, now);
	} else if (p->command_len == 0 || c != '\r' || last == '\r') {
		piserial_hear_other(p, last, c, now);
	}
}
