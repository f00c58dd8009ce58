/* SPDX-License-Identifier: MIT */
/*
 * A flash outlives its client: once the writing has begun, a board that works is
 * worth more than a quick end.  So it stands by itself; the call, the tenure and
 * the board may all go before it does.
 */
#include "flashing.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "context.h"
#include "daemon/base/log.h"
#include "daemon/base/memory.h"

static LIST_HEAD(, flashing) flashings = LIST_HEAD_INITIALIZER(flashings);

struct board *
flashing_board(const struct flashing *f)
{
	return boards_numbered(f->boards, f->number);
}

void
flashing_keep(struct flashing *f, bool keep)
{
	struct board	*b = flashing_board(f);

	if (b == NULL || f->keeps == keep)
		return;
	f->keeps = keep;
	if (keep)
		boards_keep(f->boards, b);
	else
		boards_unkeep(f->boards, b);
}

void
flashing_destroy(struct flashing *f)
{
	struct board	*b = f->began ? flashing_board(f) : NULL;

	if (b != NULL && f->asker != NULL)
		unit_withdraw(b, f->asker);
	if (b != NULL)
		board_set_becoming(b, false);
	flashing_keep(f, false);
	LIST_REMOVE(f, entry);
	flash_reading_destroy(f->reading);
	if (f->timer != NULL) {
		event_free(f->timer);
		boards_unwatch(&f->watcher);
	}
	free(f->script);
	flash_destroy(f->flash);
	flash_image_finish(&f->image);
	free(f);
}

void
flashing_finish(void)
{
	struct flashing	*f, *next;

	for (f = LIST_FIRST(&flashings); f != NULL; f = next) {
		next = LIST_NEXT(f, entry);
		if (f->began || f->reading != NULL)
			flashing_fail(f, f->stage, "", "picod has ended; flash "
			    "it again");
	}
}

struct flashing *
flashing_create(struct call *call, const struct board *b,
    const struct flash_recipe *recipe)
{
	struct flashing	*f = xcalloc(1, sizeof *f);

	f->call = call;
	f->boards = call->context->boards;
	f->base = call->context->base;
	f->client = *call_client(call);
	f->recipe = *recipe;
	f->image.fd = -1;
	snprintf(f->board, sizeof f->board, "%s", board_name(b));
	f->number = board_number(b);
	LIST_INSERT_HEAD(&flashings, f, entry);
	flashing_keep(f, true);
	return f;
}

static void
flashing_log(const struct flashing *f, const char *what, const char *message)
{
	log_info_about(&(struct log_about){ f->board, f->client.pid,
	    LOG_FLASHED }, "board %s %s%s%s", f->board, what,
	    message[0] == '\0' ? "" : ": ", message);
}

void
flashing_fail(struct flashing *f, enum flash_stage stage, const char *log,
    const char *message)
{
	flashing_log(f, "was not flashed", message);
	if (f->call != NULL)
		call_fail(f->call, ERROR_FLASH_FAILED,
		    json_pack("{s:s, s:s, s:s}", "board", f->board, "stage",
		    flash_stage_name(stage), "log", log),
		    stage == FLASH_STARTING ? "board %s was flashed, but %s" :
		    "board %s was not flashed: %s", f->board, message);
	flashing_destroy(f);
}

void
flashing_succeed(struct flashing *f, const char *answer, const char *message)
{
	json_t	*json;

	flashing_log(f, "was flashed", message);
	if (f->call != NULL) {
		json = json_pack("{s:s, s:s, s:i, s:s}", "board", f->board,
		    "stage", flash_stage_name(FLASH_READY), "percent", 100,
		    "message", message);
		if (answer != NULL)
			json_object_set_new(json, "answer", method_clean_json(answer));
		call_reply(f->call, json);
	}
	flashing_destroy(f);
}

void
flashing_drive(void *arg, const char *label)
{
	struct flashing	*f = arg;
	char		 message[160], path[PATH_MAX];
	json_t		*json;

	f->stage = FLASH_WRITING;
	f->copied = true;
	if (f->call == NULL)
		return;
	snprintf(message, sizeof message, "there is no picotool; the image is to "
	    "be copied to the board's drive, %s", label);
	json = json_pack("{s:s, s:s, s:s, s:s}", "board", f->board, "stage",
	    flash_stage_name(FLASH_WRITING), "message", message, "drive", label);
	if (f->image.bundled) {
		snprintf(path, sizeof path, "%s/%s", firmware_folder(),
		    f->image.firmware.file);
		json_object_set_new(json, "file", json_string(path));
	}
	call_continue(f->call, json);
}

void
flashing_progress(void *arg, enum flash_stage stage, unsigned percent,
    const char *message)
{
	struct flashing	*f = arg;
	json_t		*json;

	f->stage = stage;
	if (f->call == NULL || !f->call->in.more || call_is_full(f->call))
		return;
	json = json_pack("{s:s, s:s}", "board", f->board, "stage",
	    flash_stage_name(stage));
	if (stage == FLASH_WRITING || stage == FLASH_VERIFYING)
		json_object_set_new(json, "percent",
		    json_integer((json_int_t)percent));
	if (message != NULL)
		json_object_set_new(json, "message", json_string(message));
	call_continue(f->call, json);
}
