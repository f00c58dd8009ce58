/* SPDX-License-Identifier: MIT */
/*
 * The inside of the PiSerial driver, shared by its files:
 *
 *	piserial.c	the driver's face: jobs and time
 *	piserial_hear.c	what each byte from the board means
 */
#ifndef PICOD_PISERIAL_H
#define PICOD_PISERIAL_H

#include "protocol/driver.h"
#include "protocol/limits.h"

/* Getting back in step: quiet for so long, but no longer than that. */
#define PISERIAL_QUIET_MS	200
#define PISERIAL_DRAIN_MS	2000

enum piserial_state {
	PISERIAL_CLOSED,
	PISERIAL_IDLE,
	PISERIAL_ASK,		/* whether the board is awake, and hears us */
	PISERIAL_DRAIN,		/* old statuses are dropped */
	PISERIAL_SEND,
	PISERIAL_WAIT,		/* for OK or RR */
};

struct piserial {
	struct driver		 base;
	enum piserial_state	 state;
	bool			 reports[26];
	bool			 deaf;		/* settling after open */
	bool			 ask;		/* it may be awake all the same */
	bool			 two_speeds;	/* it may hear either */
	bool			 heard;		/* at this one */
	bool			 moved;		/* to it, since the last answer */
	unsigned		 asked;		/* times, in vain */
	uint64_t		 settle_at;
	uint64_t		 deadline;	/* of the state */
	uint64_t		 drain_until;

	bool			 busy;
	enum driver_task	 task;
	uint8_t			 say[LIMIT_COMMAND + 1];
	size_t			 say_len;
	size_t			 say_off;
	unsigned		 owed;		/* statuses nobody waits for */
	bool			 doubt;		/* drain before the next */

	uint8_t			 command[LIMIT_COMMAND + 1];
	size_t			 command_len;	/* 0: between commands */
	uint8_t			 last;

	/* Each call tells one of the news and hears at least one byte, and a
	 * command has two at least: so it is told before a third comes. */
	struct driver_event	 news[4];
	size_t			 n_news;
	uint8_t			 told[2][LIMIT_COMMAND + 1];
	unsigned		 told_next;
};

static inline bool
piserial_is_letter(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool
piserial_is_digit(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/* piserial.c */
/* Adds an event that waits to be told. */
void	piserial_tell(struct piserial *, struct driver_event);
/* The job ended like that. */
void	piserial_finish(struct piserial *, enum driver_outcome);
/* It answered the question whether it hears us. */
void	piserial_answered(struct piserial *, uint64_t now);

/* piserial_hear.c */
void	piserial_hear(struct piserial *, uint8_t, uint64_t now);

#endif
