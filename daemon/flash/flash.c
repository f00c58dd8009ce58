/* SPDX-License-Identifier: MIT */
/*
 * One flash, from a free port to the end of the tool.
 *
 * A board with a boot loader of its own is another USB device while that runs.
 * It is found again by where it is plugged in, the one thing that stays: names
 * of ports change, serial numbers too, and "the one new port" is a guess.
 *
 * The tools cannot be trusted to end: avrdude spins for ever when its port
 * vanishes.  So the bus is watched, and the tool ended when the board goes.
 */
#include "flash.h"

#include <errno.h>
#include <event2/event.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flash_boot.h"
#include "flash_tool.h"
#include "daemon/base/child.h"
#include "daemon/base/memory.h"
#include "daemon/usb/usb_watch.h"

/* From the touch to the boot loader's port: Windows' worst; Linux needs 1 s. */
#define BOOT_WAIT_MS	10000

/* Likewise for a boot ROM, until somebody is asked to help. */
#define ASK_MS		3000

/* For somebody to hold a button down and plug a board in. */
#define BUTTON_WAIT_MS	60000

/* For a client, or somebody, to copy an image to the drive of a boot ROM. */
#define DRIVE_WAIT_MS	180000

enum flash_step {
	STEP_BEGIN,
	STEP_BOOT,		/* waiting for the boot loader */
	STEP_BUTTON,		/* likewise, and for somebody */
	STEP_WRITE,		/* the tool runs */
	STEP_DRIVE,		/* somebody copies the image to the drive */
	STEP_END
};

struct flash {
	const struct flash_handler *handler;
	void			*arg;
	struct event_base	*base;
	struct flash_recipe	 recipe;
	const struct flash_tool_ops *tool;
	struct board_usb	 usb;
	char			 port[PATH_MAX];
	int			 fd;
	enum image_format	 format;
	unsigned		 families;
	char			 program[PATH_MAX];	/* "": there is none */
	enum flash_step		 step;
	bool			 unplugged;	/* while it was written */
	bool			 again;		/* the tool was started twice */
	struct usb_seen		 seen;		/* at first; then, the boot loader */
	struct flash_progress	 progress;
	struct usb_watch	*watch;
	struct event		*timer;
	struct child		*child;
};

static void
flash_free(struct flash *f)
{
	usb_watch_destroy(f->watch);
	if (f->timer != NULL)
		event_free(f->timer);
	free(f);
}

static void
flash_finish(struct flash *f, const struct flash_end *end)
{
	f->step = STEP_END;
	f->handler->ended(f->arg, end);
	flash_free(f);
}

static void __attribute__((format(printf, 2, 3)))
flash_fail(struct flash *f, const char *format, ...)
{
	char			message[400];
	struct flash_end	end = {
		.stage = f->progress.stage, .message = message,
		.log = flash_progress_log(&f->progress),
	};
	va_list			args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	flash_finish(f, &end);
}

static void
flash_wait(struct flash *f, enum flash_step step, unsigned ms)
{
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	f->step = step;
	event_add(f->timer, &tv);
}

/* --------------------------------------------------------------- the tool */

static void
flash_bytes(void *arg, const uint8_t *bytes, size_t len)
{
	struct flash	*f = arg;
	size_t		 n;
	bool		 changed;

	for (; len > 0; bytes += n, len -= n) {
		n = flash_progress_feed(&f->progress, bytes, len, &changed);
		if (changed)
			f->handler->progress(f->arg, f->progress.stage,
			    f->progress.percent, NULL);
	}
}

/* Why the tool failed, in words. */
static void
flash_blame(struct flash *f, const struct child_end *end)
{
	const char	*program = f->tool->program, *why;

	why = f->tool->explain(flash_progress_log(&f->progress), end);
	if (f->unplugged)
		flash_fail(f, "the board was unplugged; plug it in and try again");
	else if (end->stop == CHILD_STALLED)
		flash_fail(f, "%s stood still and was ended; try again", program);
	else if (end->stop == CHILD_OVERDUE)
		flash_fail(f, "%s did not come to an end and was ended; try "
		    "again", program);
	else if (end->stop == CHILD_STOPPED)
		flash_fail(f, "it was stopped");
	else if (end->signal != 0 && why == NULL)
		flash_fail(f, "%s was killed by signal %d; try again", program,
		    end->signal);
	else if (why != NULL)
		flash_fail(f, "%s failed: %s", program, why);
	else
		flash_fail(f, "%s failed with exit status %d; its last lines "
		    "say why", program, end->status);
}

