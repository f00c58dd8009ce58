/* SPDX-License-Identifier: MIT */
/*
 * What a method does is granted on a board.  One that can do without a board
 * (a list, a watch of all, an upload) is granted if it is on any of them, and
 * then shows no other.
 */
#include "target.h"

#include <stdio.h>
#include <string.h>

#include "context.h"
#include "daemon/base/log.h"
#include "daemon/boards/boards.h"
#include "daemon/server/access.h"
#include "method.h"

/* What names of boards take in a message, which has 511 bytes. */
#define TARGET_NAMES	300

/* "pico0, uno0, ..." in a text of TARGET_NAMES bytes. */
static const char *
target_names(const json_t *names, char *text)
{
	const json_t	*json;
	const char	*name;
	size_t		 i, len = 0;

	text[0] = '\0';
	json_array_foreach(names, i, json) {
		name = json_string_value(json);
		if (len + strlen(name) + sizeof ", , ..." > TARGET_NAMES) {
			strcpy(text + len, ", ...");
			break;
		}
		len += (size_t)sprintf(text + len, "%s%s", i > 0 ? ", " : "",
		    name);
	}
	return text;
}

/* A port that is nobody's and a board that was there once are not meant. */
static bool
target_is_meant(const struct boards *boards, const struct board *b)
{
	return board_state(b) != BOARD_UNCLAIMED &&
	    !boards_is_forgettable(boards, b);
}

/* The names of the boards that its client may know of; meant: and may mean. */
static json_t *
target_list(struct call *call, struct boards *boards, bool meant)
{
	json_t		*names = json_array();
	struct board	*b;
	size_t		 i;

	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		if (target_permits(call, b, "ListBoards") &&
		    (!meant || target_is_meant(boards, b)))
			json_array_append_new(names, json_string(board_name(b)));
	return names;
}

static void
target_fail(struct call *call, struct boards *boards, const char *name)
{
	bool	 unnamed = name[0] == '\0' && boards_count(boards) > 0;
	json_t	*names = target_list(call, boards, unnamed);
	char	 text[TARGET_NAMES];

	if (json_array_size(names) == 0) {	/* then any may be */
		json_decref(names);
		names = target_list(call, boards, false);
	}
	target_names(names, text);
	if (unnamed)
		call_fail(call, ERROR_AMBIGUOUS_BOARD,
		    json_pack("{s:O}", "boards", names),
		    "there are several boards; name one of them (picoctl -b "
		    "NAME): %s", text);
	else
		call_fail(call, ERROR_NO_SUCH_BOARD,
		    json_pack("{s:s}", "board", name), boards_count(boards) == 0 ?
		    "picod knows no board: plug one in, or name one in "
		    "/etc/picod/picod.conf" : "there is no board %s; there are: %s",
		    name, text);
	json_decref(names);
}

/* The only one that could run something, or if none could, the only one. */
static struct board *
target_only(struct boards *boards)
{
	struct board	*b, *only = NULL;
	size_t		 i, count = 0;

	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		if (target_is_meant(boards, b)) {
			only = b;
			count++;
		}
	if (count == 0 && boards_count(boards) == 1)
		return boards_get(boards, 0);
	return count == 1 ? only : NULL;
}

/* The board that is named, or the only one; or NULL. */
static struct board *
target_board(struct call *call, const char *name)
{
	struct boards	*boards = call->context->boards;

	return name[0] != '\0' ? boards_find(boards, name) :
	    target_only(boards);
}

bool
target_permits(struct call *call, const struct board *b, const char *method)
{
	return call_is_permitted(call, &(struct access_ask){
	    .board = board_name(b), .method = method });
}

/* Whether a call's client may send what stands in a parameter, if it does. */
static bool
target_permits_text(struct call *call, const struct board *b, const char *name)
{
	const json_t	*text = json_object_get(call_parameters(call), name);

	return !json_is_string(text) || call_is_permitted(call,
	    &(struct access_ask){
		.board = board_name(b), .method = "Send",
		.text = json_string_value(text),
		.len = json_string_length(text),
		.is_command = strcmp(board_language(b), "piserial") == 0,
	    });
}

static const char *
target_right(struct call *call, const struct method *m)
{
	return m->right != NULL ? m->right(call) : strrchr(m->name, '.') + 1;
}

/* The same for a whole call; on any board if b is NULL. */
static bool
target_permits_call(struct call *call, const struct method *m,
    const struct board *b)
{
	struct access_ask	ask = {
		.board = b == NULL ? NULL : board_name(b),
		.method = target_right(call, m),
	};
	bool			may = call_is_permitted(call, &ask);
	size_t			i;

	for (i = 0; !may && i < 2 && m->also[i] != NULL; i++) {
		ask.method = m->also[i];
		may = call_is_permitted(call, &ask);
	}
	return may && (b == NULL || (target_permits_text(call, b, "text") &&
	    target_permits_text(call, b, "will")));
}

static void
target_refuse(struct call *call, const struct method *m, const struct board *b)
{
	const struct client	*client = call_client(call);
	const char		*right = target_right(call, m);
	const char		*name = b == NULL ? NULL : board_name(b);
	char			 what[96], who[CLIENT_CALLED_SIZE];

	snprintf(what, sizeof what, "%s%s%s", right,
	    b == NULL ? "" : " on board ", b == NULL ? "" : name);
	if (call_may_log(call, what))
		log_warn_about(&(struct log_about){ .board = name,
		    .client_pid = client->pid },
		    "%s was refused %s", client_called(client, who), what);
	call_fail(call, ERROR_PERMISSION_DENIED, NULL, "the rules of access do "
	    "not grant user %s %s; an administrator can, under [access] in "
	    "/etc/picod/picod.conf", client->user, what);
}

bool
target_find(struct call *call, const struct method *m)
{
	const char	*name = method_string(call, "board");

	if (m->target == TARGET_NONE)
		return true;
	if (m->target == TARGET_BOARD || name[0] != '\0') {
		call->board = target_board(call, name);
		if (call->board == NULL) {
			target_fail(call, call->context->boards, name);
			return false;
		}
		call->number = board_number(call->board);
	}
	if (target_permits_call(call, m, call->board))
		return true;
	target_refuse(call, m, call->board);
	return false;
}

bool
target_is_permitted(struct call *call, const struct method *m)
{
	const struct board	*b;

	if (m->target == TARGET_NONE)
		return true;
	b = boards_numbered(call->context->boards, call->number);
	if (b == NULL && call->number != 0)
		return true;	/* its end is told by its board */
	return target_permits_call(call, m, b);
}
