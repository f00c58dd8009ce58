/* SPDX-License-Identifier: MIT */
/*
 * The inside of the driver for boards whose language is not known:
 *
 *	auto.c		which language it is
 *	auto_ears.c	PiSerial's ears, while another speaks
 */
#ifndef PICOD_AUTO_STATE_H
#define PICOD_AUTO_STATE_H

#include "protocol/driver.h"
#include "protocol/piserial_state.h"
#include "protocol/repl_state.h"

struct automatic {
	struct driver		 base;
	struct driver		*repl;
	struct driver		*piserial;
	struct driver		*found;		/* one of them, or NULL */
	bool			 guessed;	/* found, but not proved */
	bool			 doubted;	/* a sketch that does not answer any
						 * more: is it a REPL? */
	bool			 busy;		/* a job's end is to be told */
	bool			 probing;	/* the job waits for it */
	struct driver_job	 job;
	uint64_t		 probe_until;
	uint64_t		 settled_at;	/* nothing is said before */
	unsigned		 baud;		/* of a REPL */
	struct driver_event	 overheard;	/* to be told, or none */
	const char		*lost;		/* to be told */
};

static inline const struct piserial *
auto_ears(const struct automatic *a)
{
	return (const struct piserial *)a->piserial;
}

/* What it prints is of a speed that no REPL has. */
static inline bool
auto_is_sketch(const struct automatic *a)
{
	return auto_ears(a)->baud != a->baud;
}

/* It is at its prompt, or has named itself, at the speed that there is. */
static inline bool
auto_is_at_repl(const struct automatic *a)
{
	const struct repl	*r = (const struct repl *)a->repl;

	return r->watch.at_prompt || r->watch.about[0] != '\0';
}

/* The port is to have another speed first; what comes is of the one before. */
static inline bool
auto_speed_waits(const struct automatic *a)
{
	return a->overheard.type == DRIVER_SPEED;
}

/* What the one that speaks was fed, too: *event is what that made of it. */
void	auto_ears_hear(struct automatic *, const uint8_t *, size_t, uint64_t now,
	    struct driver_event *event);
void	auto_ears_tick(struct automatic *, uint64_t now, struct driver_event *);
/* What they have heard to the side, if nothing else is to be told. */
void	auto_ears_tell(struct automatic *, struct driver_event *);

#endif
