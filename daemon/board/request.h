/* SPDX-License-Identifier: MIT */
/*
 * A request is what somebody wants of a board.  Its asker owns it until it is
 * submitted, then the board, which finishes it exactly once.  The board knows
 * the asker only as a sink, the asker the board only as a name, so that either
 * may die first.
 */
#ifndef PICOD_REQUEST_H
#define PICOD_REQUEST_H

#include <event2/buffer.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "daemon/server/client.h"
#include "protocol/error.h"

#define REQUEST_NO_LIMIT UINT64_MAX

/* Characters of a hold's token, which is hexadecimal, and its NUL. */
#define REQUEST_TOKEN_SIZE 33

struct request;

enum request_kind {
	REQUEST_RUN,		/* text is a statement, program or command */
	REQUEST_SOFT_RESET,
	REQUEST_HARD_RESET,
	REQUEST_BOOTLOADER,
	REQUEST_HOLD,		/* exclusive use; text is the last will, if any */
	REQUEST_LEND,		/* the port itself: see board_take() */
	REQUEST_CONSOLE,
	/*
	 * Likewise.  Text, if any: the board is to be in its boot loader, and on
	 * a PiSerial board this command starts it.
	 */
	REQUEST_FLASH,
};

/* How a request ended.  The output that was not streamed is in the request. */
struct request_result {
	enum error_code		 error;
	bool			 started;	/* it may have had effects */
	const char		*status;	/* "OK" of PiSerial, or NULL */
	const char		*traceback;	/* or NULL; not NUL-terminated */
	size_t			 traceback_len;
	const struct client	*holder;	/* of a busy board, or NULL */
	const char		*board;
	uint64_t		 boot;
	const char		*message;	/* a sentence, if error is set */
};

struct request_sink {
	/*
	 * Output was added to request->output; take it out as it suits.
	 * false: no more for now, the board is to be paused until
	 * board_resume().  NULL for an asker that wants all of it at the end.
	 */
	bool	(*output)(struct request *);
	/* The end.  The request is destroyed right afterwards. */
	void	(*finish)(struct request *, const struct request_result *);
};

struct request {
	TAILQ_ENTRY(request)	 entry;
	enum request_kind	 kind;
	uint64_t		 id;		/* the board's, for people */
	const struct request_sink *sink;
	void			*asker;
	struct client		 client;
	char			*text;
	size_t			 len;
	uint64_t		 timeout_ms;	/* from its start on the board */
	uint64_t		 wait_ms;	/* before; see REQUEST_NO_LIMIT */
	bool			 wait_given;	/* also for an absent board */
	bool			 first;		/* it goes ahead of all that wait */
	uint64_t		 lasting_ms;	/* of REQUEST_HOLD */
	uint64_t		 deadline;	/* of waiting: the board's */
	char			 token[REQUEST_TOKEN_SIZE];
	struct evbuffer		*output;
	char			*traceback;	/* or NULL; not NUL-terminated */
	size_t			 traceback_len;
};

TAILQ_HEAD(request_queue, request);

/*
 * A request with a copy of text (NULL for none), with no limits of time.  NULL
 * when memory is short.
 */
struct request	*request_create(enum request_kind, const struct request_sink *,
    void *asker, const struct client *, const char *text, size_t len);
void		 request_destroy(struct request *);

/* Keeps a copy of what the board said of an exception; none if len is 0. */
void		 request_set_traceback(struct request *, const void *, size_t len);

/* Tells the asker and destroys the request. */
void		 request_finish(struct request *, const struct request_result *);

/* The asker is gone: whatever comes is for nobody. */
void		 request_abandon(struct request *);

#endif
