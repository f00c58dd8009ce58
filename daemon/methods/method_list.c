/* SPDX-License-Identifier: MIT */
/*
 * ListBoards: what there is, and what goes on.
 */
#include "answer.h"
#include "context.h"
#include "daemon/boards/boards.h"
#include "daemon/faces/ttys.h"
#include "method.h"
#include "target.h"
#include "protocol/text.h"

/* What is shown of a long program. */
#define TEXT_SHOWN 200

static const char *const request_methods[] = {
	[REQUEST_RUN] = "Send",
	[REQUEST_OWN] = "files",
	[REQUEST_AS_IS] = "Console",
	[REQUEST_SOFT_RESET] = "Reset",
	[REQUEST_HARD_RESET] = "Reset",
	[REQUEST_BOOTLOADER] = "Reset",
	[REQUEST_HOLD] = "Hold",
	[REQUEST_LEND] = "Lend",
	[REQUEST_CONSOLE] = "Console",
	[REQUEST_FLASH] = "Flash",
};

/* What somebody sends is his own affair; what a tool types may be any bytes. */
static void
list_add_request(json_t *list, const struct request *r, bool running, uid_t uid)
{
	size_t	len = uid == 0 || uid == r->client.uid ? r->len : 0;

	if (len > TEXT_SHOWN)
		len = text_whole(r->text, TEXT_SHOWN);
	json_array_append_new(list, json_pack("{s:I, s:s, s:o, s:b, s:o}",
	    "id", (json_int_t)r->id, "method", request_methods[r->kind],
	    "text", answer_text(r->text, len), "running", running,
	    "client", method_client_json(&r->client)));
}

static json_t *
list_requests(const struct board *b, uid_t uid)
{
	const struct request	*r;
	json_t			*list = json_array();

	for (r = board_request(b, NULL); r != NULL; r = board_request(b, r))
		list_add_request(list, r, r == board_running(b), uid);
	return list;
}

static json_t *
list_usb(const struct board_usb *usb)
{
	json_t	*json = json_pack("{s:i, s:i, s:s, s:s, s:i}", "vendor",
	    usb->vendor, "product", usb->product, "path", usb->path, "place",
	    usb->place, "interface", (int)usb->interface);

	if (usb->serial[0] != '\0')
		json_object_set_new(json, "serial", method_clean_json(usb->serial));
	return json;
}

static json_t *
list_tty(const struct tty_facts *facts)
{
	json_t	*json = json_pack("{s:o, s:b}", "path",
		    method_clean_json(facts->path), "open", facts->open);

	if (facts->pid != 0) {
		json_object_set_new(json, "program",
		    method_clean_json(facts->program));
		json_object_set_new(json, "pid", json_integer(facts->pid));
	}
	if (facts->note[0] != '\0')
		json_object_set_new(json, "note", json_string(facts->note));
	return json;
}

static json_t *
list_board(const struct ttys *ttys, const struct board *b, bool details,
    uid_t uid)
{
	struct tty_facts tty;
	json_t		*json;
	const char	*about = board_about(b);

	json = json_pack("{s:s, s:s, s:s, s:o, s:I, s:i}", "name",
	    board_name(b), "state", board_state_name(board_state(b)),
	    "driver", board_language(b), "port",
	    method_clean_json(board_port(b)), "boot",
	    (json_int_t)board_boot(b), "waiting", (int)board_waiting(b));
	if (board_usb(b)->vendor != 0)
		json_object_set_new(json, "usb", list_usb(board_usb(b)));
	if (about != NULL)
		json_object_set_new(json, "about", method_clean_json(about));
	if (board_holder(b) != NULL)
		json_object_set_new(json, "holder",
		    method_client_json(board_holder(b)));
	if (board_problem(b)[0] != '\0')
		json_object_set_new(json, "problem",
		    method_clean_json(board_problem(b)));
	if (ttys_tell(ttys, b, details, &tty))
		json_object_set_new(json, "tty", list_tty(&tty));
	if (details)
		json_object_set_new(json, "requests", list_requests(b, uid));
	return json;
}

static void
list_boards_run(struct call *call)
{
	struct boards	*boards = call->context->boards;
	struct ttys	*ttys = call->context->ttys;
	json_t		*list = json_array();
	struct board	*b;
	size_t		 i;
	bool		 details;

	details = json_is_true(json_object_get(call_parameters(call),
	    "details"));
	for (i = 0; (b = boards_get(boards, i)) != NULL; i++)
		if (target_permits(call, b, "ListBoards"))
			json_array_append_new(list, list_board(ttys, b,
			    details, call_client(call)->uid));
	call_reply(call, json_pack("{s:o}", "boards", list));
}

const struct method method_list_boards = {
	.name = "io.picod.ListBoards",
	.run = list_boards_run,
	.target = TARGET_ANY,
};