static void flash_run(struct flash *);

static void
flash_child_ended(void *arg, const struct child_end *end)
{
	struct flash		*f = arg;
	const char		*log = flash_progress_log(&f->progress);
	struct flash_end	 good = { .ok = true, .stage = FLASH_STARTING,
				     .log = log };

	f->child = NULL;
	if (end->stop == CHILD_ENDED && end->status == 0)
		flash_finish(f, &good);
	else if (!f->again && f->progress.stage == FLASH_PREPARING &&
	    end->stop == CHILD_ENDED && f->tool->again != NULL &&
	    f->tool->again(log)) {
		f->again = true;
		flash_progress_init(&f->progress, f->recipe.tool);
		flash_run(f);
	} else
		flash_blame(f, end);
}

static const struct child_handler flash_child_handler = {
	flash_bytes, flash_child_ended
};

static void
flash_run(struct flash *f)
{
	struct flash_command	command;
	struct child_options	options = {
		.argv = command.argv, .fd = f->fd,
		.deadline_ms = f->tool->deadline_ms,
		.stall_ms = f->tool->stall_ms,
	};
	int			error;

	event_del(f->timer);
	if (f->recipe.tool == FLASH_AVRDUDE)
		flash_avrdude_command(&command, f->program, &f->recipe, f->port);
	else
		flash_picotool_command(&command, f->program, f->format,
		    f->seen.bus, f->seen.address);
	options.device = command.device;
	f->step = STEP_WRITE;
	error = child_start(f->base, &options, &flash_child_handler, f, &f->child);
	if (error < 0)
		flash_fail(f, "%s cannot be started: %s", f->program,
		    strerror(-error));
}

/* Without the tool: what a boot ROM's drive is given, it writes and starts. */
static void
flash_copy(struct flash *f)
{
	flash_wait(f, STEP_DRIVE, DRIVE_WAIT_MS);
	f->progress.stage = FLASH_WRITING;
	f->handler->drive(f->arg, flash_boot_rom(&f->seen)->drive);
}

/* ------------------------------------------------------ into a boot loader */

/* The boot ROM is there. */
static void
flash_rom_found(struct flash *f)
{
	const struct image_chip	*chip = &flash_boot_rom(&f->seen)->chip;

	if (f->format == IMAGE_UF2 && (f->families & chip->families) == 0)
		flash_fail(f, "this image is not for the board's chip, an %s; it "
		    "is in BOOTSEL now: flash it with another image, or plug it "
		    "in anew", chip->name);
	else if (f->program[0] == '\0')
		flash_copy(f);
	else
		flash_run(f);
}

/* Whether the boot loader is at the board's place; then the tool runs. */
static bool
flash_found(struct flash *f)
{
	struct usb_seen	seen;

	usb_look(f->usb.path, &seen);
	if (f->recipe.tool == FLASH_AVRDUDE) {
		/* Whatever came since has another address, and only that. */
		if (!seen.there || seen.node[0] == '\0' ||
		    seen.address == f->seen.address)
			return false;
		snprintf(f->port, sizeof f->port, "%s", seen.node);
		f->seen = seen;
		flash_run(f);
		return true;
	}
	if (flash_boot_rom(&seen) == NULL)
		return false;
	f->seen = seen;
	flash_rom_found(f);
	return true;
}

static void
flash_changed(void *arg, bool removed)
{
	struct flash		*f = arg;
	const struct flash_end	 copied = { .ok = true,
				     .stage = FLASH_STARTING, .log = "" };

	if (f->step == STEP_BOOT || f->step == STEP_BUTTON) {
		flash_found(f);
		return;
	}
	if (f->step == STEP_DRIVE && removed) {
		flash_finish(f, &copied);
		return;
	}
	if (!removed || f->child == NULL || f->unplugged)
		return;
	/* A boot loader leaves at the end of its work. */
	if (f->progress.stage == FLASH_VERIFYING && f->progress.percent == 100)
		return;
	f->unplugged = true;
	child_stop(f->child);
}

