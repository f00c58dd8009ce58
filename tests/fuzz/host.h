/* SPDX-License-Identifier: MIT */
/*
 * The computer of a board, as a fuzzer has it: it does what the board wants, has
 * a model of a board at its port, and a clock that goes only when it is told to.
 */
#ifndef FUZZ_HOST_H
#define FUZZ_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/board/board.h"
#include "tests/fuzz/model.h"

#define HOST_BAUD	115200		/* of every board */

struct host {
	struct board	*board;		/* the fuzzer's */
	uint64_t	 now;		/* in ms */
	bool		 open;
	bool		 released;	/* the port is to stay closed */
	bool		 resetting;
	bool		 pumping;
	bool		 jammed;	/* the port takes no bytes */
	bool		 garbled;	/* its port has another speed than it */
	bool		 left;		/* picod ends */
	struct model	 model;
	/* Whether the board may send that now. */
	void		(*check_sent)(void *arg, const uint8_t *, size_t);
	void		*check_arg;
};

/* Takes what the board wants, until it wants nothing. */
void	host_pump(struct host *);

/* Time passes. */
void	host_tick(struct host *, uint64_t ms);

/* The board is plugged in, if its port may be open; unplugged. */
void	host_open(struct host *);
void	host_close(struct host *);
/* Its configuration was changed. */
void	host_reopen(struct host *);
/* The pull at the reset line is over, or has broken the port. */
void	host_reset(struct host *, bool well);
/* The port takes nothing, or again. */
void	host_jam(struct host *, bool jammed);

/* The board says at most MODEL_SAYS_MAX bytes. */
void	host_say(struct host *, const char *, size_t);
/* Its model answers what it heard; false if it had no answer. */
bool	host_answer(struct host *);

#endif
