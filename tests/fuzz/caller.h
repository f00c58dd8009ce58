/* SPDX-License-Identifier: MIT */
/*
 * A client of picod's from its own side.  It knows what it asked, holds each
 * answer against the interface, and the end of its connection against what it
 * did: nobody who behaves is thrown out, or left without an answer.
 */
#ifndef FUZZ_CALLER_H
#define FUZZ_CALLER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/fuzz/script.h"

#define CALLER_CALLS_MAX	256

struct caller {
	int	 fd;			/* -1: it is not connected */
	bool	 is_stranger;		/* it may not use picod */
	bool	 is_root;
	bool	 is_ruled;		/* it may send and watch, no more */
	struct caller_call {
		char	*method;
		bool	 upgrade;
		bool	 ruled;		/* all the time */
	}	 calls[CALLER_CALLS_MAX];	/* that are to be answered */
	size_t	 made, answered;
	char	*unsent;		/* the rest of a call */
	size_t	 unsent_len;
	char	*heard;			/* the beginning of an answer */
	size_t	 heard_len;
	unsigned floods;		/* of bytes that it sent */
	bool	 wild;			/* it sent what is no call */
	bool	 upgrades;		/* it asked for a console */
	uint64_t half_ms;		/* for so long a call is half sent */
	bool	 lazy;			/* it did not read, or not end a call,
					 * for too long */
	bool	 raw;			/* it has a console */
	bool	 tenant;		/* it had a board for itself */
	bool	 ended;			/* it will make no more calls */
	bool	 served;		/* its last call was answered well */
};

/* It is connected by that descriptor, which is its own. */
void	caller_connect(struct caller *, int fd, bool is_stranger);
/* It leaves, without a word. */
void	caller_leave(struct caller *);

/* Rules are in force for it from now on, or not any more. */
void	caller_rule(struct caller *, bool ruled);

/*
 * Makes a call, which it takes over.  kept: how many bytes at its end are sent
 * later.
 */
void	caller_call(struct caller *, json_t *call, size_t kept);
void	caller_send_rest(struct caller *);
/* Bytes of the script, few or very many: for a console, or no call at all. */
void	caller_send_bytes(struct caller *, struct script *);
/* No more calls. */
void	caller_end(struct caller *);

/*
 * Reads what there is.  ending: picod ends, and may close it.  token, of 64
 * bytes: is set to that of a Hold.
 */
void	caller_read(struct caller *, bool ending, char *token);

/* So much time goes by; it may be thrown out if it has something to read. */
void	caller_wait(struct caller *, uint64_t ms);

/* The method that it waits for, or NULL. */
const char *caller_asks(const struct caller *);

#endif
