/* SPDX-License-Identifier: MIT */
/* A board whose sketch uses the library PiSerial, for faults.h. */
#ifndef DIALOGUES_LIBRARY_H
#define DIALOGUES_LIBRARY_H

#include "tests/dialogues/faults.h"

static void
library_reset(struct model *m)
{
	m->len = 0;
}

/*
 * A sketch that knows the command "n" only, as the library has it: a byte that
 * does not belong to a command ends it, and may begin the next one.
 */
static size_t
library_hear(struct model *m, uint8_t c, char *answer)
{
	bool	open = m->len > 0;

	m->len = c == 'n';
	if (c == 'n')
		return (size_t)sprintf(answer, open ? "RR" : "");
	if (c >= 'a' && c <= 'z')
		return (size_t)sprintf(answer, open ? "RRRR" : "RR");
	if (c == '\r')
		m->len = open;
	else if (open)
		return (size_t)sprintf(answer, c == '\n' ? "OK" : "RR");
	return 0;
}

#endif
