/* SPDX-License-Identifier: MIT */
/*
 * Flash: the image is checked before the board is asked for; the board comes in
 * its turn; and it is given back whatever happens.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "daemon/config/config.h"
#include "flashing.h"
#include "protocol/text.h"
#include "upload.h"

static void
flash_refuse(struct call *call, const char *board, const char *message)
{
	call_fail(call, ERROR_FLASH_FAILED, json_pack("{s:s, s:s, s:s}",
	    "board", board, "stage", flash_stage_name(FLASH_PREPARING),
	    "log", ""), "board %s was not flashed: %s", board, message);
}

static void
flashing_ended(void *arg, const struct flash_end *end)
{
	struct flashing	*f = arg;
	struct board	*b = flashing_board(f);

	f->flash = NULL;
	if (f->tenure != NULL)
		tenure_end(f->tenure, false);
	if (!end->ok || b == NULL) {
		if (b != NULL)
			unit_return(b);
		flashing_fail(f, end->stage, end->log, end->ok ?
		    "picod does not serve it any more" : end->message);
		return;
	}
	flashing_progress(f, FLASH_STARTING, 0, NULL);
	flashing_follow(f, b);
}

static const struct flash_handler flashing_handler = {
	flashing_progress, flashing_drive, flashing_ended
};

static void
flashing_cancel(struct call *call)
{
	struct flashing	*f = call->state;

	f->call = NULL;
	if (f->flash != NULL && (f->stage == FLASH_PREPARING || f->copied))
		flash_stop(f->flash);	/* nobody copies it */
}

static void
flashing_granted(struct tenure *t, struct call *call, const struct request *r,
    const struct request_result *result)
{
	struct flashing		*f = t->state;
	struct flash_options	 options = {
		.recipe = &f->recipe, .port = board_port(t->board),
		.usb = board_usb(t->board), .fd = f->image.fd,
		.format = f->image.format,
		.families = f->image.image.families,
		.program = f->program,
	};

	(void)r, (void)result;
	f->tenure = t;
	f->began = true;
	flashing_keep(f, true);
	call->state = f;
	call->cancel = flashing_cancel;
	f->flash = flash_start(f->base, &options, &flashing_handler, f);
	flashing_progress(f, FLASH_PREPARING, 0, NULL);
}

static void
flashing_tenure_ended(struct tenure *t, struct board *b, bool lost)
{
	struct flashing	*f = t->state;

	(void)b, (void)lost;
	f->tenure = NULL;	/* the board is given back when it is written */
}

static void
flashing_refused(void *state)
{
	flashing_destroy(state);
}

static const struct tenure_ops flashing_ops = {
	"Flash", flashing_granted, flashing_tenure_ended, flashing_refused
};

/* Opens the image that the call means; false: the call has ended. */
static bool
flash_open_image(struct call *call, struct flashing *f)
{
	const char		*name = method_string(call, "firmware");
	struct flash_image	*image = &f->image;
	struct scratch		*file;
	char			 message[400];

	image->bundled = name[0] != '\0';
	if (image->bundled)
		image->fd = firmware_open(f->recipe.images, name,
		    &image->firmware);
	else if ((file = upload_take(call)) != NULL)
		flash_image_set(image, file);
	if (image->fd >= 0)
		return true;
	if (!image->bundled)
		snprintf(message, sizeof message, "there is no image: give the "
		    "name of one that comes with picod, or hand one over with "
		    "Upload");
	else if (image->fd == -ENOENT)
		snprintf(message, sizeof message, "there is no firmware \"%.60s\""
		    " for it in %s; \"picoctl firmware -b %s\" shows those "
		    "there are", name, firmware_folder(), f->board);
	else
		snprintf(message, sizeof message, "firmware %.60s: %s", name,
		    strerror(-image->fd));
	image->fd = -1;
	flash_refuse(call, f->board, message);
	return false;
}

