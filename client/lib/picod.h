/* SPDX-License-Identifier: MIT */
/*
 * libpicod: a program's side of the conversation with picod.
 *
 *	struct picod		*picod;
 *	struct picod_result	 result;
 *	int			 error;
 *
 *	if (picod_connect(NULL, &picod) < 0)
 *		errx(1, "picod is not running");
 *	error = picod_send(picod, NULL, "2 + 2", PICOD_NO_TIMEOUT, &result);
 *	if (error == 0)
 *		fputs(result.output, stdout);
 *	else
 *		fprintf(stderr, "%s\n", picod_message(picod));
 *	picod_result_finish(&result);
 *	picod_close(picod);
 *
 * Functions that return int return 0, a negative errno where the conversation
 * with picod failed, or a positive enum picod_error where picod answered with
 * an error.  Outputs come last and are untouched on failure unless it says
 * otherwise.  Everything blocks; a signal does not end a wait.  There is no
 * global state: a connection may be used by any thread, but by one at a time.
 * No call raises SIGPIPE.
 */
#ifndef PICOD_H
#define PICOD_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A connection. */
struct picod;

/* The errors of the interface io.picod; the numbers never change. */
enum picod_error {
	PICOD_NO_SUCH_BOARD	= 1,
	PICOD_AMBIGUOUS_BOARD	= 2,	/* several boards, and none was named */
	PICOD_BOARD_ABSENT	= 3,	/* not plugged in */
	PICOD_BOARD_BUSY	= 4,	/* held, or in other hands */
	PICOD_BOARD_SILENT	= 5,	/* it does not answer */
	PICOD_STATEMENT_FAILED	= 6,	/* it raised; there is a traceback */
	PICOD_COMMAND_REJECTED	= 7,	/* PiSerial RR */
	PICOD_INVALID_COMMAND	= 8,	/* not sent: it cannot be */
	PICOD_TIMED_OUT		= 9,
	PICOD_INTERRUPTED	= 10,
	PICOD_DISCONNECTED	= 11,	/* the board went away in the middle */
	PICOD_OUTPUT_TOO_LARGE	= 12,
	PICOD_UNSUPPORTED	= 13,	/* this board cannot do that */
	PICOD_LIMIT_EXCEEDED	= 14,
	PICOD_NO_SUCH_REQUEST	= 15,
	PICOD_PERMISSION_DENIED	= 16,
	PICOD_FILE_ERROR	= 17,
	PICOD_FLASH_FAILED	= 18,
	/* Varlink's own, or one that this library does not know yet. */
	PICOD_OTHER_ERROR	= 255,
};

/* For timeout_ms: as long as it takes. */
#define PICOD_NO_TIMEOUT	(-1)

/*
 * Writes the path of the socket that picod_connect(path) would use to
 * buf[0..size): path, or where that is NULL $PICOD_SOCKET, or
 * $XDG_RUNTIME_DIR/picod/io.picod if there is such a file, or
 * /run/picod/io.picod.  -ENAMETOOLONG if it does not fit.
 */
int	picod_socket_path(const char *path, char *buf, size_t size);

/*
 * Connects to picod at the socket picod_socket_path() names.  -ENOENT and
 * -ECONNREFUSED mean that it does not run, -EACCES that the caller may not use
 * it, -ENAMETOOLONG that no socket can have this path; others as connect(2).
 * The connection is the caller's, to picod_close().
 */
int	picod_connect(const char *path, struct picod **);

/*
 * Ends a connection, and with it the caller's statement where one runs, and its
 * holds.  NULL is accepted.
 */
void	picod_close(struct picod *);

/* The descriptor, for poll(2); it stays the library's. */
int	picod_fd(const struct picod *);

/*
 * Calls a method by its full name ("io.picod.ListBoards") and waits for the one
 * reply.  parameters is a JSON object as text, or NULL for none.  *reply is the
 * reply's parameters as JSON text, the caller's to free(3); reply may be NULL.
 *
 * -EINVAL if parameters is no JSON object, -EBUSY in the middle of another
 * call, -ECONNRESET if picod ended the connection, with or without a word,
 * -EBADMSG and -EMSGSIZE if it answered with what is no reply, -ENOMEM.  After
 * any of these but the first two only picod_close() is of use.
 */
int	picod_call(struct picod *, const char *method, const char *parameters,
    char **reply);

/*
 * Takes one of several replies: its parameters as JSON text, valid until it
 * returns, and whether more follow.  Anything but 0 ends the call.
 */
typedef int picod_reply_fn(const char *parameters, bool continues, void *arg);

/*
 * As picod_call(), for a method that replies many times ("more"): calls reply
 * with each.  Returns 0 after the last.  Where reply returned something else,
 * that is the result, and, since Varlink has no other way to stop a method, the
 * connection is shut down: only picod_close() is of use then, all other calls are
 * -ECONNRESET.  Where it was the last reply, there is nothing to stop, and the
 * connection is as good as before.
 */
int	picod_call_more(struct picod *, const char *method,
    const char *parameters, picod_reply_fn *reply, void *arg);

/*
 * The two halves of picod_call_more(), for a program with a loop of its own.
 * picod_begin() sends the call.  picod_process(), whenever picod_fd() is readable,
 * hands over the replies that are there and does not wait: 1 if more are to come,
 * 0 when the call is over; else as picod_call_more(), but that where reply returned
 * 1 the result is -ECANCELED, since 1 has its meaning here.
 */
int	picod_begin(struct picod *, const char *method, const char *parameters,
    bool more);