static void
flash_begin(struct flash *f)
{
	usb_look(f->usb.path, &f->seen);
	if (f->recipe.tool == FLASH_AVRDUDE && !f->recipe.touch) {
		flash_run(f);
		return;
	}
	if (f->usb.path[0] == '\0' || f->watch == NULL) {
		flash_fail(f, "its boot loader would be another USB device, and "
		    "picod does not see this board on the bus");
		return;
	}
	if (f->recipe.tool == FLASH_PICOTOOL && flash_found(f))
		return;
	if (f->recipe.touch && flash_boot_is_loader(&f->seen)) {
		snprintf(f->port, sizeof f->port, "%s", f->seen.node);
		flash_run(f);
		return;
	}
	if (f->port[0] != '\0')
		flash_boot_touch(f->port);
	flash_wait(f, STEP_BOOT, f->recipe.tool == FLASH_PICOTOOL ? ASK_MS :
	    BOOT_WAIT_MS);
	flash_found(f);
}

static void
flash_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct flash	*f = arg;

	(void)fd, (void)what;
	if (f->step == STEP_BEGIN)
		flash_begin(f);
	else if (f->step == STEP_BOOT && f->recipe.tool == FLASH_PICOTOOL) {
		flash_wait(f, STEP_BUTTON, BUTTON_WAIT_MS);
		f->handler->progress(f->arg, FLASH_PREPARING, 0, "unplug the "
		    "board, and plug it in at the same place while its BOOTSEL "
		    "button is held down");
	} else if (f->step == STEP_DRIVE)
		flash_fail(f, "the image was not copied to its drive; install "
		    "picotool, or copy it by hand");
	else
		flash_fail(f, f->recipe.tool == FLASH_PICOTOOL ?
		    "the board did not come into BOOTSEL" :
		    "its boot loader did not appear; press reset twice, and "
		    "try again");
}

static const struct flash_tool_ops *
flash_tool_of(const struct flash_recipe *recipe)
{
	return recipe->tool == FLASH_AVRDUDE ? &flash_avrdude : &flash_picotool;
}

int
flash_find_program(const struct flash_recipe *recipe, const char *named,
    char *path, size_t size, char *why, size_t why_size)
{
	const struct flash_tool_ops	*tool = flash_tool_of(recipe);
	int				 error;

	error = child_find(named != NULL ? named : tool->program, path, size);
	if (error < 0 && named != NULL)
		snprintf(why, why_size, "%s cannot be run: %s; see [tools] in "
		    "picod.conf(5)", named, strerror(-error));
	else if (error < 0)
		snprintf(why, why_size, "%s", tool->missing);
	return error;
}

struct flash *
flash_start(struct event_base *base, const struct flash_options *options,
    const struct flash_handler *handler, void *arg)
{
	struct flash	*f = xcalloc(1, sizeof *f);

	f->handler = handler;
	f->arg = arg;
	f->base = base;
	f->recipe = *options->recipe;
	f->tool = flash_tool_of(&f->recipe);
	f->usb = *options->usb;
	snprintf(f->port, sizeof f->port, "%s", options->port);
	f->fd = options->fd;
	f->format = options->format;
	f->families = options->families;
	snprintf(f->program, sizeof f->program, "%s", options->program);
	flash_progress_init(&f->progress, f->recipe.tool);
	if (f->usb.path[0] != '\0')
		f->watch = usb_watch_create(base, f->usb.path, &f->seen,
		    flash_changed, f);
	f->timer = evtimer_new(base, flash_timer_cb, f);
	flash_wait(f, STEP_BEGIN, 0);
	return f;
}

void
flash_stop(struct flash *f)
{
	if (f->child != NULL)
		child_stop(f->child);
	else if (f->step != STEP_END)
		flash_fail(f, "it was stopped");
}

void
flash_destroy(struct flash *f)
{
	if (f == NULL)
		return;
	child_destroy(f->child);
	flash_free(f);
}
