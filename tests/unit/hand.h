/* SPDX-License-Identifier: MIT */
/*
 * A board by hand: its driver does as the test says, and so does what is around
 * it.  Each test moves time itself and sees what every request got.
 */
#ifndef TEST_HAND_H
#define TEST_HAND_H

#include "daemon/board/board.h"

/* The driver: what it was given last, and how it is to behave. */
struct fake {
	struct driver	 driver;
	bool		 busy;
	enum driver_task task;
	char		 text[64];
	int		 refuse;	/* what run() returns */
	int		 interrupts;
	bool		 in_step;
	uint64_t	 over_at;	/* when its job is over by itself */
	const char	*language;	/* NULL: its own */
	enum driver_program program;
	char		*said;		/* what its next job overwrites */
};

extern struct fake	*fake;		/* the one of the test that runs */
extern struct board	*board;
extern int		 host_restarts;	/* how many succeed */
extern int		 host_closes;
extern int		 host_drops;	/* of what the port has not sent */
extern uint64_t		 host_now;
extern bool		 host_opens;	/* its port, when it is given back */
extern char		 told[1024];	/* states and steps, in words */
extern char		 will_told[512];	/* what was said of a last will */

/* A board whose port is open: as a fixture, and in another way. */
void	setup(void);
void	teardown(void);
void	create(struct driver_options);
void	destroy(void);

/* What happens to it, each followed by all that it wants then. */
void	pump(void);
void	tick(uint64_t now);
void	opened(uint64_t now);
void	closed(const char *reason, uint64_t now);
void	failed(const char *reason);
void	submit(struct request *, uint64_t now);
void	withdraw(struct request *);	/* its maker does */
void	abandon(struct request *);	/* likewise */
int	interrupt(void);
int	cancel(uint64_t id);
int	release(const char *token, bool lost, uint64_t now);
void	give(uint64_t now);		/* it is given back */
void	leave(void);

/* The board "says" an event: a letter of hand.c, then its data. */
void	say(const char *, uint64_t now);

/* Somebody who asks, and what he was told. */
struct someone {
	int		 answers;
	enum error_code	 error;
	bool		 started;
	char		 output[64];
	char		 token[REQUEST_TOKEN_SIZE];
	char		 message[256];
	char		 traceback[32];
	char		 notice[128];
	pid_t		 holder;
};

extern const struct request_sink someone_sink, streamer_sink;
extern bool	streamer_is_full;

void	someone_finish(struct asker *, const struct request_result *);

struct request	*make_for(const struct request_sink *, struct someone *,
    enum request_kind, const char *text);
struct request	*make(struct someone *, enum request_kind, const char *text);
struct request	*ask(struct someone *, const char *text);

/* Somebody holds the board; is lent it under a hold. */
void	hold(struct someone *, const char *will, uint64_t lasting_ms);
void	lend(struct someone *, const struct someone *holder);

#endif