/* The main.py for MicroPython, if it is wanted; false: the call has ended. */
static bool
flash_take_script(struct call *call, struct flashing *f)
{
	json_t	*wanted = json_object_get(call_parameters(call), "micropython");
	int	 error;

	if (!json_is_true(wanted))
		return true;
	if (f->recipe.tool != FLASH_PICOTOOL) {
		flash_refuse(call, f->board, "picod knows no MicroPython for it");
		return false;
	}
	error = firmware_script("micropython/main.py", &f->script);
	if (error < 0)
		flash_refuse(call, f->board, "the main.py that comes with picod "
		    "cannot be read");
	return error == 0;
}

/*
 * The program that writes it, before the board is touched, or none where the
 * client can copy the image to a drive; false: the call has ended.
 */
static bool
flash_take_program(struct call *call, struct flashing *f)
{
	const json_t	*drive = json_object_get(call_parameters(call), "drive");
	const char	*named = call->context->config->tools[f->recipe.tool];
	char		 why[400];

	if (flash_find_program(&f->recipe, named, f->program,
	    sizeof f->program, why, sizeof why) == 0)
		return true;
	f->program[0] = '\0';
	if (named == NULL && call->in.more && json_is_true(drive) &&
	    f->recipe.tool == FLASH_PICOTOOL &&
	    f->image.image.format == IMAGE_UF2)
		return true;
	flash_refuse(call, f->board, why);
	return false;
}

/* The command that brings a board's own firmware to its boot loader. */
static const char *
flash_boot_command(const struct flash_recipe *recipe)
{
	return recipe->tool == FLASH_PICOTOOL ? "bB007" : "";
}

/* Whether the board may come much later, and be another one then. */
static bool
flash_may_wait(const struct board *b)
{
	return board_request(b, NULL) != NULL || board_holder(b) != NULL ||
	    board_state(b) == BOARD_ABSENT;
}

/* All is there but the board, which is asked for now. */
static void
flashing_ask_for_board(struct flashing *f, struct call *call)
{
	const char	*boot = flash_boot_command(&f->recipe);
	struct board	*b = flashing_board(f);
	struct request	*r;

	if (b == NULL) {
		flash_refuse(call, f->board, "picod does not serve it any more");
		flashing_destroy(f);
		return;
	}
	if (!flash_take_program(call, f) || !flash_take_script(call, f) ||
	    (r = method_request(call, REQUEST_FLASH, boot, strlen(boot))) ==
	    NULL) {
		flashing_destroy(f);
		return;
	}
	strcpy(f->token, r->token);
	if (flash_may_wait(b))
		flashing_keep(f, false);
	tenure_begin(call, b, r, &flashing_ops, f);
}

static void
flashing_read_done(void *arg, int error, const char *why)
{
	struct flashing	*f = arg;
	struct call	*call = f->call;
	char		 message[256];

	f->reading = NULL;
	call->state = NULL;
	call->cancel = NULL;
	if (error == 0) {
		flashing_ask_for_board(f, call);
		return;
	}
	snprintf(message, sizeof message, "the image cannot be used for the "
	    "board (%s): %s", f->recipe.chip.name, why);
	flash_refuse(call, f->board, message);
	flashing_destroy(f);
}

/* The client is gone while the image is read. */
static void
flashing_read_cancel(struct call *call)
{
	flashing_destroy(call->state);
}

static void
flash_run(struct call *call)
{
	struct board		*b = call->board;
	struct flash_recipe	 recipe;
	struct flashing		*f;
	char			 why[FLASH_WHY_MAX];

	if (flash_recipe_get(b, &recipe, why) < 0) {
		flash_refuse(call, board_name(b), why);
		return;
	}
	f = flashing_create(call, b, &recipe);
	if (!flash_open_image(call, f)) {
		flashing_destroy(f);
		return;
	}
	call->state = f;
	call->cancel = flashing_read_cancel;
	f->reading = flash_image_read(f->base, &f->image, &f->recipe,
	    image_format_find(method_string(call, "format")),
	    f->client.uid, flashing_read_done, f);
}

const struct method method_flash = {
	.name = "io.picod.Flash",
	.run = flash_run,
	.target = TARGET_BOARD,
};