int	picod_process(struct picod *, picod_reply_fn *reply, void *arg);

/* What became of a statement.  Strings that do not apply are NULL. */
struct picod_result {
	char		*output;	/* what the board printed, UTF-8 */
	size_t		 output_len;	/* it may contain NUL; one follows it */
	char		*data;		/* all bytes as they were printed, only */
	size_t		 data_len;	/* where they were not UTF-8 */
	char		*status;	/* of PiSerial: "OK" */
	char		*traceback;	/* of PICOD_STATEMENT_FAILED */
	char		*notice;	/* a sentence for a person, such as that the
					 * board restarted and variables are gone */
	long long	 boot;		/* changes when the board restarted */
};

/*
 * Runs a statement or program, or sends a PiSerial command, and waits for its
 * answer.  board NULL means $PICOD_BOARD or, without it, the one board there
 * is.  A hold in $PICOD_HOLD is used.  timeout_ms counts from its start on the
 * board.  result is always set and to be given to picod_result_finish(); with
 * an error of picod it has the output so far.  Errors as picod_call(), and
 * -EINVAL if text or board is not UTF-8.
 */
int	picod_send(struct picod *, const char *board, const char *text,
    int timeout_ms, struct picod_result *result);

/* Frees what is in a result; it may be used again. */
void	picod_result_finish(struct picod_result *);

/*
 * Files on a board with MicroPython or CircuitPython.  Paths are the board's own
 * ("main.py", "/lib/x.py").  board as with picod_send().  What is wrong with a
 * file is PICOD_FILE_ERROR, whose parameters say more; other errors as
 * picod_call().
 */

/* How far it is, in bytes; called now and then. */
typedef void picod_progress_fn(unsigned long long done,
    unsigned long long total, void *arg);

/*
 * Writes a file: until all of it is on the board and was found to be right, its
 * name has the old content.  *changed, if not NULL, is false where the board had
 * just that already.  progress may be NULL.
 */
int	picod_write_file(struct picod *, const char *board, const char *path,
    const void *bytes, size_t len, picod_progress_fn *progress, void *arg,
    bool *changed);

/* Reads a file.  *bytes are the caller's to free(3); a NUL follows them. */
int	picod_read_file(struct picod *, const char *board, const char *path,
    picod_progress_fn *progress, void *arg, void **bytes, size_t *len);

struct picod_file {
	char			*path;
	bool			 is_directory;
	unsigned long long	 size;		/* in bytes; 0 of a directory */
	char			*hash;		/* SHA-256, or NULL: see below */
};

/*
 * What is in a directory ("/" is all), with recursive also below it.  hash: ask
 * for SHA-256, which not every board can reckon.  *files are the caller's, to
 * picod_free_files().
 */
int	picod_list_files(struct picod *, const char *board, const char *path,
    bool recursive, bool hash, struct picod_file **files, size_t *count);
void	picod_free_files(struct picod_file *, size_t count);

/* Removes a file or an empty directory, or with recursive whatever is in it. */
int	picod_remove_file(struct picod *, const char *board, const char *path,
    bool recursive);

/* Makes a directory, and those above it; it is no error if it is there. */
int	picod_make_directory(struct picod *, const char *board,
    const char *path);

/* Gives a file or directory another name. */
int	picod_rename_file(struct picod *, const char *board, const char *path,
    const char *to);

/* What happened on a board.  Strings that do not apply are NULL. */
struct picod_event {
	const char	*board;		/* "" where it concerns no board alone */
	const char	*kind;		/* "state", "output", "recovery", "boot",
					 * "will", "lost"; more may come */
	long long	 time_us;	/* of the realtime clock */
	long long	 boot;		/* changes when the board restarted */
	const char	*state;		/* of "state": "ready", "absent", ... */
	const char	*reason;	/* for a person */
	const char	*output;	/* of "output": a piece of what the board */
	size_t		 output_len;	/* printed unasked; it may contain NUL */
	const char	*data;		/* all bytes as they were printed, only */
	size_t		 data_len;	/* where they were not UTF-8 */
};

/*
 * Takes an event, which is valid until it returns.  Anything but 0 ends the
 * watching.
 */
typedef int picod_event_fn(const struct picod_event *, void *arg);

/*
 * Calls event with what happens on a board from now on, or where board is NULL on
 * that of $PICOD_BOARD or, without it, on all.  It begins with the state of each;
 * with history, what a board printed since it started follows that.  It
 * ends by what event returns, which is the result, or by an error as picod_call()
 * has them; then only picod_close() is of use.
 */
int	picod_watch(struct picod *, const char *board, bool history,
    picod_event_fn *event, void *arg);

/*
 * The two halves of picod_watch(), for a program with a loop of its own, as
 * picod_begin() and picod_process(): picod_watch_process() returns 1 when it has
 * handed over the events that are there, and -ECANCELED where event returned 1.
 */
int	picod_watch_begin(struct picod *, const char *board, bool history);
int	picod_watch_process(struct picod *, picod_event_fn *event, void *arg);

/*
 * About the call that failed last, until the next call: a sentence for a person
 * (never NULL; "no error" where none failed, or a callback ended it); the name of picod's error ("io.picod.BoardBusy"), and its
 * parameters as JSON text, both NULL where it was none of picod's.
 */
const char	*picod_message(const struct picod *);
const char	*picod_error_name(const struct picod *);
const char	*picod_error_parameters(struct picod *);

#ifdef __cplusplus
}
#endif

#endif
