/* SPDX-License-Identifier: MIT */
/*
 * A method, one family per file: its entry, for the table in methods.c, and what
 * the families share.  A method gets a call whose parameters are as the
 * interface's description has them, and ends it exactly once, now or later, with
 * call_reply() or call_fail().
 */
#ifndef PICOD_METHOD_H
#define PICOD_METHOD_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/server/call.h"
#include "daemon/board/request.h"

struct board;

/* What a method is about, and its access is asked for: a board, unless it says. */
enum method_target {
	TARGET_BOARD,		/* the board that is named, or the only one */
	TARGET_ANY,		/* likewise if it is named, or else any */
	TARGET_NONE,		/* nothing of a board, and everybody's */
};

struct method {
	const char	*name;		/* in full */
	void		(*run)(struct call *);
	enum method_target target;
	const char	*also[2];	/* the right to one of these is enough */
	/* The right that a call needs; NULL: that of the method's name. */
	const char	*(*right)(struct call *);
	bool		 needs_more;
};

/* The families have these. */
extern const struct method
    method_get_info, method_get_interface_description, method_list_boards,
    method_send, method_watch, method_hold, method_drop, method_interrupt,
    method_cancel, method_input, method_reset, method_lend, method_console,
    method_list_firmware, method_upload, method_flash, method_list_files,
    method_stat, method_read_file, method_write_file, method_remove_file,
    method_make_directory, method_rename_file;

/* A string parameter, or "" */
const char	*method_string(struct call *, const char *name);

/*
 * A time in ms.  REQUEST_NO_LIMIT where it is absent.  False if it is out of
 * range; then the call has ended with an error.
 */
bool		 method_time(struct call *, const char *name, uint64_t *ms);

/*
 * Whether the call may use the board, which somebody may hold; if not, it has
 * ended with an error.
 */
bool		 method_admits(struct call *, struct board *);

/* Ends a call for which somebody else has the board, and says who. */
void		 method_fail_busy(struct call *, const struct board *);

/* A request for a call, with its token and its wait; NULL: the call has ended. */
struct request	*method_request(struct call *, enum request_kind,
    const char *text, size_t len);

/* Who somebody is, and what he has on a board. */
json_t		*method_client_json(const struct client *);

/* Ends the call with an error of org.varlink.service, or with InvalidParameter. */
void		 method_fail(struct call *, const char *error, const char *key,
    const char *value);
void		 method_refuse_parameter(struct call *, const char *name);

/*
 * The bytes of a parameter that is base64, which the caller frees.  false: it is
 * none, and the call has ended with InvalidParameter.
 */
bool		 method_bytes(struct call *, const char *name, char **bytes,
    size_t *len);

/* A string that a board, a device or a file said, fit for JSON and a terminal. */
json_t		*method_clean_json(const char *);

#endif
