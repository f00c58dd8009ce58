/* SPDX-License-Identifier: MIT */
/*
 * What the bytes of a PiSerial board mean: commands of its own, OK and RR, and
 * noise.
 */
#include <string.h>

#include "protocol/piserial.h"

static void
piserial_hear_status(struct piserial *p, enum driver_outcome outcome,
    uint64_t now)
{
	if (p->state == PISERIAL_WAIT) {
		piserial_finish(p, outcome);
	} else if (p->state == PISERIAL_ASK) {
		piserial_answered(p, now);
	} else if (p->owed > 0) {
		p->owed--;
	}
}

static void
piserial_hear_command(struct piserial *p)
{
	bool	answer = p->state == PISERIAL_WAIT &&
	    !p->reports[p->command[0] - 'a'];
	uint8_t	*told = p->told[p->told_next++ % 2];

	memcpy(told, p->command, p->command_len);
	told[p->command_len] = '\n';
	piserial_tell(p, (struct driver_event){
		.type = answer ? DRIVER_OUTPUT : DRIVER_UNASKED,
		.data = told,
		.len = p->command_len + 1,
	});
	p->command_len = 0;
}

/* What fits nowhere is noise: it ends what it breaks off, no more. */
void
piserial_hear(struct piserial *p, uint8_t c, uint64_t now)
{
	uint8_t	last = p->last;

	if (p->state == PISERIAL_DRAIN &&
	    now + PISERIAL_QUIET_MS < p->drain_until)
		p->deadline = now + PISERIAL_QUIET_MS;
	p->last = c;
	if (piserial_is_letter(c)) {
		p->command[0] = c;
		p->command_len = 1;
	} else if (p->command_len > 0 && piserial_is_digit(c) &&
	    p->command_len < LIMIT_COMMAND && last != '\r') {
		p->command[p->command_len++] = c;
	} else if (p->command_len > 0 && c == '\n') {
		piserial_hear_command(p);
	} else if (p->command_len == 0 || c != '\r' || last == '\r') {
		p->command_len = 0;
		if ((last == 'O' && c == 'K') || (last == 'R' && c == 'R')) {
			p->last = 0;
			piserial_hear_status(p, c == 'K' ? DRIVER_OK :
			    DRIVER_REJECTED, now);
		}
	}
}
