/* SPDX-License-Identifier: MIT */
/*
 * The methods: one table, one family per file.  A method gets a call whose
 * parameters are as the interface's description has them, and ends it exactly
 * once, now or later, with call_reply() or call_fail().
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
	bool		 needs_more;
};

/* Every method; the last has no name. */
extern const struct method methods[];

/* Parses the interfaces' descriptions. */
void	method_init(void);
void	method_finish(void);

/* Checks a call and runs it, with its board, if it has one. */
extern const struct call_handler method_handler;

/* The families. */
void	method_get_info(struct call *);
void	method_get_interface_description(struct call *);
void	method_list_boards(struct call *);
void	method_send(struct call *);
void	method_watch(struct call *);
void	method_hold(struct call *);
void	method_drop(struct call *);
void	method_interrupt(struct call *);
void	method_cancel(struct call *);
void	method_input(struct call *);
void	method_reset(struct call *);
void	method_lend(struct call *);
void	method_console(struct call *);
void	method_console_shared(struct call *);
void	method_list_firmware(struct call *);
void	method_upload(struct call *);
void	method_flash(struct call *);
void	method_list_files(struct call *);
void	method_stat(struct call *);
void	method_read_file(struct call *);
void	method_write_file(struct call *);
void	method_remove_file(struct call *);
void	method_make_directory(struct call *);
void	method_rename_file(struct call *);

/*
 * Ends the flashes there are, which outlive their calls, but not the boards; those
 * that wait for their board end with it.
 */
void	method_flash_finish(void);

/* For the families only. */

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

/*
 * Submits a request on behalf of a call, which ends when the request does, with
 * the output or the error that the result says.
 */
void		 method_submit(struct call *, struct board *, struct request *);

/* A request for a call, with its token and its wait; NULL: the call has ended. */
struct request	*method_request(struct call *, enum request_kind,
    const char *text, size_t len);

/* Sets the parameters that the error of a result has, but for its output. */
void		 method_set_error(json_t *, const struct request_result *);

/* Who somebody is, and what he has on a board. */
json_t		*method_client_json(const struct client *);

/* Ends the call with org.varlink.service.InvalidParameter. */
void		 method_refuse_parameter(struct call *, const char *name);

/*
 * The bytes of a parameter that is base64, which the caller frees.  false: it is
 * none, and the call has ended with InvalidParameter.
 */
bool		 method_bytes(struct call *, const char *name, char **bytes,
    size_t *len);

/* A string that a board, a device or a file said, fit for JSON and a terminal. */
json_t		*method_clean_json(const char *);

/* Sets output, and data where the bytes are not UTF-8. */
void		 method_set_output(json_t *, const char *bytes, size_t len);

#endif
