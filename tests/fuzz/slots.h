/* SPDX-License-Identifier: MIT */
/*
 * The clients of a board, as a fuzzer has them: each makes one request, gets its
 * answer, then perhaps has a hold or the board itself, and leaves at any time.
 * What they may not see is asserted: a second answer, or one after they left; and
 * that what one typed at a console goes to the board when that is over.
 */
#ifndef FUZZ_SLOTS_H
#define FUZZ_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/fuzz/host.h"
#include "tests/fuzz/script.h"

#define SLOTS	16

/* A client, with at most one request, and what it got by it. */
struct slot {
	struct slots	*slots;
	struct host	*host;
	struct asker	*asker;		/* of what waits or runs; or NULL */
	unsigned	 jobs;		/* that it still has for its request */
	bool		 holds;
	char		 token[REQUEST_TOKEN_SIZE];
	bool		 typing;	/* the port has not taken all of it */
	bool		 has;		/* the board itself: lent and so on */
	enum request_kind kind;		/* of what it has */
};

struct slots {
	struct host	*host;
	struct script	*script;	/* says what they do */
	bool		 resubmit;	/* who is answered comes again */
	bool		 gone;		/* the board is about to */
	enum error_code	 last_error;	/* of the last answer */
	struct slot	 all[SLOTS];
};

/* Of that host, whose board sends nothing that one typed too late. */
void	slots_init(struct slots *, struct host *, struct script *);

/* Whether nobody waits for an answer. */
bool	slots_are_idle(const struct slots *);

/* One that the script chooses. */
struct slot	*slots_pick(struct slots *);

/* A request of whoever is free, as the script says. */
void	slots_submit(struct slots *);
/* One more is told of what another asked for, if it is not too late. */
void	slots_join(struct slots *);

/* Its request is withdrawn by that function, if it has one. */
void	slot_go(struct slot *,
    void (*)(struct board *, struct asker *, uint64_t now));
/* It gives its hold back, or is lost with it. */
void	slot_release(struct slot *, bool lost);
/* It gives back what it has of the board. */
void	slot_return(struct slot *);
/* It types at its console. */
void	slot_type(struct slot *);
/* It leaves, and leaves behind nothing. */
void	slot_leave(struct slot *);

#endif
