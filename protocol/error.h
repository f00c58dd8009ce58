/* SPDX-License-Identifier: MIT */
/*
 * The typed errors of io.picod: what the daemon answers with and what the
 * clients' exit statuses mean, in one table.
 */
#ifndef PICOD_ERROR_H
#define PICOD_ERROR_H

/* name on the wire, exit status of picoctl, what it means in general */
#define ERROR_TABLE(X)							\
	X(NO_SUCH_BOARD, "NoSuchBoard", 4, "there is no such board")	\
	X(AMBIGUOUS_BOARD, "AmbiguousBoard", 4,				\
	    "there are several boards, and none was named")		\
	X(BOARD_ABSENT, "BoardAbsent", 5, "the board is not plugged in")	\
	X(BOARD_BUSY, "BoardBusy", 6, "the board is in use")		\
	X(BOARD_SILENT, "BoardSilent", 7, "the board does not answer")	\
	X(STATEMENT_FAILED, "StatementFailed", 1,			\
	    "the statement raised an exception")			\
	X(COMMAND_REJECTED, "CommandRejected", 1,			\
	    "the board rejected the command")				\
	X(INVALID_COMMAND, "InvalidCommand", 2,				\
	    "this cannot be sent to the board")				\
	X(TIMED_OUT, "TimedOut", 8, "it took too long")			\
	X(INTERRUPTED, "Interrupted", 9, "it was interrupted")		\
	X(DISCONNECTED, "Disconnected", 7,				\
	    "the board went away or restarted")				\
	X(OUTPUT_TOO_LARGE, "OutputTooLarge", 13,			\
	    "the board printed more than is kept")			\
	X(UNSUPPORTED, "Unsupported", 2, "this board cannot do that")	\
	X(LIMIT_EXCEEDED, "LimitExceeded", 6, "that is over a limit")	\
	X(NO_SUCH_REQUEST, "NoSuchRequest", 2, "there is no such request")	\
	X(FLASH_FAILED, "FlashFailed", 11,				\
	    "the firmware was not written, or does not answer")	\
	X(FILE_ERROR, "FileError", 12, "the board's file system said no")	\
	X(PERMISSION_DENIED, "PermissionDenied", 10, "that is not allowed")

enum error_code {
	ERROR_NONE,
#define X(code, name, status, sentence) ERROR_##code,
	ERROR_TABLE(X)
#undef X
	ERROR_COUNT
};

/* "NoSuchBoard", without the interface. */
const char	*error_name(enum error_code);

/* The exit status of a client that ends because of it. */
int		 error_status(enum error_code);

/* What it means in general, without a full stop. */
const char	*error_sentence(enum error_code);

/*
 * The code of a name as it comes over the wire ("io.picod.NoSuchBoard");
 * ERROR_NONE for any other name.
 */
enum error_code	 error_find(const char *qualified_name);

#endif
