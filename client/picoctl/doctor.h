/* SPDX-License-Identifier: MIT */
/*
 * What "picoctl doctor" is made of: findings, and those who look for them.
 */
#ifndef PICOD_DOCTOR_H
#define PICOD_DOCTOR_H

#include "picoctl.h"

enum verdict {
	VERDICT_NOTE,		/* worth knowing */
	VERDICT_PROBLEM,	/* to be mended */
};

struct doctor {
	struct picoctl	*ctl;
	json_t		*boards;	/* of ListBoards; NULL: not to be had */
	char		 version[64];	/* of picod; "" if it does not answer */
	int		 problems;
};

/* Tells a finding: what it is about, and a sentence that says what to do. */
void	doctor_say(struct doctor *, enum verdict, const char *about,
	    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether any board can be used, or could be were it plugged in now. */
bool	doctor_has_boards(const struct doctor *);

/* Whether the port of a board is that file, by whatever name. */
bool	doctor_is_served(const struct doctor *, const char *path);

/* Whether a process of that name runs. */
bool	doctor_runs(const char *program);

/* The ports: who owns them, who has them, and what a header's UART is used for. */
void	doctor_ports(struct doctor *);

/* This machine: groups, udev's rules, programs that take ports, tools. */
void	doctor_machine(struct doctor *);

/* What a report of a bug should have. */
void	doctor_report(struct doctor *);

#endif
