/* SPDX-License-Identifier: MIT */
/*
 * picotool: the board, in BOOTSEL, is named by its place on the bus, since there
 * may be several.  It verifies what it wrote and starts it.
 */
#include "flash_tool.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char *
picotool_explain(const char *log, const struct child_end *end)
{
	if (end->signal == SIGABRT || end->status == 134)
		return "the board vanished while it was written; plug it in "
		    "while BOOTSEL is held down, and try again";
	switch (end->status) {
	case 127: return "it could not be started";
	case 245: return "what the board has is not what was written; try again";
	case 249:
	case 250: return strstr(log, "permission") != NULL ?
	    "picod may not use the board in BOOTSEL; are picod's udev rules "
	    "installed?" :
	    "the board in BOOTSEL does not answer; plug it in anew while "
	    "BOOTSEL is held down";
	case 252:
	case 254: return "it does not take this image";
	default: return NULL;
	}
}

const struct flash_tool_ops flash_picotool = {
	.program = "picotool",
	.missing = "picotool is not installed: sudo apt install picotool "
	    "(Debian 13 and later; or from https://github.com/raspberrypi/"
	    "pico-sdk-tools/releases), or copy a .uf2 to the drive that the board "
	    "shows when it is plugged in while BOOTSEL is held down",
	.deadline_ms = 10 * 60 * 1000,
	.stall_ms = 30 * 1000,
	.explain = picotool_explain,
};

void
flash_picotool_command(struct flash_command *c, const char *path,
    enum image_format format, unsigned bus, unsigned address)
{
	const char	**arg = c->argv;

	snprintf(c->text[0], sizeof c->text[0], "/proc/self/fd/%d", CHILD_FD);
	snprintf(c->text[1], sizeof c->text[1], "%u", bus);
	snprintf(c->text[2], sizeof c->text[2], "%u", address);
	snprintf(c->text[3], sizeof c->text[3], "/dev/bus/usb/%03u/%03u", bus,
	    address);
	c->device = c->text[3];
	*arg++ = path;
	*arg++ = "load";
	*arg++ = "-v";
	*arg++ = "-x";
	*arg++ = c->text[0];
	*arg++ = "-t";
	*arg++ = image_format_name(format);
	*arg++ = "--bus";
	*arg++ = c->text[1];
	*arg++ = "--address";
	*arg++ = c->text[2];
	*arg = NULL;
}
