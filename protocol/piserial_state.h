/* SPDX-License-Identifier: MIT */
/*
 * The inside of the PiSerial driver, shared by its files, each of which calls
 * those below it only:
 *
 *	piserial.c	the driver's face: jobs and time
 *	piserial_hear.c	what each byte from the board means
 *	piserial_ask.c	whether the board is there, and owes nothing: only then
 *			does a job go on
 *	piserial_speed.c at which speed it is
 *	piserial_news.c	what is told, the end of the job among it
 */
#ifndef PICOD_PISERIAL_STATE_H
#define PICOD_PISERIAL_STATE_H

#include "protocol/driver.h"
#include "protocol/limits.h"
#include "protocol/speed.h"

/* What may be heard before it is told: what a command that is broken off leaves,
 * and as much again. */
#define PISERIAL_TEXT	(2 * LIMIT_COMMAND + 8)

/* A port that takes no byte for so long takes none. */
#define PISERIAL_SEND_MS	5000

/* Where nothing that is heard makes sense at any speed after so many changes, it
 * is told as it is. */
#define PISERIAL_TURNS	8

enum piserial_state {
	PISERIAL_CLOSED,
	PISERIAL_IDLE,
	PISERIAL_ASK,		/* is it there, and does it owe nothing? */
	PISERIAL_SEND,
	PISERIAL_WAIT,		/* for OK or RR */
};

struct piserial {
	struct driver		 base;
	enum piserial_state	 state;
	bool			 reports[26];
	bool			 pin_server;	/* it says when it has restarted */
	bool			 greeting;	/* it was reset: it will say so */
	bool			 deaf;		/* settling after open */
	bool			 ask;		/* it may be awake all the same */

	/* Its speed; see piserial_speed.c. */
	bool			 find_baud;
	unsigned		 baud;
	unsigned		 given_baud;	/* where nothing is known */
	unsigned		 first_baud;	/* where the search begins */
	unsigned		 turns;		/* so often it was another one */
	bool			 placed;	/* what it says has told the speed */
	bool			 prints;	/* it says text, at this speed */
	bool			 heard;		/* it has answered, at this speed */
	bool			 moved;		/* to it, since the last answer */
	struct speed_ear	 ear;

	uint64_t		 settle_at;
	uint64_t		 deadline;	/* of sending */

	bool			 busy;
	enum driver_task	 task;
	uint8_t			 say[LIMIT_COMMAND + 1];
	size_t			 say_len;
	size_t			 say_off;

	/* What it may still have to say; see piserial_ask.c. */
	bool			 doubt;
	bool			 proved;	/* the last status was an answer */
	unsigned		 due;		/* statuses, if none is lost */
	unsigned		 chews;		/* bytes it may have to look at */
	uint64_t		 due_until;	/* they are waited for; 0: none */
	uint64_t		 latency;	/* between question and answer */
	uint64_t		 since;		/* it is at the next answer */
	uint64_t		 ask_at;	/* the next time */
	uint64_t		 ask_delay;	/* and from then to the one after */
	unsigned		 rounds;	/* of all speeds */
	uint64_t		 quiet_at;
	uint64_t		 give_up_at;

	uint8_t			 command[LIMIT_COMMAND + 1];
	size_t			 command_len;	/* 0: between commands */
	bool			 own_line;	/* and began its line */
	bool			 spoke;		/* there was such a one */
	uint8_t			 half;		/* of a status, or 0 */
	uint8_t			 last;
	bool			 in_word;	/* a capital was before the half */
	bool			 after_status;	/* and nothing, or the end of a line */
	bool			 line_ends;	/* such are usual here */

	uint8_t			 text[PISERIAL_TEXT];	/* not told yet */
	size_t			 text_len;
	uint64_t		 flush_at;	/* if its line does not end before */

	/* Each call tells one of the news and hears at least one byte, and those
	 * that bring two or three are rarer than that. */
	struct driver_event	 news[8];
	size_t			 n_news;
	uint8_t			 told[4][PISERIAL_TEXT];
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

/* Whether the board may have heard of the command that is being sent. */
static inline bool
piserial_is_under_way(const struct piserial *p)
{
	return p->state == PISERIAL_WAIT ||
	    (p->state == PISERIAL_SEND && p->say_off > 0);
}

/* Whether what is heard is what the board says. */
static inline bool
piserial_speed_is_known(const struct piserial *p)
{
	return !p->find_baud || p->heard || p->prints ||
	    p->turns >= PISERIAL_TURNS;
}

/* piserial_news.c */
/* Adds an event that waits to be told; those with bytes keep a copy of them. */
void	piserial_tell(struct piserial *, struct driver_event);
void	piserial_tell_bytes(struct piserial *, enum driver_event_type,
	    const uint8_t *, size_t);
/* Tells the text that was heard, if what is heard is what the board says. */
void	piserial_flush(struct piserial *);
/* The job ended like that. */
void	piserial_finish(struct piserial *, enum driver_outcome);
/* The job cannot be done, for this reason (static).  foreign: what is heard is no
 * PiSerial. */
void	piserial_lose(struct piserial *, const char *why, bool foreign);
/* Whether the end of a job is still to be told. */
bool	piserial_end_waits(const struct piserial *);
/* The next of the news, if there is one. */
bool	piserial_speed_waits(const struct piserial *);
void	piserial_take_news(struct piserial *, struct driver_event *);

/* piserial_speed.c */
enum piserial_said {
	PISERIAL_SAID,
	PISERIAL_PRINTS,	/* and from now on it counts as printing */
	PISERIAL_NOT_SAID,	/* it is not what the board says */
	PISERIAL_MOVED,		/* nor that: the speed is another one now */
};

/* The port was closed; it is opened. */
void	piserial_speed_reset(struct piserial *);
/* A byte was heard. */
enum piserial_said piserial_speed_hear(struct piserial *, uint8_t);
/* From now on it is this one: that is what was heard, or a try. */
void	piserial_speed_set(struct piserial *, unsigned baud, bool heard);

/* piserial_ask.c */
/* The port was opened: nothing is known. */
void	piserial_ask_reset(struct piserial *);
/* The next step of the job, if there is one: to ask, or to send. */
void	piserial_advance(struct piserial *, uint64_t now);
/* A status came that no command waits for. */
void	piserial_ask_status(struct piserial *, bool rejected, uint64_t now);
/* A command was given up; its status may come. */
void	piserial_ask_owed(struct piserial *, uint64_t now);
/* The board began anew: nothing that was said before will be answered. */
void	piserial_ask_void(struct piserial *, uint64_t now);
/* It prints, at this speed; what it prints has led to another one. */
void	piserial_ask_prints(struct piserial *, uint64_t now);
void	piserial_ask_moved(struct piserial *, uint64_t now);
void	piserial_ask_tick(struct piserial *, uint64_t now);
uint64_t piserial_ask_deadline(const struct piserial *);
size_t	piserial_ask_output(const struct piserial *, const uint8_t **);
void	piserial_ask_sent(struct piserial *, size_t, uint64_t now);

/* piserial_hear.c */
void	piserial_hear(struct piserial *, uint8_t, uint64_t now);
/* Tells the text that was heard; also what may become a command or a status. */
void	piserial_flush_all(struct piserial *, uint64_t now);

#endif
