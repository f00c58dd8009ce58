/* SPDX-License-Identifier: MIT */
/*
 * A request is what is wanted of a board: a job, or one after the other, for one
 * asker or for several.  It is its maker's until it is submitted, then the board's,
 * which finishes it exactly once.  The board knows an asker only as a sink, an
 * asker the board only as a name, so that either may die first.
 */
#ifndef PICOD_REQUEST_H
#define PICOD_REQUEST_H

#include <event2/buffer.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "daemon/base/client.h"
#include "protocol/error.h"

#define REQUEST_NO_LIMIT UINT64_MAX

/* Characters of a hold's token, which is hexadecimal, and its NUL. */
#define REQUEST_TOKEN_SIZE 33

struct asker;
struct request;

enum request_kind {
	REQUEST_RUN,		/* text is a statement, program or command */
	REQUEST_OWN,		/* a program of picod's own for a REPL, which marks
				 * its end, and reads all that is put in; see
				 * struct driver_job */
	REQUEST_AS_IS,		/* a tool's, which marks its end likewise */
	REQUEST_SOFT_RESET,
	REQUEST_HARD_RESET,
	REQUEST_BOOTLOADER,
	REQUEST_HOLD,		/* exclusive use; text is the last will, if any */
	REQUEST_LEND,		/* the port itself: see board_return() */
	REQUEST_CONSOLE,
	/*
	 * Likewise.  Text, if any: the board is to be in its boot loader, and on
	 * a PiSerial board this command starts it.
	 */
	REQUEST_FLASH,
};

/* Which goes ahead of which, where several wait. */
enum request_rank {
	REQUEST_WILL,		/* of a hold that is over */
	REQUEST_STEP,		/* the next job of one that has had its turn */
	REQUEST_FIRST,		/* what goes ahead of all that wait */
	REQUEST_ORDINARY
};

/* Where it is. */
enum request_place {
	REQUEST_NEW,		/* with its maker */
	REQUEST_WAITING,	/* in the board's queue */
	REQUEST_RUNNING,
	REQUEST_OVER,		/* finished, but its askers have not been told */
	REQUEST_TOLD
};

/* How a request, or a job of it, ended. */
struct request_result {
	enum error_code		 error;
	bool			 started;	/* it may have had effects */
	bool			 streamed;	/* its output was asked for as it came */
	const char		*status;	/* "OK" of PiSerial, or NULL */
	char			*traceback;	/* or NULL; not NUL-terminated */
	size_t			 traceback_len;
	struct client		*holder;	/* of a busy board, or NULL */
	const char		*board;
	uint64_t		 boot;
	char			*message;	/* a sentence; NULL without error */
	char			*notice;	/* another that his client should see,
						 * with or without error; or NULL */
};

struct request_sink {
	/*
	 * Output was added to asker->output; take it out as it suits.
	 * false: he can keep no more, and the job is to be stopped.  NULL for
	 * an asker that wants all of it at the end.
	 */
	bool	(*output)(struct asker *);
	/*
	 * A job ended, and this is its maker: true if he has given the request
	 * another one, by request_renew(), which runs before all that wait.  NULL
	 * for one that never does.
	 */
	bool	(*next)(struct asker *, const struct request_result *);
	/* The end.  The asker is gone right afterwards. */
	void	(*finish)(struct asker *, const struct request_result *);
	/* To its maker: the port took all input that it was given; or NULL. */
	void	(*fed)(struct asker *);
};

/* Somebody who is told. */
struct asker {
	TAILQ_ENTRY(asker)	 entry;
	struct request		*request;
	const struct request_sink *sink;
	void			*arg;		/* the sink's */
	struct evbuffer		*output;	/* which he has not taken out */
};

TAILQ_HEAD(asker_list, asker);

struct request {
	TAILQ_ENTRY(request)	 entry;
	enum request_place	 place;		/* the board's */
	enum request_kind	 kind;
	enum request_rank	 rank;
	uint64_t		 id;		/* the board's, for people */
	struct asker_list	 askers;	/* the maker is the first */
	struct asker		 only;		/* most have no other */
	struct client		 client;	/* he */
	char			*text;
	size_t			 len;
	uint64_t		 timeout_ms;	/* of a job, from its start */
	uint64_t		 wait_ms;	/* before; see REQUEST_NO_LIMIT */
	bool			 wait_given;	/* also for an absent board */
	uint64_t		 lasting_ms;	/* of REQUEST_HOLD */
	uint64_t		 deadline;	/* of waiting: the board's */
	char			 token[REQUEST_TOKEN_SIZE];
	bool			 printed;	/* there was output */
	bool			 shared;	/* others may have its answer, too */
	bool			 abandoned;	/* it goes on for nobody */
	uint64_t		 started_at;	/* on the board, once it has begun */
	struct request_result	 result;	/* once its job is over */
};

TAILQ_HEAD(request_queue, request);

/*
 * A request with a copy of text (NULL for none), with no limits of time, and with
 * its maker for its asker; without a sink it is for nobody.
 */
struct request	*request_create(enum request_kind, const struct request_sink *,
    void *arg, const struct client *, const char *text, size_t len);
void		 request_destroy(struct request *);

/*
 * One more who is told, all of it; the request's until it is finished or he leaves.
 * NULL if he would miss output, which those who are there have taken out.
 */
struct asker	*request_join(struct request *, const struct request_sink *,
    void *arg);

/* Whether it takes the board out of service. */
bool		 request_takes_board(const struct request *);

/* The maker of a request, or NULL: he left. */
struct asker	*request_maker(const struct request *);

/* The asker is gone, and is told nothing more.  False: he was the last. */
bool		 request_leave(struct asker *);

/* Whether somebody waits for its output as it comes. */
bool		 request_streams(const struct request *);

/*
 * Adds output of its job, as far as each asker may keep it (LIMIT_UNREAD, or
 * LIMIT_OUTPUT until the end): how much there was no room for.
 */
size_t		 request_print(struct request *, const void *, size_t len);

/*
 * Another job for the request, whose output was taken out or is dropped; called
 * by its maker in next().
 */
void		 request_renew(struct request *, enum request_kind,
    const char *text, size_t len, uint64_t timeout_ms);

/* How it ended: the message, and copies of what it said and of who is in the way. */
void		 request_set_message(struct request *, const char *format, va_list)
    __attribute__((format(printf, 2, 0)));
void	request_set_notice(struct request *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void		 request_set_traceback(struct request *, const void *, size_t len);
void		 request_set_holder(struct request *, const struct client *);

/* Whether its maker has another job for it, now that one ended. */
bool		 request_next(struct request *);

/* Tells its maker that all input was taken. */
void		 request_fed(struct request *);

/* Tells the askers and destroys the request. */
void		 request_finish(struct request *);

#endif
